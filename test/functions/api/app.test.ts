import { describe, expect, test } from 'vitest';
import { createApp } from '../../../functions/api/app.ts';
import type { ApiDeps } from '../../../functions/api/deps.ts';
import {
  hostStatusSchema,
  ingestResponseSchema,
  modelsResponseSchema,
  predictResponseSchema,
  problemSchema,
} from '../../../shared/contracts/api.ts';
import { NerError } from '../../../shared/ner-error.ts';
import { createApiHost, MODEL_ID } from '../../support/api-host.ts';

const NDJSON = { 'content-type': 'application/x-ndjson' };
const JSON_TYPE = { 'content-type': 'application/json' };

function post(body: RequestInit['body'], headers: Record<string, string>): RequestInit {
  return { method: 'POST', headers, ...(body !== undefined && { body }) };
}

async function expectProblem(response: Response, status: number, code: string): Promise<string> {
  expect(response.headers.get('content-type')).toBe('application/problem+json');
  const body = problemSchema.parse(await response.json());
  expect({ status: response.status, bodyStatus: body.status, code: body.code }).toEqual({
    status,
    bodyStatus: status,
    code,
  });
  expect(response.headers.get('x-request-id')).toBe(body.requestId);
  expect(response.headers.get('x-content-type-options')).toBe('nosniff');
  return body.detail;
}

