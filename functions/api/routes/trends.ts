import { z } from 'zod';
import {
  mergeRequestSchema,
  mergeSchema,
  mergesResponseSchema,
  trendDetailSchema,
  trendQuerySchema,
  trendsQuerySchema,
  trendsResponseSchema,
} from '../../../shared/contracts/trends.ts';
import { NerError } from '../../../shared/ner-error.ts';
import type { TrendDeps } from '../deps.ts';
import { addRoute, problems, type ApiApp } from '../documented-route.ts';
import { inFlightLimit } from '../in-flight-limit.ts';
import type { ApiLimits } from '../limits.ts';
import { requireMediaType } from '../media-type.ts';
import { parseJson } from '../parse-json.ts';
import { readBody } from '../read-body.ts';
import { schemaErrors } from '../schema-errors.ts';

/** `GET /v1/trends`, `/v1/trends/{key}` and `/v1/merges`, and `POST /v1/merges`: what is talked about. */
export function addTrendsRoutes(app: ApiApp, trends: TrendDeps, limits: ApiLimits): void {
  addListRoute(app, trends);
  addDetailRoute(app, trends);
  addMergesRoutes(app, trends, limits);
}

function addListRoute(app: ApiApp, trends: TrendDeps): void {
  addRoute(
    app,
    {
      method: 'get',
      path: '/v1/trends',
      operationId: 'listTrends',
      summary: 'What rises, or is mentioned most',
      description: 'Names against their own past, in the window that ends with the newest tweet or at `until`.',
      request: { query: trendsQuerySchema },
      responses: {
        200: {
          description: 'The most unusual first, or the most frequent',
          content: { 'application/json': { schema: trendsResponseSchema } },
        },
        ...problems(422),
      },
    },
    async (c) => c.json(await trends.list(checked(trendsQuerySchema, queriesOf(c.req.url), 'GET /v1/trends'))),
  );
}

function addDetailRoute(app: ApiApp, trends: TrendDeps): void {
  addRoute(
    app,
    {
      method: 'get',
      path: '/v1/trends/{key}',
      operationId: 'getTrend',
      summary: 'One name: its history, spellings, company and tweets',
      request: {
        params: z.object({ key: z.string().meta({ description: 'As `key` of a trend, percent-encoded' }) }),
        query: trendQuerySchema,
      },
      responses: {
        200: { description: 'As of now', content: { 'application/json': { schema: trendDetailSchema } } },
        ...problems(404, 422),
      },
    },
    async (c) => {
      const key = c.req.param('key') ?? '';
      const query = checked(trendQuerySchema, queriesOf(c.req.url), 'GET /v1/trends/{key}');
      const detail = await trends.detail(key, query);
      if (detail !== undefined) return c.json(detail);
      throw new NerError(
        'E_TREND_UNKNOWN',
        `GET /v1/trends/{key}: no such name is counted, got '${key.slice(0, 100)}'; expected a key that GET /v1/trends lists.`,
      );
    },
  );
}

function addMergesRoutes(app: ApiApp, trends: TrendDeps, limits: ApiLimits): void {
  addRoute(
    app,
    {
      method: 'get',
      path: '/v1/merges',
      operationId: 'listMerges',
      summary: 'Spellings that were brought together, and why',
      responses: {
        200: {
          description: 'Those that people undid too',
          content: { 'application/json': { schema: mergesResponseSchema } },
        },
        ...problems(),
      },
    },
    async (c) => c.json({ merges: await trends.merges() }),
  );
  app.use('/v1/merges', inFlightLimit(limits.maxBodiesInFlight));
  addRoute(
    app,
    {
      method: 'post',
      path: '/v1/merges',
      operationId: 'decideMerge',
      summary: 'Undo a merge, or pin one',
      description: 'A decision stays. No count changes: what was merged is shown apart again, exactly.',
      request: { body: { required: true, content: { 'application/json': { schema: mergeRequestSchema } } } },
      responses: {
        200: { description: 'The merge as it is now', content: { 'application/json': { schema: mergeSchema } } },
        ...problems(400, 404, 413, 415, 422, 429),
      },
    },
    async (c) => {
      requireMediaType(c.req.raw, ['application/json']);
      const value = parseJson(await readBody(c.req.raw, limits.bodyMaxBytes), 'POST /v1/merges');
      return c.json(await trends.decide(checked(mergeRequestSchema, value, 'POST /v1/merges')));
    },
  );
}

/** The query of a URL; of a key that is repeated, the last value. */
function queriesOf(url: string): Record<string, string> {
  return Object.fromEntries(new URL(url).searchParams);
}

/** @throws {E_REQUEST_INVALID} naming the first thing that is wrong */
function checked<T extends z.ZodType>(schema: T, value: unknown, where: string): z.infer<T> {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const first = schemaErrors(parsed.error)[0];
  throw new NerError(
    'E_REQUEST_INVALID',
    `${where}: the request is invalid at '${first?.pointer ?? ''}': ${first?.detail ?? ''}.`,
  );
}
