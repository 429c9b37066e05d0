import fc from 'fast-check';
import { expect, test } from 'vitest';
import { requestOf, resultOf } from '../../../functions/api/url-event.ts';
import { FUNCTION_HOST, urlEvent } from '../../support/lambda-events.ts';

test('makes the request that the caller made', async () => {
  const headers = { 'Content-Type': 'application/json', 'X-Request-Id': 'r1' };
  const request = requestOf(urlEvent({ method: 'POST', path: '/v1/predict?a=b%20c&a=d', headers, body: '{"é":1}' }));
  expect(request.method).toBe('POST');
  expect(request.url).toBe(`https://${FUNCTION_HOST}/v1/predict?a=b%20c&a=d`);
  expect(request.headers.get('content-type')).toBe('application/json');
  expect(await request.text()).toBe('{"é":1}');
});

test('bytes come as they were sent, whatever they are', async () => {
  await fc.assert(
    fc.asyncProperty(fc.uint8Array({ maxLength: 300 }), async (body) => {
      const request = requestOf(urlEvent({ method: 'POST', path: '/', body }));
      expect(new Uint8Array(await request.arrayBuffer())).toEqual(body);
    }),
  );
});

test('a body of GET or HEAD is left out, which no request can have', () => {
  for (const method of ['GET', 'HEAD']) expect(requestOf(urlEvent({ method, path: '/', body: 'x' })).body).toBeNull();
});

test('cookies are one header again', () => {
  const event = { ...urlEvent({ path: '/' }), cookies: ['a=1', 'b=2'] };
  expect(requestOf(event).headers.get('cookie')).toBe('a=1; b=2');
});

test.each([
  ['a host that none may have', { path: '/', headers: { host: 'a b' } }],
  ['a method that none may have', { path: '/', method: 'CONNECT' }],
  ['a header that none may have', { path: '/', headers: { 'x y': '1' } }],
])('fails for %s', (_, request) => {
  expect(() => requestOf(urlEvent(request))).toThrow(TypeError);
});

test('an answer keeps status, headers and body', async () => {
  const response = new Response('{"a":"é"}', {
    status: 202,
    headers: { 'content-type': 'application/json', etag: '"x"' },
  });
  expect(await resultOf(response)).toEqual({
    statusCode: 202,
    headers: { 'content-type': 'application/json', etag: '"x"' },
    body: '{"a":"é"}',
    isBase64Encoded: false,
  });
});
