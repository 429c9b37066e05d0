import {
  healthSchema,
  type HostStatus,
  hostStatusSchema,
  modelsResponseSchema,
} from '../../../shared/contracts/api.ts';
import type { ApiDeps } from '../deps.ts';
import { addRoute, problems, type ApiApp } from '../documented-route.ts';
import { problem } from '../problem.ts';

/** `GET /v1/models`, `/v1/status`, `/healthz` and `/readyz`: what the host has and how it is. */
export function addHostRoutes(app: ApiApp, deps: Pick<ApiDeps, 'models' | 'serving' | 'status'>): void {
  addRoute(
    app,
    {
      method: 'get',
      path: '/v1/models',
      operationId: 'listModels',
      summary: 'The published models',
      responses: {
        200: {
          description: 'The current one first',
          content: { 'application/json': { schema: modelsResponseSchema } },
        },
        ...problems(),
      },
    },
    async (c) => {
      const models = await deps.models();
      return c.json({ models: [...models].sort((a, b) => Number(b.current) - Number(a.current)) });
    },
  );
  const { status } = deps;
  if (status !== undefined) addStatusRoute(app, status);
  addRoute(
    app,
    {
      method: 'get',
      path: '/healthz',
      operationId: 'getHealth',
      summary: 'The process answers',
      responses: {
        200: { description: 'Alive', content: { 'application/json': { schema: healthSchema } } },
        ...problems(),
      },
    },
    async (c) => c.json({ status: 'ok', model: (await deps.serving()).modelId }),
  );
  addRoute(
    app,
    {
      method: 'get',
      path: '/readyz',
      operationId: 'getReadiness',
      summary: 'A model is loaded',
      responses: {
        200: { description: 'Ready', content: { 'application/json': { schema: healthSchema } } },
        ...problems(503),
      },
    },
    async (c) => {
      const { ready, modelId } = await deps.serving();
      if (ready) return c.json({ status: 'ok', model: modelId });
      return problem(c, { code: 'E_NOT_READY', detail: 'GET /readyz: no model is loaded yet. Try again.' });
    },
  );
}

function addStatusRoute(app: ApiApp, status: () => HostStatus): void {
  addRoute(
    app,
    {
      method: 'get',
      path: '/v1/status',
      operationId: 'getStatus',
      summary: 'Counters, queue and training',
      responses: {
        200: { description: 'As of now', content: { 'application/json': { schema: hostStatusSchema } } },
        ...problems(),
      },
    },
    (c) => c.json(status()),
  );
}
