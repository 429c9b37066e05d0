import type { Context, ErrorHandler, NotFoundHandler } from 'hono';
import { HTTPException } from 'hono/http-exception';
import type { Problem } from '../../shared/contracts/api.ts';
import { NerError, type ErrorCode } from '../../shared/ner-error.ts';
import type { ApiEnv } from './api-env.ts';

/** Codes that a caller may see, with their status and title. Whatever is not here is ours to mend: 500. */
const PROBLEMS: Readonly<Partial<Record<ErrorCode, { readonly status: number; readonly title: string }>>> = {
  E_REQUEST_MALFORMED: { status: 400, title: 'Malformed request' },
  E_UNAUTHORIZED: { status: 401, title: 'Unauthorized' },
  E_REQUEST_HOST: { status: 403, title: 'Foreign host' },
  E_REQUEST_ORIGIN: { status: 403, title: 'Foreign origin' },
  E_NOT_FOUND: { status: 404, title: 'Not found' },
  E_MODEL_UNKNOWN: { status: 404, title: 'Model unknown' },
  E_TREND_UNKNOWN: { status: 404, title: 'Name unknown' },
  E_MERGE_UNKNOWN: { status: 404, title: 'Merge unknown' },
  E_REQUEST_METHOD: { status: 405, title: 'Method not allowed' },
  E_REQUEST_TIMEOUT: { status: 408, title: 'Request timed out' },
  E_REQUEST_TOO_LARGE: { status: 413, title: 'Request too large' },
  E_REQUEST_MEDIA_TYPE: { status: 415, title: 'Unsupported media type' },
  E_REQUEST_INVALID: { status: 422, title: 'Invalid request' },
  E_REQUEST_RATE: { status: 429, title: 'Too many requests' },
  E_QUEUE_FULL: { status: 429, title: 'Queue full' },
  E_NOT_READY: { status: 503, title: 'Not ready' },
  E_STOPPING: { status: 503, title: 'Stopping' },
  E_STREAM_FULL: { status: 503, title: 'Too many streams' },
  E_FILE_UNWRITABLE: { status: 503, title: 'Storage unavailable' },
  E_DATABASE_LOCKED: { status: 503, title: 'Storage unavailable' },
  E_DATABASE_CORRUPT: { status: 503, title: 'Storage unavailable' },
  E_CLOUD_UNREACHABLE: { status: 503, title: 'Storage unavailable' },
};

/** Their messages name files and services of the host, which are for its log: a caller learns that nothing was taken. */
const STORAGE: ReadonlySet<ErrorCode> = new Set([
  'E_FILE_UNWRITABLE',
  'E_DATABASE_LOCKED',
  'E_DATABASE_CORRUPT',
  'E_CLOUD_UNREACHABLE',
]);

/** Seconds after which a caller who was told to wait may try again. */
const RETRY_AFTER_SECONDS = 1;

/** What a problem says. */
export interface ProblemOptions {
  readonly code: ErrorCode;
  readonly detail: string;
  readonly requestId: string;
  /** The path that was asked for. */
  readonly instance?: string;
  readonly errors?: Problem['errors'];
  readonly headers?: Readonly<Record<string, string>>;
}

/** The problem+json body of RFC 9457. */
export function problemBody({ code, detail, requestId, instance, errors }: ProblemOptions): Problem {
  const { status, title } = PROBLEMS[code] ?? { status: 500, title: 'Internal error' };
  const type = `urn:tagwright:problem:${code.slice('E_'.length).toLowerCase().replaceAll('_', '-')}`;
  return {
    type,
    title,
    status,
    detail,
    ...(instance !== undefined && { instance }),
    requestId,
    code,
    ...(errors && { errors }),
  };
}

/** The response that carries a problem; every error of the API is one of these. */
export function problemResponse(options: ProblemOptions): Response {
  const body = problemBody(options);
  const headers = new Headers({
    'content-type': 'application/problem+json',
    'cache-control': 'no-store',
    'x-request-id': options.requestId,
    ...options.headers,
  });
  if (body.status === 429 || body.status === 503) headers.set('retry-after', String(RETRY_AFTER_SECONDS));
  return new Response(JSON.stringify(body), { status: body.status, headers });
}

/** A problem as the answer to the request of `c`. */
export function problem(c: Context<ApiEnv>, options: Omit<ProblemOptions, 'requestId' | 'instance'>): Response {
  return problemResponse({ ...options, requestId: c.get('requestId'), instance: c.req.path });
}

/**
 * Turns what a handler threw into a problem: a NerError with a status keeps its message, anything else is reported and
 * says nothing of its inside.
 */
export function createErrorHandler(report: (error: unknown, requestId: string) => void): ErrorHandler<ApiEnv> {
  return (error, c) => {
    if (error instanceof NerError && STORAGE.has(error.code)) {
      report(error, c.get('requestId'));
      const detail = `${c.req.method} ${c.req.path}: the host cannot store anything now, and has accepted nothing. Try again.`;
      return problem(c, { code: error.code, detail });
    }
    if (error instanceof NerError && PROBLEMS[error.code] !== undefined) {
      return problem(c, { code: error.code, detail: error.message });
    }
    if (error instanceof HTTPException && error.status < 500) {
      return problem(c, {
        code: 'E_REQUEST_MALFORMED',
        detail: `${c.req.method} ${c.req.path}: the request cannot be read`,
      });
    }
    report(error, c.get('requestId'));
    return problem(c, {
      code: 'E_INTERNAL',
      detail: `internal: the request failed on our side. Please report it with the request id.`,
    });
  };
}

/** What is neither a route nor a file of the page. */
export const notFound: NotFoundHandler<ApiEnv> = (c) =>
  problem(c, {
    code: 'E_NOT_FOUND',
    detail: `${c.req.method} ${c.req.path}: there is no such path. See /openapi.json.`,
  });
