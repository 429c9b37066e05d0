import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { SourceOrder, SourceReport } from './source.ts';
import { numberOfId } from './tweet-id.ts';

/** How often each tweet is in the results, and when its result was stored. */
export interface StoredTweets {
  /** Times by the tweet's number. */
  readonly times: Uint8Array;
  /** Milliseconds since 1970 by number, 0 where there is none. */
  readonly storedAtMs: Float64Array;
}

const ID = /^\{"id":"(\d+)"/gm;

/** Reads all results that a host stored, file by file: what counts is what is on disk. */
export function readStoredTweets(state: string, tweets: number): StoredTweets {
  const root = join(state, 'store', 'tagged');
  const times = new Uint8Array(tweets);
  const storedAtMs = new Float64Array(tweets);
  for (const path of readdirSync(root, { recursive: true, encoding: 'utf8' })) {
    if (!path.endsWith('.ndjson')) continue;
    const file = join(root, path);
    // A result gets its name by a link, which is the last change of its status.
    const at = statSync(file).ctimeMs;
    for (const [, id] of readFileSync(file, 'utf8').matchAll(ID)) {
      const number = numberOfId(id!);
      times[number] = times[number]! + 1;
      storedAtMs[number] = at;
    }
  }
  return { times, storedAtMs };
}

/** Tweets of [first, end) that are not in the results, or more than once. */
export function lostOrDoubled({ times }: StoredTweets, first: number, end: number): number {
  return times.subarray(first, end).reduce((count, each) => count + (each === 1 ? 0 : 1), 0);
}

/** Milliseconds from the post of each tweet of an order to its stored result. */
export function latenciesOf(
  { storedAtMs }: StoredTweets,
  order: SourceOrder,
  { sentAtMs }: SourceReport,
): Float64Array {
  const { first, tweets, perBody } = order;
  return Float64Array.from({ length: tweets }, (_, i) => storedAtMs[first + i]! - sentAtMs[Math.floor(i / perBody)]!);
}
