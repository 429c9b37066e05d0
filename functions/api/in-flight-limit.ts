import type { MiddlewareHandler } from 'hono';
import type { ApiEnv } from './api-env.ts';
import { problem } from './problem.ts';

/**
 * A body that is still being sent after so long may have to make room for another request. 8 MiB in two seconds are 34
 * Mbit/s: on a slower line a large body gets through as long as there is no shortage of places.
 */
const SLOW_BODY_MS = 2_000;

interface Request {
  readonly since: number;
  readonly disconnect: (() => void) | undefined;
  hasBody: boolean;
}

/**
 * Lets `max` requests through at once, since each holds its body in memory; the others are told to come back. When there
 * is no place, the connection that has been sending its body for the longest is cut, if it is slow: a few clients that
 * send a byte now and then must not keep everybody else out.
 */
export function inFlightLimit(max: number, now: () => number = () => performance.now()): MiddlewareHandler<ApiEnv> {
  const inFlight = new Set<Request>();

  /** A set is in the order of insertion, so the first one found is the oldest. */
  const cutSlow = (): boolean => {
    for (const request of inFlight) {
      if (request.hasBody || request.disconnect === undefined) continue;
      if (now() - request.since < SLOW_BODY_MS) return false;
      inFlight.delete(request);
      request.disconnect();
      return true;
    }
    return false;
  };

  return async function limitInFlight(c, next) {
    if (inFlight.size >= max && !cutSlow()) {
      const detail = `${c.req.method} ${c.req.path}: too many requests at once, got ${inFlight.size + 1}; expected at most ${max}. Try again.`;
      return problem(c, { code: 'E_REQUEST_RATE', detail });
    }
    const request: Request = { since: now(), disconnect: c.env.disconnect, hasBody: false };
    inFlight.add(request);
    c.set('bodyRead', () => {
      request.hasBody = true;
    });
    try {
      await next();
    } finally {
      inFlight.delete(request);
    }
    return undefined;
  };
}
