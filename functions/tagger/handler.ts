import type { TaggedTweet, Tweet } from '../../shared/contracts/tweet.ts';
import type { IdLedger } from '../../shared/ledger/id-ledger.ts';
import { NerError } from '../../shared/ner-error.ts';
import type { ObjectStore } from '../../shared/store/object-store.ts';
import { quarantine, type QuarantineItem } from '../../shared/stream/quarantine.ts';
import { type OpenedPack, openPack } from './open-pack.ts';
import { tagIsolated, type TagOutcome } from './tag-isolated.ts';
import type { Tagger } from './tagger.ts';

export interface TaggerHandlerDeps {
  readonly tagger: Tagger;
  readonly store: ObjectStore;
  readonly ledger: IdLedger;
  readonly clock: () => Date;
  /** Told of each record right after it was stored, once a record unless the process dies in between. Must not throw. */
  readonly onTagged?: (tweet: Tweet, record: TaggedTweet) => void;
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
  const jobs: Job[] = [];
  for (const message of messages) {
    await attempt(reasons, message, async () => {
      const pack = openPack(message.body);
      const ids = pack.tweets.map((tweet) => tweet.id);
      const own = new Set(await deps.ledger.claim(ids, pack.packId));
      jobs.push({ message, pack, owned: pack.tweets.filter((tweet) => own.has(tweet.id)) });
    });
  }
  let outcomes: readonly TagOutcome[];
  try {
    outcomes = await tagIsolated(
      deps.tagger,
      jobs.flatMap(({ owned }) => owned.map((tweet) => tweet.text)),
    );
  } catch (error) {
    for (const { message } of jobs) reasons.set(message.id, reasonOf(error));
    return { failed: [...reasons.keys()], reasons, tagged: 0, duplicates: 0, quarantined: 0 };
  }
  let start = 0;
  const finished = jobs.map((job) => {
    const mine = outcomes.slice(start, (start += job.owned.length));
    return attempt(reasons, job.message, () => finish(deps, job, mine));
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

async function finish(deps: TaggerHandlerDeps, job: Job, outcomes: readonly TagOutcome[]): Promise<JobCounts> {
  const { pack, owned, message } = job;
  const taggedAt = deps.clock().toISOString();
  const records: { tweet: Tweet; record: TaggedTweet }[] = [];
  const bad: QuarantineItem[] = [...pack.bad];
  for (const [i, tweet] of owned.entries()) {
    const outcome = outcomes[i]!;
    if ('error' in outcome) bad.push(untaggable(tweet, outcome.error, pack.resultKey!));
    else {
      const record = { id: tweet.id, entities: [...outcome.entities], model: outcome.modelId, taggedAt };
      records.push({ tweet, record });
    }
  }
  await quarantine(deps.store, bad, pack.receivedAt ?? message.sentAt ?? deps.clock());
  const others = pack.tweets.length - owned.length + pack.repeats;
  const stored = records.length === 0 || (await storeRecords(deps.store, pack.resultKey!, records));
  if (!stored) return { tagged: 0, duplicates: others + records.length, quarantined: bad.length };
  for (const { tweet, record } of records) deps.onTagged?.(tweet, record);
  return { tagged: records.length, duplicates: others, quarantined: bad.length };
}

/** False when the object is there already: an earlier delivery of the same pack got so far. */
async function storeRecords(
  store: ObjectStore,
  key: string,
  records: readonly { readonly record: TaggedTweet }[],
): Promise<boolean> {
  const body = records.map(({ record }) => `${JSON.stringify(record)}\n`).join('');
  try {
    await store.put(key, Buffer.from(body), { ifNoneMatch: '*' });
    return true;
  } catch (error) {
    if (error instanceof NerError && error.code === 'E_STORE_CONFLICT') return false;
    throw error;
  }
}

function untaggable(tweet: Tweet, error: unknown, result: string): QuarantineItem {
  const code = error instanceof NerError ? error.code : 'E_INTERNAL';
  const reason = `tweet ${tweet.id}: ${reasonOf(error)}`;
  return { source: 'tagger', code, reason, raw: JSON.stringify(tweet), result };
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

function reasonOf(error: unknown): string {
  if (error instanceof NerError) return `${error.code}: ${error.message}`;
  return error instanceof Error ? error.message : String(error);
}