describe('POST /v1/tweets', () => {
  test('queues the tweets of an NDJSON body and says how many', async () => {
    const host = createApiHost();
    const body = '{"id":"1","text":"in Lisbon"}\n\n{"id":"2","text":"hi","unknown":1}\r\n';
    const response = await createApp(host.deps).request('/v1/tweets', post(body, NDJSON));
    expect(response.status).toBe(202);
    expect(await response.json()).toEqual({ accepted: 2, rejected: 0, messages: 1, errors: [] });
    expect(host.ingested).toEqual([
      { id: '1', text: 'in Lisbon' },
      { id: '2', text: 'hi' },
    ]);
  });

  test('names bad lines, quarantines them and queues the rest', async () => {
    const host = createApiHost();
    const body = '{"id":"1","text":"a"}\n{"id":2}\nnot json\n{"id":"4","text":"d"}';
    const response = await createApp(host.deps).request('/v1/tweets', post(body, NDJSON));
    expect(response.status).toBe(202);
    const answer = ingestResponseSchema.parse(await response.json());
    expect(answer).toMatchObject({ accepted: 2, rejected: 2 });
    expect(answer.errors.map(({ line }) => line)).toEqual([2, 3]);
    expect(answer.errors[1]?.reason).toContain('tweets:3: ');
    expect(host.quarantined.map(({ raw }) => raw)).toEqual(['{"id":2}', 'not json']);
  });

  test('reports the first twenty bad lines of many', async () => {
    const response = await createApp(createApiHost().deps).request('/v1/tweets', post('x\n'.repeat(50), NDJSON));
    const answer = ingestResponseSchema.parse(await response.json());
    expect(answer).toMatchObject({ accepted: 0, rejected: 50 });
    expect(answer.errors).toHaveLength(20);
  });

  test('takes a JSON array under the same rules, lines counting elements', async () => {
    const host = createApiHost();
    const body = JSON.stringify([{ id: '1', text: 'two\nlines' }, 5, { id: '3', text: '\ud800' }]);
    const response = await createApp(host.deps).request('/v1/tweets', post(body, JSON_TYPE));
    const answer = ingestResponseSchema.parse(await response.json());
    expect(answer).toMatchObject({ accepted: 2, rejected: 1, errors: [{ line: 2 }] });
    expect(host.ingested.map(({ text }) => text)).toEqual(['two\nlines', '\ud800']);
  });

  test.each([
    ['an empty body', '', NDJSON, '400 E_REQUEST_MALFORMED'],
    ['blank lines only', '\n \r\n', NDJSON, '400 E_REQUEST_MALFORMED'],
    ['an empty array', '[]', JSON_TYPE, '400 E_REQUEST_MALFORMED'],
    ['an empty JSON body', '', JSON_TYPE, '400 E_REQUEST_MALFORMED'],
    ['broken JSON', '[{"id":', JSON_TYPE, '400 E_REQUEST_MALFORMED'],
    ['JSON that is not UTF-8', new Uint8Array([0x22, 0xff, 0x22]), JSON_TYPE, '400 E_REQUEST_MALFORMED'],
    ['nesting without end', `${'['.repeat(500_000)}${']'.repeat(500_000)}`, JSON_TYPE, '400 E_REQUEST_MALFORMED'],
    ['an object instead of an array', '{"id":"1","text":"a"}', JSON_TYPE, '422 E_REQUEST_INVALID'],
    ['another content type', 'a,b', { 'content-type': 'text/csv' }, '415 E_REQUEST_MEDIA_TYPE'],
    ['no content type', new Uint8Array([65]), {}, '415 E_REQUEST_MEDIA_TYPE'],
    ['another charset', '[]', { 'content-type': 'application/json; charset=latin1' }, '415 E_REQUEST_MEDIA_TYPE'],
    ['a compressed body', 'x', { ...NDJSON, 'content-encoding': 'gzip' }, '415 E_REQUEST_MEDIA_TYPE'],
  ])('fails for %s', async (_name, body, headers, expected) => {
    const host = createApiHost();
    const response = await createApp(host.deps).request('/v1/tweets', post(body, headers));
    const [status, code] = expected.split(' ');
    await expectProblem(response, Number(status), code!);
    expect(host.ingested).toEqual([]);
  });

  test('fails when the announced length is too large, without reading', async () => {
    const host = createApiHost({ limits: { bodyMaxBytes: 10 } });
    const response = await createApp(host.deps).request(
      '/v1/tweets',
      post('{}', { ...NDJSON, 'content-length': '11' }),
    );
    await expectProblem(response, 413, 'E_REQUEST_TOO_LARGE');
  });

  test('fails when a chunked body grows too large, and reads no further', async () => {
    const host = createApiHost({ limits: { bodyMaxBytes: 1000 } });
    let sent = 0;
    const endless = new ReadableStream<Uint8Array>({
      pull: (controller) => {
        sent += 100;
        controller.enqueue(new Uint8Array(100).fill(32));
      },
    });
    const init: RequestInit = { ...post(endless, NDJSON), duplex: 'half' };
    await expectProblem(await createApp(host.deps).request('/v1/tweets', init), 413, 'E_REQUEST_TOO_LARGE');
    expect(sent).toBeLessThan(2000);
  });

  test('fails for a body that breaks off', async () => {
    const broken = new ReadableStream<Uint8Array>({
      pull: (controller) => {
        controller.error(new Error('gone'));
      },
    });
    const host = createApiHost();
    const init: RequestInit = { ...post(broken, NDJSON), duplex: 'half' };
    await expectProblem(await createApp(host.deps).request('/v1/tweets', init), 400, 'E_REQUEST_MALFORMED');
    expect(host.reported).toEqual([]);
  });

  test('fails with 429 and Retry-After while too many bodies are worked on', async () => {
    let release = (): void => undefined;
    const held = new Promise<void>((resolve) => {
      release = resolve;
    });
    const host = createApiHost({
      limits: { maxBodiesInFlight: 1 },
      ingest: async () => {
        await held;
        return { accepted: 1, rejected: 0, messages: 1 };
      },
    });
    const api = createApp(host.deps);
    const first = api.request('/v1/tweets', post('{"id":"1","text":"a"}', NDJSON));
    const second = await api.request('/v1/tweets', post('{"id":"2","text":"b"}', NDJSON));
    await expectProblem(second, 429, 'E_REQUEST_RATE');
    expect(second.headers.get('retry-after')).toBe('1');
    release();
    expect((await first).status).toBe(202);
    expect((await api.request('/v1/tweets', post('{"id":"2","text":"b"}', NDJSON))).status).toBe(202);
  });
});

