import fc from 'fast-check';
import { readFile } from 'node:fs/promises';
import { beforeAll, describe, expect, test } from 'vitest';
import { type Api, createApp } from '../../../functions/api/app.ts';
import { problemSchema } from '../../../shared/contracts/api.ts';
import { type ApiHost, createApiHost } from '../../support/api-host.ts';

interface Operation {
  readonly requestBody?: { readonly content: Readonly<Record<string, unknown>> };
  readonly responses: Readonly<Record<string, unknown>>;
}

interface Document {
  readonly openapi: string;
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
}

/** Bodies around what is allowed: almost right, of any JSON, and of any bytes. */
const body = fc.oneof(
  fc.json(),
  fc
    .record({ texts: fc.array(fc.oneof(fc.string({ unit: 'binary' }), fc.jsonValue())) }, { requiredKeys: [] })
    .map((value) => JSON.stringify(value)),
  fc
    .array(fc.oneof(fc.record({ id: fc.string(), text: fc.string({ unit: 'binary' }) }), fc.jsonValue()))
    .map((value) => JSON.stringify(value)),
  fc.array(fc.json()).map((lines) => lines.join('\n')),
  fc.uint8Array({ maxLength: 200 }),
  fc.constantFrom('', '[', '{"texts":["a"]}', '{"__proto__":null}', '\ufeff[]', '1e999', '"\\ud800"', '[[[['),
);

const contentType = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.constantFrom('application/json', 'application/x-ndjson', 'application/json; charset=utf-8'),
  },
  {
    weight: 1,
    arbitrary: fc.constantFrom(
      'text/plain',
      '',
      'application/json; charset=utf-16',
      'application/xml',
      ';',
      'APPLICATION/JSON',
    ),
  },
);

const headers = fc.record(
  {
    'content-type': contentType,
    'content-encoding': fc.constantFrom('gzip', 'identity', 'br'),
    'content-length': fc.constantFrom('0', '-1', 'NaN', '99999999999', '1e9'),
    host: fc.constantFrom('localhost', 'evil.example', '127.0.0.1:1', '[::1]', '[', 'a b'),
    origin: fc.constantFrom('null', 'http://localhost', 'https://evil.example', 'nonsense'),
    'sec-fetch-site': fc.constantFrom('cross-site', 'same-origin'),
    'x-request-id': fc.constantFrom('a', '<b>', 'x'.repeat(300)),
    'if-none-match': fc.constantFrom('*', '"a"', ''),
    accept: fc.constantFrom('text/html', 'nonsense'),
  },
  { requiredKeys: [] },
);

const query = fc.constantFrom(
  '',
  '?',
  '?a=b',
  '?__proto__=1',
  '?%',
  '?a=%ff',
  '?window=10m&limit=3',
  '?window=2h',
  '?limit=0',
  '?limit=1e3',
  '?until=never',
  '?until=2026-11-20T00:00:00Z',
  '?order=count&type=person&q=%00%F0%9F%98%80',
);

describe("the API's document", () => {
  let host: ApiHost;
  let api: Api;
  let document: Document;
  beforeAll(async () => {
    host = createApiHost();
    api = createApp(host.deps);
    document = (await (await api.request('/openapi.json')).json()) as Document;
  });

  test('is the one that is checked in; test/golden/generate/openapi.ts writes it', async () => {
    const golden: unknown = JSON.parse(await readFile(new URL('../../golden/openapi.json', import.meta.url), 'utf8'));
    expect(document).toEqual(golden);
  });

  test('is OpenAPI 3.1 and lists every route under /v1', () => {
    expect(document.openapi).toBe('3.1.0');
    expect(Object.keys(document.paths).sort()).toEqual([
      '/healthz',
      '/metrics',
      '/openapi.json',
      '/readyz',
      '/v1/jobs',
      '/v1/merges',
      '/v1/models',
      '/v1/predict',
      '/v1/status',
      '/v1/stream',
      '/v1/trends',
      '/v1/trends/{key}',
      '/v1/tweets',
    ]);
  });

  test('names every status that malformed requests get, each with a problem, and never 500', async () => {
    const operations = Object.entries(document.paths).flatMap(([path, methods]) =>
      Object.entries(methods).map(([method, operation]) => ({ path, method: method.toUpperCase(), operation })),
    );
    const request = fc.record({ operation: fc.constantFrom(...operations), headers, body, query });
    await fc.assert(
      fc.asyncProperty(request, async ({ operation: { path, method, operation }, headers, body, query }) => {
        const init: RequestInit = { method, headers };
        if (operation.requestBody !== undefined) init.body = body as RequestInit['body'] & {};
        const response = await api.request(path + query, init);
        expect(Object.keys(operation.responses)).toContain(String(response.status));
        expect(response.status).not.toBe(500);
        if (response.status >= 400) {
          expect(response.headers.get('content-type')).toBe('application/problem+json');
          expect(problemSchema.parse(await response.json()).status).toBe(response.status);
        } else {
          await response.body?.cancel();
        }
      }),
      { numRuns: 1500 },
    );
    expect(host.reported).toEqual([]);
    expect(api.readers()).toBe(0);
  });
});
