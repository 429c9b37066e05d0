import { z } from 'zod';
import type { ApiDeps } from '../deps.ts';
import { addRoute, problems, type ApiApp } from '../documented-route.ts';

/** `GET /metrics`: counters and latencies for Prometheus. */
export function addMetricsRoute(app: ApiApp, metrics: NonNullable<ApiDeps['metrics']>): void {
  addRoute(
    app,
    {
      method: 'get',
      path: '/metrics',
      operationId: 'getMetrics',
      summary: 'Metrics in the text form of Prometheus',
      responses: {
        200: { description: 'As of now', content: { 'text/plain': { schema: z.string() } } },
        ...problems(),
      },
    },
    async (c) =>
      c.body(await metrics.text(), 200, { 'content-type': metrics.contentType, 'cache-control': 'no-store' }),
  );
}
