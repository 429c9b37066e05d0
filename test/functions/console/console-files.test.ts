import { beforeAll, describe, expect, test } from 'vitest';
import { type Api, createApp } from '../../../functions/api/app.ts';
import { consoleFiles } from '../../../functions/console/console-files.ts';
import { createApiHost } from '../../support/api-host.ts';

describe('the files of the page', () => {
  let api: Api;
  beforeAll(async () => {
    api = createApp(createApiHost({ console: consoleFiles() }).deps);
  });

  test.each([
    ['/', 'text/html; charset=utf-8'],
    ['/console.js', 'text/javascript; charset=utf-8'],
    ['/console.css', 'text/css; charset=utf-8'],
    ['/favicon.svg', 'image/svg+xml'],
  ])('%s is sent with its type and a strict policy', async (path, contentType) => {
    const response = await api.request(path);
    expect(response.status).toBe(200);
    expect(response.headers.get('content-type')).toBe(contentType);
    expect(response.headers.get('x-content-type-options')).toBe('nosniff');
    expect(response.headers.get('x-frame-options')).toBe('DENY');
    const policy = response.headers.get('content-security-policy') ?? '';
    expect(policy).toContain("default-src 'none'; script-src 'self'");
    expect(policy).not.toContain('unsafe');
  });

  test('are sent once: a browser that has them gets 304', async () => {
    const first = await api.request('/console.js');
    const etag = first.headers.get('etag')!;
    const again = await api.request('/console.js', { headers: { 'if-none-match': etag } });
    expect(again.status).toBe(304);
    expect(await again.text()).toBe('');
    const changed = await api.request('/console.js', { headers: { 'if-none-match': '"0"' } });
    expect(changed.status).toBe(200);
  });

  test('hold no inline script or style, and refer to nothing outside', async () => {
    const html = await (await api.request('/')).text();
    expect(html).not.toMatch(/<script(?![^>]*\bsrc=)|<style|\son\w+=|\sstyle=/);
    for (const path of ['/', '/console.js', '/console.css']) {
      expect(await (await api.request(path)).text()).not.toMatch(/https?:\/\/(?!www\.w3\.org)/);
    }
  });

  test('come out the same from the same sources', async () => {
    const tags = async (): Promise<unknown> =>
      Promise.all([...consoleFiles()].map(async ([path, file]) => [path, (await file()).etag]));
    expect(await tags()).toEqual(await tags());
  });
});
