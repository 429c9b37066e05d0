import type { MiddlewareHandler } from 'hono';
import type { ApiEnv } from './api-env.ts';
import { problem } from './problem.ts';

/** Lets `max` requests through at once, since each holds its body in memory; the others are told to come back. */
export function inFlightLimit(max: number): MiddlewareHandler<ApiEnv> {
  let inFlight = 0;
  return async function limitInFlight(c, next) {
    if (inFlight >= max) {
      const detail = `${c.req.method} ${c.req.path}: too many requests at once, got ${inFlight + 1}; expected at most ${max}. Try again.`;
      return problem(c, { code: 'E_REQUEST_RATE', detail });
    }
    inFlight += 1;
    try {
      await next();
    } finally {
      inFlight -= 1;
    }
    return undefined;
  };
}
