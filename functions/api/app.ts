import { OpenAPIHono } from '@hono/zod-openapi';
import { methodNotAllowed } from 'hono/method-not-allowed';
import { requestId } from 'hono/request-id';
import { secureHeaders } from 'hono/secure-headers';
import type { ApiEnv } from './api-env.ts';
import { requireCaller } from './auth/require-caller.ts';
import type { ApiDeps } from './deps.ts';
import { hostGuard } from './host-guard.ts';
import { type ApiLimits, DEFAULT_LIMITS } from './limits.ts';
import { createLiveFeed, type Every, type LiveFeed } from './live-feed.ts';
import { addDocumentRoute } from './openapi.ts';
import { createErrorHandler, notFound, problem } from './problem.ts';
import { addConsoleRoutes } from './routes/console.ts';
import { requestTimer } from './request-timer.ts';
import { addHostRoutes } from './routes/host.ts';
import { addJobsRoute } from './routes/jobs.ts';
import { addMetricsRoute } from './routes/metrics.ts';
import { addPredictRoute } from './routes/predict.ts';
import { addStreamRoute } from './routes/stream.ts';
import { addTrendsRoutes } from './routes/trends.ts';
import { addTweetsRoute } from './routes/tweets.ts';

/** The API as servers use it: requests in, responses out. */
export interface Api {
  fetch(request: Request, env?: ApiEnv['Bindings']): Response | Promise<Response>;
  /** The same for a path, without a server. */
  request(path: string, init?: RequestInit, env?: ApiEnv['Bindings']): Response | Promise<Response>;
  /** Readers of the stream at the moment. */
  readers(): number;
  /** Ends the streams, so that the server can end. */
  close(): void;
}

/** The page loads its own script and style, and nothing else; no text can become script (Trusted Types). */
const CONTENT_SECURITY_POLICY = {
  defaultSrc: ["'none'"],
  scriptSrc: ["'self'"],
  styleSrc: ["'self'"],
  imgSrc: ["'self'"],
  connectSrc: ["'self'"],
  baseUri: ["'none'"],
  formAction: ["'none'"],
  frameAncestors: ["'none'"],
  requireTrustedTypesFor: ["'script'"],
};

const everyInterval: Every = (callback, intervalMs) => {
  const timer = setInterval(callback, intervalMs);
  timer.unref();
  return () => {
    clearInterval(timer);
  };
};

/**
 * The HTTP API over its dependencies. It binds no port and knows no cloud.
 *
 * @example
 * const api = createApp(deps);
 * const response = await api.request('/healthz');
 */
export function createApp(deps: ApiDeps, every: Every = everyInterval): Api {
  const limits = { ...DEFAULT_LIMITS, ...deps.limits };
  const feed = createFeed(deps, limits, every);
  const app = new OpenAPIHono<ApiEnv>();

  app.onError(
    createErrorHandler((error, id) => {
      deps.reportError(error, id);
    }),
  );
  app.notFound(notFound);
  if (deps.metrics !== undefined) app.use(requestTimer(deps.metrics));
  app.use(requestId());
  app.use(
    secureHeaders({
      contentSecurityPolicy: CONTENT_SECURITY_POLICY,
      xFrameOptions: 'DENY',
      // Whether there is TLS is for whoever stands in front to say.
      strictTransportSecurity: false,
    }),
  );
  if (deps.hosts?.includes('*') !== true) app.use(hostGuard(deps.hosts ?? []));
  if (deps.authentication !== undefined) app.use(requireCaller(deps.authentication));
  app.use(
    methodNotAllowed({
      app,
      onMethodNotAllowed: (c, methods) => {
        const allow = methods.join(', ');
        const detail = `${c.req.path}: the method is not supported, got ${c.req.method.slice(0, 40)}; expected ${allow}.`;
        return problem(c, { code: 'E_REQUEST_METHOD', detail, headers: { allow } });
      },
    }),
  );

  addTweetsRoute(app, deps, limits);
  addPredictRoute(app, deps, limits);
  addHostRoutes(app, deps);
  if (deps.jobs !== undefined) addJobsRoute(app, () => deps.jobs!());
  if (deps.metrics !== undefined) addMetricsRoute(app, deps.metrics);
  if (feed !== undefined) addStreamRoute(app, feed);
  if (deps.trends !== undefined) addTrendsRoutes(app, deps.trends, limits);
  addDocumentRoute(app, { authentication: deps.authentication?.scheme });
  if (deps.console !== undefined) addConsoleRoutes(app, deps.console);

  return {
    fetch: (request, env = {}) => app.fetch(request, env),
    request: (path, init, env = {}) => app.request(path, init, env),
    readers: () => feed?.readers() ?? 0,
    close: () => {
      feed?.close();
    },
  };
}

function createFeed({ events, status }: ApiDeps, limits: ApiLimits, every: Every): LiveFeed | undefined {
  if (events === undefined || status === undefined) return undefined;
  return createLiveFeed({ events, status, limits, every });
}
