import { NerError } from '../../shared/ner-error.ts';

/** An error as the log may have it. */
export interface LoggedError {
  readonly code: string;
  /** Only of errors whose messages are about the platform and the models, never about what came in. */
  readonly message?: string;
  /** Where it was thrown: files and lines of ours. */
  readonly frames?: string;
}

/** Families of codes whose messages have no part of a tweet, a request or a corpus in them. */
const PLATFORM_CODES =
  /^E_(?:STORE|CLOUD|DATABASE|FILE|BUNDLE|MODEL|GRAPH|DEVICE|WORKER|NOT_READY|ENVIRONMENT|JOB|EVENT|BUSY|RESULT)(?:_|$)/;

/**
 * What may be logged of an error. The message of one that we do not know may quote what came in (`JSON.parse` does), so only
 * its name and the places in the code are told.
 */
export function loggedError(error: unknown): LoggedError {
  if (error instanceof NerError && PLATFORM_CODES.test(error.code)) return { code: error.code, message: error.message };
  if (!(error instanceof Error)) return { code: 'E_INTERNAL' };
  const frames = (error.stack ?? '').split('\n').filter((line) => /^\s+at /.test(line));
  return { code: error instanceof NerError ? error.code : error.name, frames: frames.join('\n') };
}

/** The codes in reasons that begin with one, `E_CODE: message`, as the tagger gives them. */
export function codesOf(reasons: Iterable<string>): readonly string[] {
  const codes = [...reasons].map((reason) => /^E_[A-Z_]+(?=:)/.exec(reason)?.[0] ?? 'E_INTERNAL');
  return [...new Set(codes)].sort();
}