describe('tweets that are not taken', () => {
  test.each([
    ['full', 429, 'E_QUEUE_FULL', 'queue_full'],
    ['stopping', 503, 'E_STOPPING', 'stopping'],
  ] as const)(
    'fail when the host is %s, with Retry-After, unread, and are counted',
    async (admission, status, code, reason) => {
      const host = createApiHost({ admission: async () => admission });
      const unread = new ReadableStream({
        pull: () => {
          throw new Error('the body was read');
        },
      });
      const init: RequestInit = { ...post(unread, NDJSON), duplex: 'half' };
      const response = await createApp(host.deps).request('/v1/tweets', init);
      await expectProblem(response, status, code);
      expect(response.headers.get('retry-after')).toBe('1');
      expect(host.ingested).toEqual([]);
      expect(await host.deps.metrics.text()).toContain(`tagwright_requests_refused_total{reason="${reason}"} 1\n`);
    },
  );
});

describe('GET /metrics', () => {
  test('tells requests by route and status, and never by path', async () => {
    const api = createApp(createApiHost().deps);
    await api.request('/readyz');
    await api.request('/secret-of-a-sender');
    await api.request('/v1/tweets', post('{"id":"1","text":"a"}', NDJSON));
    const response = await api.request('/metrics');
    expect(response.headers.get('content-type')).toBe('text/plain; version=0.0.4; charset=utf-8');
    const text = await response.text();
    const counts = [...text.matchAll(/^tagwright_http_request_seconds_count\{(.*)\} (\d+)$/gm)].map(
      ([, labels, count]) => [labels, Number(count)],
    );
    expect(counts).toEqual([
      ['method="GET",route="/readyz",status="200"', 1],
      ['method="GET",route="none",status="404"', 1],
      ['method="POST",route="/v1/tweets",status="202"', 1],
    ]);
    expect(text).not.toContain('secret');
  });
});

describe('POST /v1/predict', () => {
  const predict = (body: unknown, deps: Partial<ApiDeps> = {}): Response | Promise<Response> =>
    createApp(createApiHost(deps).deps).request('/v1/predict', post(JSON.stringify(body), JSON_TYPE));

  test('gives one result a text, with the model that found it', async () => {
    const response = await predict({ texts: ['😀 Lisbon', ''] });
    expect(response.status).toBe(200);
    const answer = predictResponseSchema.parse(await response.json());
    expect(answer.model).toBe(MODEL_ID);
    expect(answer.results).toEqual([
      { entities: [{ type: 'geo-loc', text: 'Lisbon', start: 3, end: 9, startCp: 2, endCp: 8, score: 0.9 }] },
      { entities: [] },
    ]);
  });

  test('hands the aggregation on', async () => {
    const asked: unknown[] = [];
    const deps: Partial<ApiDeps> = {
      predict: async (texts, options) => {
        asked.push(options?.aggregation);
        return { model: MODEL_ID, results: texts.map(() => []) };
      },
    };
    for (const aggregation of [undefined, 'first', 'none']) await predict({ texts: ['a'], aggregation }, deps);
    expect(asked).toEqual([undefined, 'first', 'none']);
  });

  test('counts the limit of a text in code points', async () => {
    expect((await predict({ texts: ['😀'.repeat(4000)] })).status).toBe(200);
    await expectProblem(await predict({ texts: ['😀'.repeat(4001)] }), 422, 'E_REQUEST_INVALID');
  });

  test.each([
    ['no texts', {}, '/texts'],
    ['an empty list', { texts: [] }, '/texts'],
    ['257 texts', { texts: Array<string>(257).fill('a') }, '/texts'],
    ['a text that is a number', { texts: ['a', 5] }, '/texts/1'],
    ['an aggregation of another name', { texts: ['a'], aggregation: 'last' }, '/aggregation'],
    ['an unknown key', { texts: ['a'], top: 3 }, ''],
    ['a list instead of an object', ['a'], ''],
  ])('fails for %s, with a pointer to it', async (_name, body, pointer) => {
    const response = await predict(body);
    expect(response.status).toBe(422);
    const answer = problemSchema.parse(await response.json());
    expect(answer.code).toBe('E_REQUEST_INVALID');
    expect(answer.errors?.[0]?.pointer).toBe(pointer);
  });

  test('fails for a __proto__ key as for any unknown one', async () => {
    const api = createApp(createApiHost().deps);
    const body = '{"texts":["a"],"__proto__":{"texts":["b"]}}';
    await expectProblem(await api.request('/v1/predict', post(body, JSON_TYPE)), 422, 'E_REQUEST_INVALID');
  });

  test('fails while no model is loaded, and says when to try again', async () => {
    const response = await predict(
      { texts: ['a'] },
      {
        predict: async () => {
          throw new NerError('E_NOT_READY', 'predict: no model is loaded yet.');
        },
      },
    );
    expect(await expectProblem(response, 503, 'E_NOT_READY')).toBe('predict: no model is loaded yet.');
    expect(response.headers.get('retry-after')).toBe('1');
  });

  test('fails with 500 for an error of ours, which is reported and says nothing of its inside', async () => {
    const error = new Error('secret path /etc/thing');
    const host = createApiHost({
      predict: async () => {
        throw error;
      },
    });
    const response = await createApp(host.deps).request('/v1/predict', post('{"texts":["a"]}', JSON_TYPE));
    expect(await expectProblem(response, 500, 'E_INTERNAL')).not.toContain('secret');
    expect(host.reported).toEqual([error]);
  });
});

