import { LINE_MAX_BYTES } from '../../shared/contracts/limits.ts';
import { type ErrorCode, NerError } from '../../shared/ner-error.ts';
import { rawOf } from '../../shared/stream/parse-tweets.ts';
import type { RejectedInput } from './source.ts';

/** What goes into quarantine for bytes that cannot be taken. */
export function rejectedInput(source: string, bytes: Uint8Array, error: NerError): RejectedInput {
  return { code: error.code, reason: `${source}: ${error.message}`, ...rawOf(bytes) };
}

/** For something longer than a source sends; what is kept of it is its beginning. */
export function tooLong(what: string, sizeBytes: number, maxBytes: number): NerError {
  return malformed(
    `the ${what} is too long, got ${sizeBytes} bytes; expected at most ${maxBytes}`,
    'E_TWEET_TOO_LARGE',
  );
}

export function malformed(what: string, code: ErrorCode = 'E_TWEET_MALFORMED', cause?: unknown): NerError {
  return new NerError(code, `tweet: ${what}.`, { cause });
}

/** Parses JSON of a source. @throws E_TWEET_MALFORMED */
export function parseSourceJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    const detail = error instanceof Error ? error.message : String(error);
    // The parser's message quotes its input.
    throw malformed(`not JSON (${detail.slice(0, 200)}); expected an object`, 'E_TWEET_MALFORMED', error);
  }
}

/**
 * A message of a source: it may hold much beside the tweet, such as the tweets it refers to, so it may be longer than a
 * line of ours. What is put in quarantine of it is cut at LINE_MAX_BYTES.
 */
export const SOURCE_MESSAGE_MAX_BYTES = 32 * LINE_MAX_BYTES;
