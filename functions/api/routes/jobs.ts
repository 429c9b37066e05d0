import { jobsResponseSchema } from '../../../shared/contracts/api.ts';
import type { ApiDeps } from '../deps.ts';
import { addRoute, problems, type ApiApp } from '../documented-route.ts';

/** `GET /v1/jobs`: what uploads have started, and what became of it. */
export function addJobsRoute(app: ApiApp, jobs: NonNullable<ApiDeps['jobs']>): void {
  addRoute(
    app,
    {
      method: 'get',
      path: '/v1/jobs',
      operationId: 'listJobs',
      summary: 'The training jobs of uploads, and what was decided about their models',
      responses: {
        200: { description: 'The newest first', content: { 'application/json': { schema: jobsResponseSchema } } },
        ...problems(),
      },
    },
    async (c) => c.json({ jobs: [...(await jobs())] }),
  );
}
