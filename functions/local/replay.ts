import type { Tweet } from '../../shared/contracts/tweet.ts';
import type { IdLedger } from '../../shared/ledger/id-ledger.ts';
import { packOfKey } from '../../shared/results/result-hour.ts';
import { storedIds } from '../../shared/results/stored-ids.ts';
import type { ObjectStore } from '../../shared/store/object-store.ts';
import type { MendedEntry } from '../../shared/stream/mended-entry.ts';
import { parseTweets } from '../../shared/stream/parse-tweets.ts';
import type { QuarantineEntry } from '../../shared/stream/quarantine.ts';
import {
  matchesFilter,
  type QuarantineFilter,
  type QuarantineObject,
  readQuarantine,
  settleReplayed,
} from '../../shared/stream/quarantined.ts';
import type { Ingest } from '../ingest/ingest.ts';

export interface ReplayDeps {
  readonly store: ObjectStore;
  readonly ledger: IdLedger;
  readonly ingest: Pick<Ingest, 'take' | 'ready'>;
  /** Ends the wait for room in the queue. */
  readonly signal?: AbortSignal;
}

export interface ReplayOptions {
  readonly filter?: QuarantineFilter;
  /** Only these entries, with what was made of them; all that the filter lets through, as they came in, when left out. */
  readonly mended?: readonly MendedEntry[];
  /** Told of an entry that is no tweet still. It stays in quarantine. */
  readonly onRefused?: (entry: QuarantineEntry, reason: string) => void;
}

/** What became of the entries. */
export interface Replayed {
  /** Sent to the queue; those whose id is tagged already are left out there, as ever. */
  readonly sent: number;
  /** Tagged by an earlier delivery after all. */
  readonly tagged: number;
  readonly refused: number;
  /** Mended entries that are not in quarantine any more. */
  readonly missing: number;
}

/**
 * Sends what is in quarantine through ingest again. What is accepted moves to `replayed/`, what is not stays. Killed at
 * any moment it may be run again: a tweet that was sent twice has one id, which is tagged once.
 *
 * A tweet that could not be tagged has its id claimed by its message, which is done: the claim is given up, unless the
 * message has a record of it.
 */
export async function replayQuarantine(deps: ReplayDeps, options: ReplayOptions = {}): Promise<Replayed> {
  const { filter = {}, mended, onRefused } = options;
  const made = mended === undefined ? undefined : new Map(mended.map(({ key, raw }) => [key, raw]));
  const counts = { sent: 0, tagged: 0, refused: 0 };
  let found = 0;
  const signal = deps.signal ?? new AbortController().signal;
  for await (const object of readQuarantine(deps.store)) {
    await deps.ingest.ready(signal);
    if (signal.aborted) break;
    const chosen = object.entries.filter((entry) => matchesFilter(entry, filter) && made?.has(entry.key) !== false);
    found += chosen.length;
    const done = await replayObject(deps, object, { chosen, made, onRefused });
    counts.sent += done.sent;
    counts.tagged += done.tagged;
    counts.refused += done.refused;
  }
  return { ...counts, missing: made === undefined ? 0 : made.size - found };
}

interface Chosen {
  readonly chosen: readonly QuarantineEntry[];
  readonly made: ReadonlyMap<string, string> | undefined;
  readonly onRefused: ReplayOptions['onRefused'];
}

async function replayObject(
  { store, ledger, ingest }: ReplayDeps,
  object: QuarantineObject,
  { chosen, made, onRefused }: Chosen,
): Promise<Omit<Replayed, 'missing'>> {
  const settled: QuarantineEntry[] = [];
  const tweets: Tweet[] = [];
  let refused = 0;
  for (const entry of chosen) {
    const tweet = readTweet(entry, made?.get(entry.key));
    if (typeof tweet === 'string') {
      refused += 1;
      onRefused?.(entry, tweet);
      continue;
    }
    settled.push(entry);
    if (await isTagged(store, entry, tweet)) continue;
    if (entry.result !== undefined) await ledger.release([tweet.id], packOfKey(entry.result));
    tweets.push(tweet);
  }
  if (tweets.length > 0) await ingest.take(tweets, []);
  await settleReplayed(store, object, settled);
  return { sent: tweets.length, tagged: settled.length - tweets.length, refused };
}

/** The tweet, or why there is none. */
function readTweet(entry: QuarantineEntry, mended: string | undefined): Tweet | string {
  const bytes = Buffer.from(mended ?? entry.raw, mended === undefined ? (entry.encoding ?? 'utf8') : 'utf8');
  const { tweets, rejected } = parseTweets(bytes, { name: entry.source, format: 'ndjson', firstLine: entry.line ?? 1 });
  if (tweets.length === 1 && rejected.length === 0) return tweets[0]!;
  return rejected[0]?.reason ?? `${entry.source}:${entry.line ?? 1}: tweet: got ${tweets.length}; expected one.`;
}

async function isTagged(store: ObjectStore, { result }: QuarantineEntry, { id }: Tweet): Promise<boolean> {
  return result !== undefined && (await storedIds(store, result)).has(id);
}
