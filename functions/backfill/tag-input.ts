import { createHash } from 'node:crypto';
import { type BackfillCounts, backfillCountsSchema, type BackfillRunRecord } from '../../shared/contracts/backfill.ts';
import type { TaggedTweet, Tweet } from '../../shared/contracts/tweet.ts';
import { NerError } from '../../shared/ner-error.ts';
import { resultLines } from '../../shared/results/ndjson-results.ts';
import { hourPrefix } from '../../shared/results/result-hour.ts';
import type { ObjectStore } from '../../shared/store/object-store.ts';
import { quarantine, type QuarantineItem } from '../../shared/stream/quarantine.ts';
import { tagIsolated } from '../tagger/tag-isolated.ts';
import { recordOf, untaggable } from '../tagger/tagged-record.ts';
import type { Tagger } from '../tagger/tagger.ts';
import { addCounts, NO_COUNTS } from './backfill-counts.ts';
import type { BackfillInput } from './backfill-input.ts';
import { runPrefix } from './backfill-run.ts';
import { type InputPart, inputParts, type PartLimits } from './input-parts.ts';
import { putOnce } from './put-once.ts';

export interface TagInputDeps {
  readonly record: BackfillRunRecord;
  /** Of the run's model. */
  readonly tagger: Tagger;
  readonly store: ObjectStore;
  readonly clock: () => Date;
  /** Ends the work after the part in hand. */
  readonly signal?: AbortSignal | undefined;
  readonly limits?: PartLimits | undefined;
}

/** Texts in one call of the tagger: enough to fill batches. */
const TEXTS_PER_CALL = 1_024;

/**
 * Tags one input, part by part: results by the hour in which a tweet was made (that of the run, where it does not say), under
 * keys that follow from run, input and part. A part that was done before is passed over, so that a run that was killed goes on
 * where it was. An input that cannot be read to its end goes to quarantine by its name, after what was good in it.
 */
export async function tagInput(deps: TagInputDeps, input: BackfillInput): Promise<BackfillCounts> {
  const { record, store, signal, limits } = deps;
  const id = shortHash(record.run, input.name, input.version);
  let sum: BackfillCounts = { ...NO_COUNTS, inputs: 1 };
  try {
    for await (const part of inputParts(input, limits)) {
      if (signal?.aborted === true) break;
      // Written when all of the part is durable.
      const key = `${runPrefix(record.run)}parts/${id}/${String(part.index).padStart(6, '0')}.json`;
      const known = await store.get(key);
      const counts =
        known === undefined
          ? await tagPart(deps, input, { part, pack: shortHash(id, String(part.index)) })
          : backfillCountsSchema.parse(JSON.parse(Buffer.from(known.body).toString('utf8')));
      if (known === undefined) await putOnce(store, key, Buffer.from(JSON.stringify(counts)));
      sum = addCounts(sum, counts);
    }
  } catch (error) {
    if (!(error instanceof NerError && UNREADABLE.has(error.code))) throw error;
    const item = { source: `backfill/${record.run}`, code: error.code, reason: error.message, raw: input.name };
    await quarantine(store, [item], new Date(record.startedAt));
    sum = addCounts(sum, { ...NO_COUNTS, unreadable: 1 });
  }
  return sum;
}

/** What another try would meet again. */
const UNREADABLE: ReadonlySet<string> = new Set(['E_BACKFILL_INPUT', 'E_TWEET_MALFORMED']);

interface NamedPart {
  readonly part: InputPart;
  /** Names its results, as a message's pack does those of the queue. */
  readonly pack: string;
}

async function tagPart(deps: TagInputDeps, input: BackfillInput, { part, pack }: NamedPart): Promise<BackfillCounts> {
  const { record, tagger, store, clock } = deps;
  const source = `backfill/${record.run}/${input.name}`;
  const { tweets, rejected } = part.parse();
  const distinct = [...new Map(tweets.map((tweet) => [tweet.id, tweet])).values()];
  const bad: QuarantineItem[] = rejected.map((line) => ({ source, ...line }));
  const hours = new Map<string, TaggedTweet[]>();
  for (let start = 0; start < distinct.length; start += TEXTS_PER_CALL) {
    const slice = distinct.slice(start, start + TEXTS_PER_CALL);
    const outcomes = await tagIsolated(
      tagger,
      slice.map(({ text }) => text),
    );
    const taggedAt = clock().toISOString();
    for (const [i, tweet] of slice.entries()) {
      const outcome = outcomes[i]!;
      const prefix = `${runPrefix(record.run)}${hourPrefix(hourOf(tweet, record.startedAt))}`;
      const key = `${prefix}${pack}.ndjson`;
      if ('error' in outcome) {
        bad.push({ ...untaggable(tweet, outcome.error, key), source });
        continue;
      }
      const records = hours.get(key) ?? [];
      records.push(recordOf(tweet, outcome, taggedAt));
      hours.set(key, records);
    }
  }
  await quarantine(store, bad, new Date(record.startedAt));
  for (const [key, records] of hours) await putOnce(store, key, resultLines(records));
  const tagged = [...hours.values()].reduce((total, records) => total + records.length, 0);
  return { ...NO_COUNTS, tagged, repeats: tweets.length - distinct.length, quarantined: bad.length };
}

/** The first moment that ISO 8601 does not write with four digits for the year. */
const YEAR_10000 = Date.parse('9999-12-31T23:59:59.999Z') + 1;

/** A time with an offset can lie outside of the years that keys have, and so can what somebody invents. */
function hourOf({ created_at: createdAt }: Tweet, otherwise: string): { readonly dt: string; readonly hr: string } {
  const made = createdAt === undefined ? NaN : Date.parse(createdAt);
  const at = made >= 0 && made < YEAR_10000 ? new Date(made).toISOString() : otherwise;
  return { dt: at.slice(0, 10), hr: at.slice(11, 13) };
}

function shortHash(...parts: readonly string[]): string {
  return createHash('sha256').update(parts.join('\0')).digest('hex').slice(0, 32);
}
