import { expect, test } from 'vitest';
import { cli } from '../support/cli.ts';
import { answerError, startX } from '../support/x-server.ts';

const env = { X_BEARER_TOKEN: 'test-token' };

test('adds a rule, lists it, and deletes it', async () => {
  const rule = { id: '7', value: 'cats lang:en', tag: 'cats' };
  const { endpoint, seen } = await startX((_, response, number) => {
    answerError(response, 200, [{ data: [rule] }, { data: [rule] }, { data: [rule] }, { meta: {} }][number]);
  });
  const rules = (...args: readonly string[]) => cli(['rules', ...args, '--endpoint', endpoint], { env });
  expect(await rules('add', rule.value, '--tag', 'cats')).toMatchObject({
    code: 0,
    stdout: '',
    stderr: 'rule 7 is added\n',
  });
  expect(await rules()).toMatchObject({ code: 0, stdout: '7  cats lang:en  (cats)\n', stderr: '' });
  expect(JSON.parse((await rules('list', '--json')).stdout)).toEqual([rule]);
  expect(await rules('delete', '7')).toMatchObject({ code: 0, stdout: '', stderr: 'rule 7 is deleted\n' });
  expect(seen.map(({ method }) => method)).toEqual(['POST', 'GET', 'GET', 'POST']);
});

test('asks whether a rule would be taken', async () => {
  const { endpoint } = await startX((_, response) => {
    answerError(response, 201, { data: [{ id: '7', value: 'cats' }] });
  });
  const { stderr } = await cli(['rules', 'add', 'cats', '--dry-run', '--endpoint', endpoint], { env });
  expect(stderr).toBe('X would take the rule\n');
});

test('says how to add a rule when there is none', async () => {
  const { endpoint } = await startX((_, response) => {
    answerError(response, 200, { meta: { result_count: 0 } });
  });
  const { code, stdout, stderr } = await cli(['rules', '--endpoint', endpoint], { env });
  expect([code, stdout]).toEqual([0, '']);
  expect(stderr).toContain('tagwright rules add');
});

test.each([
  ['an unknown action', ['remove'], "unknown action 'remove'"],
  ['no rule', ['add'], 'add: the rule is missing'],
  ['no id', ['delete'], 'delete: the id is missing'],
  ['a tag for no rule', ['list', '--tag', 'x'], '--tag and --dry-run are for add'],
  ['an argument too many', ['list', 'x'], "unexpected argument 'x'"],
])('fails with E_USAGE for %s', async (_, args, message) => {
  const { code, stderr } = await cli(['rules', ...args], { env });
  expect(code).toBe(2);
  expect(stderr).toContain(`E_USAGE: tagwright rules: ${message}`);
});

test('fails with E_SOURCE_DENIED without a token', async () => {
  const { code, stderr } = await cli(['rules'], { env: { X_BEARER_TOKEN: undefined } });
  expect(code).toBe(1);
  expect(stderr).toMatch(/^tagwright: E_SOURCE_DENIED: x: no bearer token, got none in X_BEARER_TOKEN/);
});
