import type { MiddlewareHandler } from 'hono';
import { NerError } from '../../../shared/ner-error.ts';
import type { ApiEnv } from '../api-env.ts';
import { problem } from '../problem.ts';
import { type Authentication, OPEN_PATHS } from './authentication.ts';

/** Lets through who has shown who it is, before anything of the request is read, and everybody to OPEN_PATHS. */
export function requireCaller({ check }: Authentication): MiddlewareHandler<ApiEnv> {
  return async function authenticate(c, next) {
    if (!OPEN_PATHS.has(c.req.path)) {
      const authorization = c.req.header('authorization');
      try {
        await check(authorization);
      } catch (error) {
        if (!(error instanceof NerError && error.code === 'E_UNAUTHORIZED')) throw error;
        // RFC 6750, 3: a request without a token is told no error.
        const why = authorization === undefined ? '' : ', error="invalid_token"';
        const headers = { 'www-authenticate': `Bearer realm="tagwright"${why}` };
        return problem(c, { code: error.code, detail: error.message, headers });
      }
    }
    await next();
    return undefined;
  };
}
