import { describe, expect, test } from 'vitest';
import { createApp } from '../../functions/api/app.ts';
import { createApiHost } from '../support/api-host.ts';
import { HOSTILE_JSON } from '../support/hostile-json.ts';

const rows = Object.entries(HOSTILE_JSON).map(([name, json]) => ({ name, json }));

function post(host: ReturnType<typeof createApiHost>, path: string, body: string, type: string) {
  return createApp(host.deps).request(path, { method: 'POST', body, headers: { 'content-type': type } });
}

describe('hostile JSON over HTTP', () => {
  test.each(rows)(
    '$name: POST /v1/tweets takes what is good beside it, and breaks for neither form',
    async ({ json }) => {
      const good = '{"id":"good","text":"in Lisbon"}';
      for (const [body, type] of [
        [`${good}\n${json}\n`, 'application/x-ndjson'],
        [`[${good},${json}]`, 'application/json'],
      ] as const) {
        const host = createApiHost();
        const { status } = await post(host, '/v1/tweets', body, type);
        expect([202, 400]).toContain(status);
        if (status === 202) expect(host.ingested[0]).toEqual({ id: 'good', text: 'in Lisbon' });
        for (const tweet of host.ingested) expect(Object.getPrototypeOf(tweet)).toBe(Object.prototype);
        expect(host.reported).toEqual([]);
      }
    },
  );

  test.each(rows)('$name: POST /v1/predict and /v1/merges refuse it', async ({ json }) => {
    for (const path of ['/v1/predict', '/v1/merges']) {
      for (const body of [
        json,
        `{"texts":${json}}`,
        `{"texts":["x"],"__proto__":${json}}`,
        `{"texts":["x"],"extra":${json}}`,
      ]) {
        const host = createApiHost();
        const { status } = await post(host, path, body, 'application/json');
        expect(status).toBeGreaterThanOrEqual(400);
        expect(status).toBeLessThan(500);
        expect(host.reported).toEqual([]);
      }
    }
  });
});
