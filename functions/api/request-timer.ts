import type { MiddlewareHandler } from 'hono';
import { routePath } from 'hono/route';
import type { ApiEnv } from './api-env.ts';
import type { ApiDeps } from './deps.ts';

const METHODS: ReadonlySet<string> = new Set(['GET', 'HEAD', 'POST']);

/** Observes how long each request takes until its answer begins, by route and never by path: paths are anyone's. */
export function requestTimer(metrics: NonNullable<ApiDeps['metrics']>): MiddlewareHandler<ApiEnv> {
  return async function timeRequest(c, next) {
    const begun = performance.now();
    await next();
    const route = routePath(c, -1);
    metrics.observe('tagwright_http_request_seconds', (performance.now() - begun) / 1_000, {
      method: METHODS.has(c.req.method) ? c.req.method : 'other',
      // What no route took was seen by middleware alone.
      route: route.includes('*') ? 'none' : route,
      status: String(c.res.status),
    });
  };
}