describe('what the host has and how it is', () => {
  test('GET /v1/models lists the current model first', async () => {
    const response = await createApp(createApiHost().deps).request('/v1/models');
    const { models } = modelsResponseSchema.parse(await response.json());
    expect(models.map(({ current }) => current)).toEqual([true, false]);
  });

  test('GET /v1/status gives the counters as they are now', async () => {
    const host = createApiHost();
    const api = createApp(host.deps);
    host.setStatus({ tagged: 7, training: { step: 1, steps: 2, epoch: 1, epochs: 1 } });
    const answer = hostStatusSchema.parse(await (await api.request('/v1/status')).json());
    expect(answer).toMatchObject({ tagged: 7, training: { steps: 2 } });
  });

  test('GET /readyz follows the model, GET /healthz the process', async () => {
    const host = createApiHost();
    const api = createApp(host.deps);
    expect((await api.request('/readyz')).status).toBe(200);
    host.setStatus({ ready: false, modelId: null });
    await expectProblem(await api.request('/readyz'), 503, 'E_NOT_READY');
    expect(await (await api.request('/healthz')).json()).toEqual({ status: 'ok', model: null });
  });

  test('HEAD answers like GET without a body, and opens no stream', async () => {
    const api = createApp(createApiHost().deps);
    const response = await api.request('/v1/stream', { method: 'HEAD' });
    expect(response.headers.get('content-type')).toBe('text/event-stream; charset=utf-8');
    expect(await response.text()).toBe('');
    expect(api.readers()).toBe(0);
  });
});

describe('what is no route', () => {
  test.each(['/v2/tweets', '/v1/tweets/', '/.env', '/v1/%2e%2e/x', '/constructor'])(
    'fails for the path %s',
    async (path) => {
      await expectProblem(await createApp(createApiHost().deps).request(path), 404, 'E_NOT_FOUND');
    },
  );

  test.each([
    ['GET', '/v1/tweets', 'POST'],
    ['DELETE', '/v1/models', 'GET, HEAD'],
    ['OPTIONS', '/v1/predict', 'POST'],
    ['POST', '/v1/stream', 'GET, HEAD'],
  ])('fails for %s %s and says what is allowed', async (method, path, allow) => {
    const response = await createApp(createApiHost().deps).request(path, { method });
    await expectProblem(response, 405, 'E_REQUEST_METHOD');
    expect(response.headers.get('allow')).toBe(allow);
  });

  test('replaces a hostile request id and keeps an honest one', async () => {
    const api = createApp(createApiHost().deps);
    const ask = async (id: string): Promise<string | null> =>
      (await api.request('/healthz', { headers: { 'x-request-id': id } })).headers.get('x-request-id');
    expect(await ask('abc-123')).toBe('abc-123');
    expect(await ask('<script>')).not.toContain('<');
  });
});
