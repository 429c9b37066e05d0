import type { OpenAPIHono, RouteConfig } from '@hono/zod-openapi';
import type { Handler } from 'hono';
import { problemSchema } from '../../shared/contracts/api.ts';
import type { ApiEnv } from './api-env.ts';

/** The application that routes are added to. */
export type ApiApp = OpenAPIHono<ApiEnv>;

/** What each status of a problem means, in the API's document. */
const PROBLEM_DESCRIPTIONS = {
  400: 'The request cannot be read',
  403: 'The Host header or the origin is foreign',
  404: 'What is asked for is not there',
  413: 'The body is too large',
  415: 'The content type is not supported',
  422: 'The body is not what was expected; `errors` says where',
  429: 'Too many requests at once, or the queue is full; try again',
  500: 'Our mistake',
  503: 'No model is loaded yet, too many readers, or the host is stopping; try again',
} as const;

/** Problem responses of an operation: those named, and those that any operation can have. */
export function problems(...statuses: readonly (keyof typeof PROBLEM_DESCRIPTIONS)[]): RouteConfig['responses'] {
  const all = [...new Set([...statuses, 403 as const, 500 as const])].sort();
  return Object.fromEntries(
    all.map((status) => [
      status,
      {
        description: PROBLEM_DESCRIPTIONS[status],
        content: { 'application/problem+json': { schema: problemSchema } },
      },
    ]),
  );
}

/** Adds a route and its entry in the API's document. Bodies are read by the handler, which streams and limits them. */
export function addRoute(app: ApiApp, route: RouteConfig, handler: Handler<ApiEnv>): void {
  app.openAPIRegistry.registerPath(route);
  // OpenAPI writes parameters in braces, Hono with a colon.
  app.on(route.method, route.path.replaceAll(/\{(\w+)\}/g, ':$1'), handler);
}
