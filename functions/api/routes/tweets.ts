import { z } from 'zod';
import { ingestResponseSchema, tweetInSchema, type IngestResponse } from '../../../shared/contracts/api.ts';
import { type ErrorCode, NerError } from '../../../shared/ner-error.ts';
import { type ParsedTweets, parseTweets } from '../../../shared/stream/parse-tweets.ts';
import type { Admission, ApiDeps } from '../deps.ts';
import { addRoute, problems, type ApiApp } from '../documented-route.ts';
import { inFlightLimit } from '../in-flight-limit.ts';
import type { ApiLimits } from '../limits.ts';
import { requireMediaType } from '../media-type.ts';
import { parseJson } from '../parse-json.ts';
import { problem } from '../problem.ts';
import { readBody } from '../read-body.ts';

const WHERE = 'POST /v1/tweets';
const MEDIA_TYPES = ['application/x-ndjson', 'application/json'] as const;

const REFUSALS = {
  full: {
    reason: 'queue_full',
    code: 'E_QUEUE_FULL',
    detail: `${WHERE}: the queue is full, got more tweets than the tagger keeps up with. Try again.`,
  },
  stopping: {
    reason: 'stopping',
    code: 'E_STOPPING',
    detail: `${WHERE}: the host is stopping and takes no more tweets. Try again when it is back.`,
  },
} as const satisfies Record<Exclude<Admission, 'open'>, { reason: string; code: ErrorCode; detail: string }>;

/** `POST /v1/tweets`: puts tweets on the queue; what is no tweet is named and quarantined, and stops nothing. */
export function addTweetsRoute(
  app: ApiApp,
  deps: Pick<ApiDeps, 'admission' | 'ingest' | 'metrics'>,
  limits: ApiLimits,
): void {
  app.use('/v1/tweets', inFlightLimit(limits.maxBodiesInFlight));
  addRoute(
    app,
    {
      method: 'post',
      path: '/v1/tweets',
      operationId: 'ingestTweets',
      summary: 'Queue tweets for tagging',
      description:
        'Takes one tweet a line (NDJSON) or an array. Bad lines are quarantined and reported; the rest goes on.',
      request: {
        body: {
          required: true,
          content: {
            'application/x-ndjson': { schema: z.string().meta({ description: 'One Tweet as JSON a line' }) },
            'application/json': { schema: z.array(tweetInSchema).min(1) },
          },
        },
      },
      responses: {
        202: {
          description: 'The accepted tweets are on the queue',
          content: { 'application/json': { schema: ingestResponseSchema } },
        },
        ...problems(400, 413, 415, 422, 429, 503),
      },
    },
    async (c) => {
      const admission = await deps.admission();
      if (admission !== 'open') {
        const { reason, ...refusal } = REFUSALS[admission];
        deps.metrics?.add('tagwright_requests_refused_total', 1, { reason });
        return problem(c, refusal);
      }
      const mediaType = requireMediaType(c.req.raw, MEDIA_TYPES);
      const body = await readBody(c.req.raw, limits.bodyMaxBytes);
      c.get('bodyRead')?.();
      let lines: Uint8Array = body;
      if (mediaType === 'application/json') {
        const value = parseJson(body, WHERE);
        if (!Array.isArray(value)) {
          const detail = `${WHERE}: the body is no array; expected an array of tweets. Send single tweets as an array of one.`;
          return problem(c, {
            code: 'E_REQUEST_INVALID',
            detail,
            errors: [{ pointer: '', detail: 'expected an array' }],
          });
        }
        lines = toLines(value);
      }
      const parsed = parseTweets(lines, { name: 'tweets', format: 'ndjson' });
      if (parsed.tweets.length + parsed.rejected.length === 0) {
        throw new NerError('E_REQUEST_MALFORMED', `${WHERE}: the body holds no tweets; expected at least one.`);
      }
      const { accepted, rejected, messages } = await deps.ingest(parsed.tweets, parsed.rejected);
      const answer: IngestResponse = { accepted, rejected, messages, errors: report(parsed, limits.maxReportedLines) };
      return c.json(answer, 202);
    },
  );
}

/** One JSON text a line for each element, so that arrays obey the same rules as NDJSON; line = element, from 1. */
function toLines(elements: readonly unknown[]): Uint8Array {
  try {
    return new TextEncoder().encode(elements.map((element) => JSON.stringify(element)).join('\n'));
  } catch (cause) {
    throw new NerError('E_REQUEST_MALFORMED', `${WHERE}: the body is nested too deeply; expected tweets.`, { cause });
  }
}

function report({ rejected }: ParsedTweets, max: number): IngestResponse['errors'] {
  return rejected.slice(0, max).map(({ line, reason }) => ({ line, reason }));
}
