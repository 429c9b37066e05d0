import type { TaggedTweet, Tweet } from '../../shared/contracts/tweet.ts';
import type { IdLedger } from '../../shared/ledger/id-ledger.ts';
import type { ObjectStore } from '../../shared/store/object-store.ts';
import { quarantine, type QuarantineItem } from '../../shared/stream/quarantine.ts';
import { type OpenedPack, openPack } from './open-pack.ts';
import { readStoredPack, type StoredPack, storePack } from './stored-pack.ts';
import { tagIsolated, type TagOutcome } from './tag-isolated.ts';
import { reasonOf, recordOf, untaggable } from './tagged-record.ts';
import type { Tagger } from './tagger.ts';

export interface TaggerHandlerDeps {
  readonly tagger: Tagger;
  readonly store: ObjectStore;
  readonly ledger: IdLedger;
  readonly clock: () => Date;
  /** Told of each record right after it was stored, once a record unless the process dies in between. Must not throw. */
  readonly onTagged?: (tweet: Tweet, record: TaggedTweet) => void;
  /**
   * Awaited at every delivery of a pack that has records, after its object is durable and before its message is done:
   * at least once a pack, so what it does must be idempotent by `packId`. When it rejects, the message comes again.
   */
  readonly onStored?: (stored: StoredPack) => Promise<void>;
}

/** A message as any queue gives it. */
export interface TaggerMessage {
  /** The queue's name for it; only echoed in the result. */
  readonly id: string;
  readonly body: string;
  readonly sentAt?: Date;
}

export interface TaggerResult {
  /** Ids of the messages to deliver again; the others are done and may be deleted. */
  readonly failed: readonly string[];
  /** Why, by id. */
  readonly reasons: ReadonlyMap<string, string>;
  /** Tweets whose record was stored by this call. */
  readonly tagged: number;
  /** Tweets left out because they were tagged before, or are another message's to tag. */
  readonly duplicates: number;
  /** Tweets and messages put into quarantine. */
  readonly quarantined: number;
}

export interface TaggerHandler {
  handle(messages: readonly TaggerMessage[]): Promise<TaggerResult>;
}

/** A message with the tweets that are its own to tag. */
interface Job {
  readonly message: TaggerMessage;
  readonly pack: OpenedPack;
  readonly owned: readonly Tweet[];
}

interface JobCounts {
  readonly tagged: number;
  readonly duplicates: number;
  readonly quarantined: number;
}

/**
 * The tagging function: packs in, one NDJSON object of TaggedTweet records a pack out, under a key that follows from
 * the pack's content. It knows nothing of queues, clouds or files. Exactly once is argued in shared/ledger/id-ledger.ts.
 *
 * A body that is no pack, a tweet that is none and a tweet that makes the tagger throw go to quarantine, and their
 * message is done. A store, ledger or tagger that does not work fails messages, which are then delivered again.
 */
export function createTaggerHandler(deps: TaggerHandlerDeps): TaggerHandler {
  return { handle: (messages) => handle(deps, messages) };
}

async function handle(deps: TaggerHandlerDeps, messages: readonly TaggerMessage[]): Promise<TaggerResult> {
  const reasons = new Map<string, string>();
  let jobs: readonly Job[];
  let outcomes: readonly TagOutcome[];
  try {
    jobs = await claimJobs(deps, messages);
    outcomes = await tagIsolated(
      deps.tagger,
      jobs.flatMap(({ owned }) => owned.map((tweet) => tweet.text)),
    );
  } catch (error) {
    for (const { id } of messages) reasons.set(id, reasonOf(error));
    return { failed: [...reasons.keys()], reasons, tagged: 0, duplicates: 0, quarantined: 0 };
  }
  let start = 0;
  const finished = jobs.map(async (job) => {
    const mine = outcomes.slice(start, (start += job.owned.length));
    const done = await attempt(reasons, job.message, () => finish(deps, job, mine));
    if (done?.stored !== undefined) await attempt(reasons, job.message, async () => deps.onStored?.(done.stored!));
    return done?.counts;
  });
  const counts = (await Promise.all(finished)).filter((count) => count !== undefined);
  const sum = (name: keyof JobCounts): number => counts.reduce((total, count) => total + count[name], 0);
  return {
    failed: [...reasons.keys()],
    reasons,
    tagged: sum('tagged'),
    duplicates: sum('duplicates'),
    quarantined: sum('quarantined'),
  };
}

async function claimJobs({ ledger }: TaggerHandlerDeps, messages: readonly TaggerMessage[]): Promise<readonly Job[]> {
  const packs = messages.map(({ body }) => openPack(body));
  const claims = packs.map(({ tweets, packId }) => ({ ids: tweets.map(({ id }) => id), owner: packId }));
  const claimed = await ledger.claimAll(claims);
  return messages.map((message, i) => {
    const pack = packs[i]!;
    const own = new Set(claimed[i]);
    return { message, pack, owned: pack.tweets.filter((tweet) => own.has(tweet.id)) };
  });
}

/** What a delivery of a pack came to; `stored` where the pack has records. */
interface Finished {
  readonly counts: JobCounts;
  readonly stored?: StoredPack;
}

async function finish(deps: TaggerHandlerDeps, job: Job, outcomes: readonly TagOutcome[]): Promise<Finished> {
  const { store, clock, onTagged, onStored } = deps;
  const { pack, owned, message } = job;
  const taggedAt = clock().toISOString();
  const tagged: Tweet[] = [];
  const records: TaggedTweet[] = [];
  const bad: QuarantineItem[] = [...pack.bad];
  for (const [i, tweet] of owned.entries()) {
    const outcome = outcomes[i]!;
    if ('error' in outcome) bad.push(untaggable(tweet, outcome.error, pack.resultKey!));
    else {
      tagged.push(tweet);
      records.push(recordOf(tweet, outcome, taggedAt));
    }
  }
  const receivedAt = pack.receivedAt ?? message.sentAt ?? clock();
  await quarantine(store, bad, receivedAt);
  const duplicates = pack.tweets.length - owned.length + pack.repeats;
  const counts = { tagged: records.length, duplicates, quarantined: bad.length };
  if (records.length === 0) return { counts };
  const stored = { packId: pack.packId, key: pack.resultKey!, receivedAt, records };
  if (await storePack(store, stored)) {
    for (const [i, record] of records.entries()) onTagged?.(tagged[i]!, record);
    return { counts, stored };
  }
  const repeated = { ...counts, tagged: 0, duplicates: duplicates + records.length };
  return { counts: repeated, stored: onStored === undefined ? stored : await readStoredPack(store, stored) };
}

async function attempt<T>(
  reasons: Map<string, string>,
  { id }: TaggerMessage,
  work: () => Promise<T>,
): Promise<T | undefined> {
  try {
    return await work();
  } catch (error) {
    reasons.set(id, reasonOf(error));
    return undefined;
  }
}
