import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { TRENDS_KEY } from '../../../functions/trends/stored-trends.ts';
import { problemSchema } from '../../../shared/contracts/api.ts';
import { NerError } from '../../../shared/ner-error.ts';
import { openPack } from '../../../functions/tagger/open-pack.ts';
import { createApiFunction } from '../../support/api-function.ts';
import { collect } from '../../support/collect.ts';
import type { UrlRequest } from '../../support/lambda-events.ts';
import { plainModel } from '../../support/plain-model.ts';

const JSON_TYPE = { 'content-type': 'application/json' };
const NDJSON = { 'content-type': 'application/x-ndjson' };

const post = (
  path: string,
  body: string | Uint8Array,
  headers: Readonly<Record<string, string>> = JSON_TYPE,
): UrlRequest => {
  return { method: 'POST', path, headers, body };
};

describe('the API as a function', () => {
  test('packs tweets for the queue, and quarantines what is none', async () => {
    const { call, sent, store, counts } = createApiFunction();
    const body = '{"id":"1","text":"so Ann"}\nno tweet\n{"id":"2","text":"so Bob"}\n';
    const { statusCode, body: answer } = await call(post('/v1/tweets', body, NDJSON));
    expect([statusCode, JSON.parse(answer!)]).toMatchObject([202, { accepted: 2, rejected: 1, messages: 1 }]);
    expect(sent.flatMap((message) => openPack(message).tweets.map(({ id }) => id))).toEqual(['1', '2']);
    expect((await collect(store.list('quarantine/'))).length).toBe(1);
    expect(counts).toMatchObject({ TweetsAccepted: 2, LinesRejected: 1 });
  });

  test('takes a body that the platform brings in base64', async () => {
    const { call, sent } = createApiFunction();
    const { statusCode } = await call(post('/v1/tweets', Buffer.from('{"id":"1","text":"é"}'), NDJSON));
    expect(statusCode).toBe(202);
    expect(openPack(sent[0]!).tweets[0]!.text).toBe('é');
  });

  test('tags texts at once', async () => {
    const { statusCode, body } = await createApiFunction().call(post('/v1/predict', '{"texts":["so Ann"]}'));
    expect([statusCode, JSON.parse(body!)]).toMatchObject([
      200,
      { model: plainModel.modelId, results: [{ entities: [{ type: 'person', text: 'Ann' }] }] },
    ]);
  });

  test('is not ready without a model, and answers that it lives', async () => {
    const notReady = async () => {
      throw new NerError('E_NOT_READY', 'use: no model is loaded yet.');
    };
    const { call } = createApiFunction({ model: { ...plainModel, loadedId: undefined, predict: notReady } });
    expect((await call({ path: '/readyz' })).statusCode).toBe(503);
    expect((await call(post('/v1/predict', '{"texts":["a"]}'))).statusCode).toBe(503);
    expect(await call({ path: '/healthz' })).toMatchObject({ statusCode: 200, body: '{"status":"ok","model":null}' });
  });

  test('answers by the trends in the store, which are empty at first', async () => {
    const { call, store } = createApiFunction();
    expect(JSON.parse((await call({ path: '/v1/trends' })).body!)).toMatchObject({ trends: [] });
    expect(await store.head(TRENDS_KEY)).toBeUndefined();
    expect((await call({ path: '/v1/trends/person:ann' })).statusCode).toBe(404);
  });

  test('leads from / to the trends, and has neither stream nor counters of a host', async () => {
    const { call } = createApiFunction();
    expect(await call({ path: '/' })).toMatchObject({ statusCode: 302, headers: { location: '/trends' } });
    expect(await call({ path: '/trends' })).toMatchObject({ statusCode: 200, body: '<!doctype html>' });
    for (const path of ['/v1/stream', '/v1/status', '/metrics']) {
      expect((await call({ path })).statusCode).toBe(404);
    }
    const document = JSON.parse((await call({ path: '/openapi.json' })).body!) as { paths: object; security?: unknown };
    expect(Object.keys(document.paths)).not.toContain('/v1/stream');
    expect(document.security).toBeUndefined();
  });

  test.each([
    ['a host that is not ours', { path: '/healthz', headers: { host: 'evil.example' } }, 403, 'E_REQUEST_HOST'],
    ['a foreign origin', { path: '/healthz', headers: { origin: 'https://evil.example' } }, 403, 'E_REQUEST_ORIGIN'],
    ['a host that none may have', { path: '/healthz', headers: { host: 'a b' } }, 400, 'E_REQUEST_MALFORMED'],
    ['a path that is not there', { path: '/.env' }, 404, 'E_NOT_FOUND'],
    ['a way up', { path: '/../../etc/passwd' }, 404, 'E_NOT_FOUND'],
    ['another method', { path: '/v1/predict', method: 'DELETE' }, 405, 'E_REQUEST_METHOD'],
    ['no content type', post('/v1/predict', '{"texts":["a"]}', {}), 415, 'E_REQUEST_MEDIA_TYPE'],
    [
      'a form',
      post('/v1/predict', 'texts=a', { 'content-type': 'application/x-www-form-urlencoded' }),
      415,
      'E_REQUEST_MEDIA_TYPE',
    ],
    ['no JSON', post('/v1/predict', '{"texts":'), 400, 'E_REQUEST_MALFORMED'],
    ['an unknown key', post('/v1/predict', '{"texts":["a"],"model":"x"}'), 422, 'E_REQUEST_INVALID'],
    ['a prototype', post('/v1/predict', '{"texts":["a"],"__proto__":{"texts":["b"]}}'), 422, 'E_REQUEST_INVALID'],
    ['too many texts', post('/v1/predict', JSON.stringify({ texts: Array(257).fill('a') })), 422, 'E_REQUEST_INVALID'],
    ['too long a text', post('/v1/predict', JSON.stringify({ texts: ['a'.repeat(4_001)] })), 422, 'E_REQUEST_INVALID'],
    ['deep nesting', post('/v1/predict', '['.repeat(50_000)), 400, 'E_REQUEST_MALFORMED'],
    ['too large a body', post('/v1/tweets', 'a'.repeat(4 * 2 ** 20 + 1), NDJSON), 413, 'E_REQUEST_TOO_LARGE'],
    [
      'too large a body by its word',
      post('/v1/tweets', 'a', { ...NDJSON, 'content-length': '5000000' }),
      413,
      'E_REQUEST_TOO_LARGE',
    ],
    [
      'a compressed body',
      post('/v1/tweets', 'a', { ...NDJSON, 'content-encoding': 'gzip' }),
      415,
      'E_REQUEST_MEDIA_TYPE',
    ],
    ['no tweets', post('/v1/tweets', '\n', NDJSON), 400, 'E_REQUEST_MALFORMED'],
  ] satisfies readonly (readonly [string, UrlRequest, number, string])[])(
    'refuses %s',
    async (_, request, status, code) => {
      const { call, sent } = createApiFunction();
      const { statusCode, headers, body } = await call(request);
      expect([statusCode, problemSchema.parse(JSON.parse(body!)).code]).toEqual([status, code]);
      expect(headers!['content-type']).toBe('application/problem+json');
      expect(sent).toEqual([]);
    },
  );

  test('an error of ours says nothing of its inside', async () => {
    const predict = async (): Promise<never> => {
      throw new Error('the secret of 10.0.0.1');
    };
    const { call, errors } = createApiFunction({ model: { ...plainModel, predict } });
    const { statusCode, body } = await call(post('/v1/predict', '{"texts":["a"]}'));
    expect(statusCode).toBe(500);
    expect(body).not.toContain('secret');
    expect(errors.length).toBe(1);
  });

  test('no answer lets a page of another origin read it', async () => {
    const { call } = createApiFunction({ hosts: ['*'] });
    const { statusCode, headers } = await call({ path: '/healthz', headers: { origin: 'https://evil.example' } });
    expect(statusCode).toBe(200);
    expect(Object.keys(headers!)).not.toContain('access-control-allow-origin');
    expect(headers!['x-content-type-options']).toBe('nosniff');
  });

  test('answers whatever comes with a status of its document, and never with 500', async () => {
    const { call, errors } = createApiFunction({ hosts: ['*'] });
    const document = JSON.parse((await call({ path: '/openapi.json' })).body!) as {
      paths: Record<string, Record<string, { requestBody?: object; responses: Record<string, object> }>>;
    };
    const operations = Object.entries(document.paths).flatMap(([path, methods]) =>
      Object.entries(methods).map(([method, { responses }]) => ({ path, method: method.toUpperCase(), responses })),
    );
    const body = fc.option(
      fc.oneof(
        fc.json(),
        fc.uint8Array({ maxLength: 100 }),
        fc.array(fc.json()).map((lines) => lines.join('\n')),
        fc.constantFrom('', '[', '{"texts":["a"]}', '[{"id":"1","text":"a"}]', '{"__proto__":null}', '"\\ud800"'),
      ),
      { nil: undefined },
    );
    const headers = fc.record(
      {
        'content-type': fc.constantFrom('application/json', 'application/x-ndjson', 'text/plain', '', ';'),
        'content-length': fc.constantFrom('0', '-1', 'NaN', '99999999999'),
        'content-encoding': fc.constantFrom('gzip', 'identity'),
        'x-request-id': fc.constantFrom('a', '<b>', 'x'.repeat(300)),
        accept: fc.constantFrom('text/html', 'nonsense'),
      },
      { requiredKeys: [] },
    );
    const query = fc.constantFrom('', '?', '?a=%ff', '?window=10m&limit=3', '?limit=0', '?until=never', '?__proto__=1');
    const request = fc.record({ operation: fc.constantFrom(...operations), headers, body, query });
    await fc.assert(
      fc.asyncProperty(request, async ({ operation, headers, body, query }) => {
        const { path, method, responses } = operation;
        const result = await call({ method, path: path + query, headers, ...(body === undefined ? {} : { body }) });
        expect(Object.keys(responses)).toContain(String(result.statusCode));
        expect(result.statusCode).not.toBe(500);
        if (result.statusCode! >= 400) problemSchema.parse(JSON.parse(result.body!));
      }),
      { numRuns: 500 },
    );
    expect(errors).toEqual([]);
  });
});

test('lists no models where none was published', async () => {
  expect(await createApiFunction().call({ path: '/v1/models' })).toMatchObject({
    statusCode: 200,
    body: '{"models":[]}',
  });
});
