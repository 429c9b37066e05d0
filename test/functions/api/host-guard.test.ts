import { describe, expect, test } from 'vitest';
import { createApp } from '../../../functions/api/app.ts';
import { createApiHost } from '../../support/api-host.ts';

const BOUND = { boundPort: 8787 };

async function ask(init: RequestInit, hosts: readonly string[] = []): Promise<string> {
  const api = createApp(createApiHost({ hosts }).deps);
  const response = await api.request('/v1/models', init, BOUND);
  return response.ok ? 'served' : ((await response.json()) as { code: string }).code;
}

describe('the Host header', () => {
  test.each([
    ['127.0.0.1:8787', 'served'],
    ['localhost:8787', 'served'],
    ['LOCALHOST:8787', 'served'],
    ['[::1]:8787', 'served'],
    ['127.0.0.1:8788', 'E_REQUEST_HOST'],
    ['localhost', 'E_REQUEST_HOST'],
    ['evil.example:8787', 'E_REQUEST_HOST'],
    ['localhost.evil.example:8787', 'E_REQUEST_HOST'],
    ['localhost:8787@evil.example', 'E_REQUEST_HOST'],
    ['127.0.0.1:8787, evil.example', 'E_REQUEST_HOST'],
    ['', 'E_REQUEST_HOST'],
  ])("fails unless it is ours: '%s' is %s", async (host, expected) => {
    expect(await ask({ headers: { host } })).toBe(expected);
  });

  test('may be a configured name, with any port or the one configured', async () => {
    expect(await ask({ headers: { host: 'tags.example' } }, ['tags.example'])).toBe('served');
    expect(await ask({ headers: { host: 'tags.example:99' } }, ['tags.example'])).toBe('served');
    expect(await ask({ headers: { host: 'tags.example:443' } }, ['tags.example:443'])).toBe('served');
    expect(await ask({ headers: { host: 'tags.example:99' } }, ['tags.example:443'])).toBe('E_REQUEST_HOST');
  });

  test('on port 80 may leave the port out', async () => {
    const api = createApp(createApiHost().deps);
    const response = await api.request('/healthz', { headers: { host: 'localhost' } }, { boundPort: 80 });
    expect(response.status).toBe(200);
  });
});

describe('the origin', () => {
  const host = '127.0.0.1:8787';

  test.each([
    ['http://127.0.0.1:8787', 'served'],
    ['http://localhost:8787', 'served'],
    ['http://localhost:3000', 'E_REQUEST_ORIGIN'],
    ['https://evil.example', 'E_REQUEST_ORIGIN'],
    ['null', 'E_REQUEST_ORIGIN'],
    ['file://', 'E_REQUEST_ORIGIN'],
  ])("fails unless it is our page: '%s' is %s", async (origin, expected) => {
    expect(await ask({ headers: { host, origin } })).toBe(expected);
  });

  test('fails for a cross-site POST even without an Origin header', async () => {
    const api = createApp(createApiHost().deps);
    const init = {
      method: 'POST',
      headers: { host, 'sec-fetch-site': 'cross-site', 'content-type': 'application/x-ndjson' },
      body: '{"id":"1","text":"a"}',
    };
    const response = await api.request('/v1/tweets', init, BOUND);
    expect(response.status).toBe(403);
    expect(await response.json()).toMatchObject({ code: 'E_REQUEST_ORIGIN' });
  });

  test('does not keep a link on another site from opening the API', async () => {
    expect(await ask({ headers: { host, 'sec-fetch-site': 'cross-site' } })).toBe('served');
  });
});
