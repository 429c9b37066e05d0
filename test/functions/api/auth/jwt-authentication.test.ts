import { createHmac } from 'node:crypto';
import { createServer } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { createLocalJWKSet, exportJWK, exportSPKI, generateKeyPair, type JWTPayload, SignJWT } from 'jose';
import { beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { createJwtAuthentication } from '../../../../functions/api/auth/jwt-authentication.ts';
import { problemSchema } from '../../../../shared/contracts/api.ts';
import { createApiFunction } from '../../../support/api-function.ts';

const ISSUER = 'https://issuer.example/pool';
const NOW = new Date('2026-11-24T08:00:00Z');
const SECONDS = NOW.getTime() / 1_000;
const CLAIMS = { iss: ISSUER, aud: 'tagwright', sub: 'caller', nbf: SECONDS - 60, exp: SECONDS + 600 };

type Keys = Awaited<ReturnType<typeof generateKeyPair>>;
let rsa: Keys;
let ecdsa: Keys;
let stranger: Keys;
let publicPem: string;
let jwks: Parameters<typeof createLocalJWKSet>[0];

beforeAll(async () => {
  [rsa, ecdsa, stranger] = await Promise.all([
    generateKeyPair('RS256', { extractable: true }),
    generateKeyPair('ES256', { extractable: true }),
    generateKeyPair('RS256', { extractable: true }),
  ]);
  publicPem = await exportSPKI(rsa.publicKey);
  jwks = {
    keys: [
      { ...(await exportJWK(rsa.publicKey)), kid: 'rsa', alg: 'RS256', use: 'sig' },
      { ...(await exportJWK(ecdsa.publicKey)), kid: 'ec', alg: 'ES256', use: 'sig' },
    ],
  };
});

function sign(claims: JWTPayload = CLAIMS, { key = rsa, alg = 'RS256', kid = 'rsa', ...header } = {}): Promise<string> {
  return new SignJWT(claims).setProtectedHeader({ alg, kid, ...header }).sign(key.privateKey);
}

function without(claim: keyof typeof CLAIMS): JWTPayload {
  return Object.fromEntries(Object.entries(CLAIMS).filter(([name]) => name !== claim));
}

const base64url = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');

function callApi(authorization: string | undefined, path = '/v1/models') {
  const authentication = createJwtAuthentication({
    issuer: ISSUER,
    audience: 'tagwright',
    keys: createLocalJWKSet(jwks),
    clock: () => NOW,
  });
  const headers = authorization === undefined ? {} : { authorization };
  return createApiFunction({ authentication, hosts: ['*'] }).call({ path, headers });
}

describe('lets in', () => {
  test.each<[string, () => Promise<string> | string]>([
    ['a token of the issuer', () => sign()],
    ['one that is signed with ES256', () => sign(CLAIMS, { key: ecdsa, alg: 'ES256', kid: 'ec' })],
    ['one for several audiences, ours among them', () => sign({ ...CLAIMS, aud: ['other', 'tagwright'] })],
    ['one that ended within the tolerance of clocks', () => sign({ ...CLAIMS, exp: SECONDS - 2 })],
  ])('%s', async (_, token) => {
    expect((await callApi(`Bearer ${await token()}`)).statusCode).toBe(200);
  });

  test('everybody to what a load balancer asks', async () => {
    expect((await callApi(undefined, '/healthz')).statusCode).toBe(200);
    expect((await callApi(undefined, '/readyz')).statusCode).toBe(200);
  });
});

describe('fails with E_UNAUTHORIZED for', () => {
  test.each<[string, () => Promise<string | undefined> | string | undefined]>([
    ['no header', () => undefined],
    ['an empty header', () => ''],
    ['another scheme', async () => `Basic ${await sign()}`],
    ['a token without a scheme', () => sign()],
    ['two tokens', async () => `Bearer ${await sign()} ${await sign()}`],
    ['no token', () => 'Bearer '],
    ['a word', () => 'Bearer nonsense'],
    ['an endless header', () => `Bearer ${'a'.repeat(20_000)}`],
    ['algorithm none', () => `Bearer ${base64url({ alg: 'none', kid: 'rsa' })}.${base64url(CLAIMS)}.`],
    ['algorithm None', () => `Bearer ${base64url({ alg: 'None' })}.${base64url(CLAIMS)}.x`],
    [
      'a public key taken for a shared secret',
      () => {
        const signed = `${base64url({ alg: 'HS256', kid: 'rsa' })}.${base64url(CLAIMS)}`;
        return `Bearer ${signed}.${createHmac('sha256', publicPem).update(signed).digest('base64url')}`;
      },
    ],
    [
      'an algorithm that is not ours',
      async () => `Bearer ${await sign(CLAIMS, { key: await generateKeyPair('PS256'), alg: 'PS256' })}`,
    ],
    ['a key that the issuer does not have', async () => `Bearer ${await sign(CLAIMS, { key: stranger })}`],
    ['a key id that the issuer does not have', async () => `Bearer ${await sign(CLAIMS, { kid: 'other' })}`],
    [
      'a key that the token brings',
      async () => {
        const jwk = await exportJWK(stranger.publicKey);
        return `Bearer ${await new SignJWT(CLAIMS).setProtectedHeader({ alg: 'RS256', jwk }).sign(stranger.privateKey)}`;
      },
    ],
    [
      'claims that were changed',
      async () => {
        const [head, , signature] = (await sign()).split('.');
        return `Bearer ${head}.${base64url({ ...CLAIMS, sub: 'admin' })}.${signature}`;
      },
    ],
    ['a token that has ended', async () => `Bearer ${await sign({ ...CLAIMS, exp: SECONDS - 60 })}`],
    ['a token without an end', async () => `Bearer ${await sign(without('exp'))}`],
    ['a token of tomorrow', async () => `Bearer ${await sign({ ...CLAIMS, nbf: SECONDS + 60 })}`],
    ['another audience', async () => `Bearer ${await sign({ ...CLAIMS, aud: 'other' })}`],
    ['no audience', async () => `Bearer ${await sign(without('aud'))}`],
    ['another issuer', async () => `Bearer ${await sign({ ...CLAIMS, iss: 'https://evil.example' })}`],
    [
      'an issuer that begins like ours',
      async () => `Bearer ${await sign({ ...CLAIMS, iss: `${ISSUER}.evil.example` })}`,
    ],
    ['no issuer', async () => `Bearer ${await sign(without('iss'))}`],
  ])('%s', async (_, authorization) => {
    const header = await authorization();
    const { statusCode, headers, body } = await callApi(header);
    const problem = problemSchema.parse(JSON.parse(body!));
    expect([statusCode, problem.code]).toEqual([401, 'E_UNAUTHORIZED']);
    expect(headers!['content-type']).toBe('application/problem+json');
    expect(headers!['www-authenticate']).toMatch(/^Bearer realm="tagwright"/);
    if (header !== undefined && header.length > 20) expect(body).not.toContain(header.slice(8, 40));
  });

  test('every path that is not open, before its body is read', async () => {
    for (const path of ['/v1/trends', '/openapi.json', '/trends', '/', '/nowhere', '/healthz/', '/v1/tweets']) {
      expect((await callApi(undefined, path)).statusCode).toBe(401);
    }
  });
});

test('the document says that callers have to show who they are, and what happens otherwise', async () => {
  const { body } = await callApi(`Bearer ${await sign()}`, '/openapi.json');
  const document = JSON.parse(body!) as {
    security: unknown;
    components: { securitySchemes: unknown };
    paths: Record<string, Record<string, { responses: Record<string, unknown> }>>;
  };
  expect(document.security).toEqual([{ caller: [] }]);
  expect(document.components.securitySchemes).toEqual({
    caller: { type: 'http', scheme: 'bearer', bearerFormat: 'JWT' },
  });
  expect(document.paths['/v1/models']!['get']!.responses).toHaveProperty('401');
  expect(document.paths['/healthz']!['get']!.responses).not.toHaveProperty('401');
});

describe('keys of the issuer over HTTP', () => {
  async function issuerAnswering(status: number, body: () => string) {
    const paths: string[] = [];
    const server = createServer((request, response) => {
      paths.push(request.url ?? '');
      response.writeHead(status, { 'content-type': 'application/json' }).end(body());
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    onTestFinished(() => {
      server.close();
    });
    const issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}/pool`;
    const check = async (): Promise<void> => {
      const token = await sign({ ...CLAIMS, iss: issuer });
      await createJwtAuthentication({ issuer, audience: 'tagwright', clock: () => NOW }).check(`Bearer ${token}`);
    };
    return { check, paths };
  }

  test('come from its well-known place, and from nowhere else', async () => {
    const { check, paths } = await issuerAnswering(200, () => JSON.stringify(jwks));
    await check();
    expect(paths).toEqual(['/pool/.well-known/jwks.json']);
  });

  test('that cannot be had are not held against the caller', async () => {
    const { check } = await issuerAnswering(503, () => '{}');
    await expect(check()).rejects.toMatchObject({ code: 'ERR_JOSE_GENERIC' });
  });
});
