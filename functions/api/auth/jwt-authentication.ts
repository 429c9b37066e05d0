import { createRemoteJWKSet, errors, jwtVerify, type JWTVerifyGetKey } from 'jose';
import { NerError } from '../../../shared/ner-error.ts';
import type { Authentication } from './authentication.ts';

export interface JwtAuthenticationOptions {
  /** `iss` of every token, and where its keys come from. */
  readonly issuer: string;
  /** One of the token's `aud`. */
  readonly audience: string;
  /** Keys of the issuer; by default its own at `ISSUER/.well-known/jwks.json`, as Cognito and Auth0 have them. */
  readonly keys?: JWTVerifyGetKey;
  readonly clock: () => Date;
}

/**
 * What a token may be signed with. Both have a public key, so that no key of the issuer can be taken for a shared secret, and
 * `none` is none of them. A token that names another algorithm, or brings its own key, is refused.
 */
const ALGORITHMS = ['RS256', 'ES256'];

/** The issuer's keys cannot be had, which is nothing that the caller could mend. */
const KEY_ERRORS: ReadonlySet<string> = new Set([
  errors.JWKSTimeout.code,
  errors.JWKSInvalid.code,
  errors.JOSEError.code,
]);

/** The clocks of issuer and function may differ by so much. */
const CLOCK_TOLERANCE_SECONDS = 5;

/** A token is some hundred bytes; a longer header is not looked at. */
const HEADER_MAX_CHARACTERS = 8_192;

/** Callers bring a token of the issuer, `Authorization: Bearer TOKEN` (RFC 6750): for this audience, and of this time. */
export function createJwtAuthentication(options: JwtAuthenticationOptions): Authentication {
  const { issuer, audience, clock } = options;
  const keys = options.keys ?? createRemoteJWKSet(new URL(`${issuer.replace(/\/$/, '')}/.well-known/jwks.json`));
  return {
    scheme: { type: 'http', scheme: 'bearer', bearerFormat: 'JWT' },
    check: async (authorization) => {
      const token = tokenOf(authorization);
      try {
        await jwtVerify(token, keys, {
          algorithms: ALGORITHMS,
          issuer,
          audience,
          requiredClaims: ['iss', 'aud', 'exp'],
          clockTolerance: CLOCK_TOLERANCE_SECONDS,
          currentDate: clock(),
        });
      } catch (error) {
        if (!(error instanceof errors.JOSEError) || KEY_ERRORS.has(error.code)) throw error;
        throw unauthorized(`the token is refused (${error.code})`, 'one of the issuer that is valid now', error);
      }
    },
  };
}

function tokenOf(authorization: string | undefined): string {
  if (authorization === undefined) throw unauthorized('there is no token', 'Bearer and a token');
  const match = authorization.length > HEADER_MAX_CHARACTERS ? null : /^Bearer +([\w.~+/=-]+)$/i.exec(authorization);
  if (match === null) throw unauthorized('the header is of another scheme or form', 'Bearer and a token');
  return match[1]!;
}

function unauthorized(what: string, expected: string, cause?: unknown): NerError {
  return new NerError('E_UNAUTHORIZED', `Authorization: ${what}; expected ${expected}. Get a token and try again.`, {
    cause,
  });
}
