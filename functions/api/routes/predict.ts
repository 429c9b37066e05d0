import { predictRequestSchema, predictResponseSchema } from '../../../shared/contracts/api.ts';
import type { ApiDeps } from '../deps.ts';
import { addRoute, problems, type ApiApp } from '../documented-route.ts';
import { inFlightLimit } from '../in-flight-limit.ts';
import type { ApiLimits } from '../limits.ts';
import { requireMediaType } from '../media-type.ts';
import { parseJson } from '../parse-json.ts';
import { problem } from '../problem.ts';
import { readBody } from '../read-body.ts';
import { schemaErrors } from '../schema-errors.ts';

const WHERE = 'POST /v1/predict';

/** `POST /v1/predict`: tags texts at once, without the queue; nothing is stored. */
export function addPredictRoute(app: ApiApp, deps: Pick<ApiDeps, 'predict'>, limits: ApiLimits): void {
  app.use('/v1/predict', inFlightLimit(limits.maxBodiesInFlight));
  addRoute(
    app,
    {
      method: 'post',
      path: '/v1/predict',
      operationId: 'predict',
      summary: 'Find the entities of texts',
      request: { body: { required: true, content: { 'application/json': { schema: predictRequestSchema } } } },
      responses: {
        200: {
          description: 'One result a text, in order',
          content: { 'application/json': { schema: predictResponseSchema } },
        },
        ...problems(400, 413, 415, 422, 429, 503),
      },
    },
    async (c) => {
      requireMediaType(c.req.raw, ['application/json']);
      const body = await readBody(c.req.raw, limits.bodyMaxBytes);
      c.get('bodyRead')?.();
      const value = parseJson(body, WHERE);
      const request = predictRequestSchema.safeParse(value);
      if (!request.success) {
        const errors = schemaErrors(request.error);
        const first = errors[0];
        const detail = `${WHERE}: the body is invalid at '${first?.pointer ?? ''}': ${first?.detail ?? ''}.`;
        return problem(c, { code: 'E_REQUEST_INVALID', detail, errors });
      }
      const { texts, aggregation } = request.data;
      const { model, results } = await deps.predict(texts, { aggregation });
      return c.json({ model, results: results.map((entities) => ({ entities })) });
    },
  );
}
