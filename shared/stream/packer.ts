import { MESSAGE_MAX_BYTES } from '../contracts/limits.ts';
import type { Tweet } from '../contracts/tweet.ts';
import { NerError } from '../ner-error.ts';

export interface PackOptions {
  /** When the tweets came in: chooses the partition of their results. */
  readonly receivedAt: Date;
  /** Bytes of UTF-8 a message at most; MESSAGE_MAX_BYTES by default. */
  readonly maxBytes?: number;
}

/** A queue message: the JSON of a Pack, in characters that SQS takes. */
export interface PackedMessage {
  readonly body: string;
  readonly tweetCount: number;
}

export interface Packed {
  readonly messages: readonly PackedMessage[];
  /** Tweets that fit into no message, each with an E_TWEET_TOO_LARGE. */
  readonly tooLarge: readonly { readonly tweet: Tweet; readonly error: NerError }[];
}

/**
 * Packs tweets, in their order, into as few messages as that order allows (first fit, never looking back). The same
 * tweets and time give the same bytes.
 */
export function packTweets(tweets: readonly Tweet[], options: PackOptions): Packed {
  const { receivedAt, maxBytes = MESSAGE_MAX_BYTES } = options;
  const head = `{"v":1,"receivedAt":"${receivedAt.toISOString()}","tweets":[`;
  const tail = ']}';
  const roomBytes = maxBytes - head.length - tail.length;
  const messages: PackedMessage[] = [];
  const tooLarge: { tweet: Tweet; error: NerError }[] = [];
  let parts: string[] = [];
  let usedBytes = 0;
  const flush = (): void => {
    if (parts.length > 0) messages.push({ body: head + parts.join(',') + tail, tweetCount: parts.length });
    parts = [];
    usedBytes = 0;
  };
  for (const tweet of tweets) {
    const part = queueJson(tweet);
    const sizeBytes = Buffer.byteLength(part);
    if (sizeBytes > roomBytes) {
      tooLarge.push({ tweet, error: tooLargeError(tweet, sizeBytes, roomBytes) });
      continue;
    }
    // The comma between two tweets is a byte too.
    if (parts.length > 0 && usedBytes + 1 + sizeBytes > roomBytes) flush();
    usedBytes += sizeBytes + (parts.length > 0 ? 1 : 0);
    parts.push(part);
  }
  flush();
  return { messages, tooLarge };
}

/** JSON in SQS's characters: `JSON.stringify` escapes controls and lone surrogates, but not U+FFFE and U+FFFF. */
function queueJson(value: unknown): string {
  return JSON.stringify(value).replace(/[\uFFFE\uFFFF]/g, (c) => (c === '\uFFFE' ? '\\ufffe' : '\\uffff'));
}

function tooLargeError(tweet: Tweet, sizeBytes: number, roomBytes: number): NerError {
  return new NerError(
    'E_TWEET_TOO_LARGE',
    `tweet ${tweet.id}: too large for a message, got ${sizeBytes} bytes of JSON; expected at most ${roomBytes}.`,
  );
}
