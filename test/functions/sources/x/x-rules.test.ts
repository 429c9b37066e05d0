import { expect, test } from 'vitest';
import { xAccess } from '../../../../functions/sources/x/x-access.ts';
import { addXRule, deleteXRules, listXRules } from '../../../../functions/sources/x/x-rules.ts';
import { codeOf } from '../../../support/error-code.ts';
import { deadAddress } from '../../../support/hub-server.ts';
import { answerError, startX } from '../../../support/x-server.ts';

const rule = { id: '120897978112909812', value: 'coffee -is:retweet', tag: 'coffee' };

async function serve(...answers: readonly (readonly [status: number, body: unknown])[]) {
  const server = await startX((_, response, number) => {
    answerError(response, ...(answers[number] ?? [500, {}]));
  });
  return { ...server, access: xAccess('token', server.endpoint) };
}

test('lists the rules of all pages', async () => {
  const { access, seen } = await serve(
    [200, { data: [rule], meta: { next_token: 'abc' } }],
    [200, { data: [{ id: '2', value: 'tea' }], meta: { result_count: 1 } }],
  );
  expect(await listXRules(access)).toEqual([rule, { id: '2', value: 'tea' }]);
  expect(seen.map(({ method, path }) => `${method} ${path}`)).toEqual(
    Array(2).fill('GET /2/tweets/search/stream/rules'),
  );
  expect(seen[1]!.query.get('pagination_token')).toBe('abc');
});

test('no rules are an empty list', async () => {
  const { access } = await serve([200, { meta: { sent: '2026-11-27T10:00:00.000Z', result_count: 0 } }]);
  expect(await listXRules(access)).toEqual([]);
});

test('adds a rule, or asks whether it would be taken', async () => {
  const answer = [201, { data: [rule], meta: { summary: { created: 1 } } }] as const;
  const { access, seen } = await serve(answer, answer);
  expect(await addXRule(access, { value: rule.value, tag: rule.tag })).toEqual(rule);
  await addXRule(access, { value: rule.value, dryRun: true });
  expect(seen.map(({ body }) => JSON.parse(body) as unknown)).toEqual([
    { add: [{ value: rule.value, tag: rule.tag }] },
    { add: [{ value: rule.value }] },
  ]);
  expect(seen.map(({ query }) => query.get('dry_run'))).toEqual([null, 'true']);
});

test('deletes a rule', async () => {
  const { access, seen } = await serve([200, { meta: { summary: { deleted: 1, not_deleted: 0 } } }]);
  await deleteXRules(access, ['7']);
  expect(JSON.parse(seen[0]!.body)).toEqual({ delete: { ids: ['7'] } });
});

test.each([
  ['E_SOURCE_REFUSED', 'a rule that is there already', 201, { errors: [{ title: 'DuplicateRule', type: 't' }] }],
  [
    'E_SOURCE_REFUSED',
    'a rule that is not valid',
    400,
    { errors: [{ title: 'UnprocessableEntity', details: ['no viable alternative'] }] },
  ],
  ['E_SOURCE_REFUSED', 'an answer that says nothing', 200, { meta: {} }],
  ['E_SOURCE_DENIED', 'a token that is not valid', 401, { title: 'Unauthorized' }],
  ['E_SOURCE_UNREACHABLE', 'a server that is down', 503, {}],
  ['E_SOURCE_UNREACHABLE', 'too many requests', 429, { title: 'Too Many Requests' }],
])('fails with %s for %s', async (code, _, status, body) => {
  const { access } = await serve([status, body]);
  expect(await codeOf(() => addXRule(access, { value: 'x' }))).toBe(code);
});

test('fails with E_SOURCE_REFUSED when there is no rule to delete', async () => {
  const { access } = await serve([200, { meta: { summary: { deleted: 0, not_deleted: 1 } } }]);
  expect(await codeOf(() => deleteXRules(access, ['7']))).toBe('E_SOURCE_REFUSED');
});

test('fails with E_SOURCE_UNREACHABLE when nobody answers, or with something else', async () => {
  const access = xAccess('token', await deadAddress());
  await expect(listXRules(access)).rejects.toMatchObject({ code: 'E_SOURCE_UNREACHABLE' });
  await expect(listXRules(access)).rejects.toThrow('ECONNREFUSED');
  const other = await serve([200, { data: 'page' }]);
  expect(await codeOf(() => listXRules(other.access))).toBe('E_SOURCE_UNREACHABLE');
});
