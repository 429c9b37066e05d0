import { isUtf8 } from 'node:buffer';
import type { z } from 'zod';
import { LINE_MAX_BYTES, TWEET_MAX_CODE_POINTS } from '../contracts/limits.ts';
import { type Tweet, tweetSchema } from '../contracts/tweet.ts';
import { type ErrorCode, NerError } from '../ner-error.ts';
import { jsonText } from './json-text.ts';
import { type Line, splitLines } from './split-lines.ts';

/** `ndjson`: one tweet object a line. `json`: one array of them. `text`: one tweet's text a line. */
export type TweetFormat = 'ndjson' | 'json' | 'text';

export interface ParseTweetsOptions {
  /** What the bytes are called in reasons; in text, ids are `<name>:<line>`. */
  readonly name: string;
  readonly format: TweetFormat;
  /** Number of the first line, for a part of a file; 1 by default. In a JSON array lines count elements. */
  readonly firstLine?: number;
}

/** A line that is no tweet. */
export interface RejectedLine {
  readonly line: number;
  readonly code: ErrorCode;
  /** Begins with `name:line: `. */
  readonly reason: string;
  /** The line as it came, cut at LINE_MAX_BYTES; in base64 when it is not UTF-8. */
  readonly raw: string;
  readonly encoding?: 'base64';
}

export interface ParsedTweets {
  readonly tweets: readonly Tweet[];
  readonly rejected: readonly RejectedLine[];
}

/**
 * Reads tweets from bytes; what is not a tweet is named and returned, and the rest goes on. Blank lines are passed
 * over. Text may be anything UTF-8 or a JSON escape can say, lone surrogates included; ids must be well-formed, since
 * ids that differ in nothing else would be one id in UTF-8.
 *
 * @throws E_TWEET_MALFORMED when a JSON array is not one: then there are no lines to tell good from bad.
 */
export function parseTweets(bytes: Uint8Array, options: ParseTweetsOptions): ParsedTweets {
  const tweets: Tweet[] = [];
  const rejected: RejectedLine[] = [];
  for (const item of items(bytes, options)) {
    try {
      const tweet = readTweet(item, options);
      if (tweet !== undefined) tweets.push(tweet);
    } catch (error) {
      if (!(error instanceof NerError)) throw error;
      const reason = `${options.name}:${item.number}: ${error.message}`;
      rejected.push({ line: item.number, code: error.code, reason, ...rawOf(item.bytes) });
    }
  }
  return { tweets, rejected };
}

/** The format that the first bytes of a file or body look like; text when there is no better guess. */
export function detectFormat(head: Uint8Array): TweetFormat {
  const text = Buffer.from(head.buffer, head.byteOffset, head.byteLength).toString('utf8').trimStart();
  // String.prototype.trimStart takes a byte-order mark for white space.
  if (/^\{\s*["}]/.test(text)) return 'ndjson';
  return /^\[\s*[{\]]/.test(text) ? 'json' : 'text';
}

/** A line, and the value it stands for where it was an element of an array. */
interface Item extends Line {
  readonly value?: unknown;
}

function* items(bytes: Uint8Array, { name, format, firstLine = 1 }: ParseTweetsOptions): Generator<Item> {
  if (format !== 'json') {
    yield* splitLines(bytes, firstLine);
    return;
  }
  let value: unknown;
  try {
    value = parseJson(decode(withoutMark(bytes)));
  } catch (error) {
    if (!(error instanceof NerError)) throw error;
    throw new NerError(error.code, `${name}:${firstLine}: ${error.message}`, { cause: error });
  }
  if (!Array.isArray(value)) {
    throw new NerError('E_TWEET_MALFORMED', `${name}:${firstLine}: tweets: got no array; expected a JSON array.`);
  }
  for (const [i, element] of (value as readonly unknown[]).entries()) {
    yield { number: firstLine + i, bytes: Buffer.from(jsonText(element)), value: element };
  }
}

function readTweet(item: Item, { name, format }: ParseTweetsOptions): Tweet | undefined {
  if (item.bytes.length > LINE_MAX_BYTES) {
    throw new NerError(
      'E_TWEET_TOO_LARGE',
      `tweet: the line is too long, got ${item.bytes.length} bytes; expected at most ${LINE_MAX_BYTES}.`,
    );
  }
  if (format === 'json') return checkTweet(item.value);
  const text = decode(item.bytes);
  if (text.trim() === '') return undefined;
  return checkTweet(format === 'text' ? { id: `${name}:${item.number}`, text } : parseJson(text));
}

/**
 * Reads one value as a tweet: a fresh object with the known keys only, whatever the value's prototype or other keys.
 *
 * @throws E_TWEET_MALFORMED, E_TWEET_TOO_LARGE
 */
export function checkTweet(value: unknown): Tweet {
  const parsed = tweetSchema.safeParse(value);
  if (!parsed.success) throw new NerError('E_TWEET_MALFORMED', `tweet: ${firstIssue(parsed.error)}`);
  const tweet = parsed.data;
  if (!tweet.id.isWellFormed()) {
    throw new NerError('E_TWEET_MALFORMED', 'tweet: id has a lone surrogate; expected well-formed Unicode.');
  }
  const codePoints = countCodePoints(tweet.text);
  if (codePoints > TWEET_MAX_CODE_POINTS) {
    throw new NerError(
      'E_TWEET_TOO_LARGE',
      `tweet: text is too long, got ${codePoints} code points; expected at most ${TWEET_MAX_CODE_POINTS}.`,
    );
  }
  return tweet;
}

function firstIssue(error: z.ZodError): string {
  const issue = error.issues[0]!;
  return `${issue.path.length === 0 ? 'the line' : issue.path.join('.')}: ${issue.message}.`;
}

function countCodePoints(text: string): number {
  if (text.length <= TWEET_MAX_CODE_POINTS) return text.length;
  // A lone surrogate is one code point, as in `for of`.
  const pairs = text.match(/[\uD800-\uDBFF][\uDC00-\uDFFF]/g);
  return text.length - (pairs?.length ?? 0);
}

function decode(bytes: Uint8Array): string {
  if (!isUtf8(bytes)) throw new NerError('E_TWEET_MALFORMED', 'tweet: the line is not UTF-8; expected UTF-8.');
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('utf8');
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    const detail = error instanceof Error ? error.message : String(error);
    throw new NerError('E_TWEET_MALFORMED', `tweet: not JSON (${detail.slice(0, 200)}); expected an object.`, {
      cause: error,
    });
  }
}

function withoutMark(bytes: Uint8Array): Uint8Array {
  return bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf ? bytes.subarray(3) : bytes;
}

/** A line as it is put into quarantine: cut at LINE_MAX_BYTES; in base64 when it is not UTF-8. */
export function rawOf(bytes: Uint8Array): { readonly raw: string; readonly encoding?: 'base64' } {
  const cut = Buffer.from(bytes.buffer, bytes.byteOffset, Math.min(bytes.byteLength, LINE_MAX_BYTES));
  if (isUtf8(cut)) return { raw: cut.toString('utf8') };
  // A cut inside a character is no reason to hide the text; anything else that is not UTF-8 must survive as it is.
  return isUtf8(bytes) ? { raw: cut.toString('utf8') } : { raw: cut.toString('base64'), encoding: 'base64' };
}
