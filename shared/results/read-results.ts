import type { TaggedTweet } from '../contracts/tweet.ts';
import { NerError } from '../ner-error.ts';
import type { ObjectStore } from '../store/object-store.ts';
import { canonicalRecord } from './canonical-record.ts';
import { readNdjsonResults } from './ndjson-results.ts';
import { decodeParquet, type PackedRecord } from './parquet-results.ts';
import { hourKeys, packOfKey, type ResultHour, resultHours } from './result-hour.ts';

export interface ReadResultsOptions {
  /** Told of an object that is damaged, whose good lines are given all the same; by default reading ends there. */
  readonly onDamaged?: (error: NerError) => void;
}

/**
 * Every record that is stored, hour by hour, in the form of `canonicalRecord`. A pack counts once, however many objects
 * hold it: compaction that was killed leaves it in both forms, and a message that is delivered again after compaction
 * writes it anew.
 *
 * @throws E_RESULT_DAMAGED
 */
export async function* readResults(store: ObjectStore, options: ReadResultsOptions = {}): AsyncIterable<TaggedTweet> {
  for (const hour of await resultHours(store)) {
    for await (const { record } of readHour(store, hour, options)) yield record;
  }
}

/** The records of one hour with their packs; packs of Parquet objects first, as compaction left them. */
export async function* readHour(
  store: ObjectStore,
  hour: ResultHour,
  { onDamaged = rethrow }: ReadResultsOptions = {},
): AsyncIterable<PackedRecord> {
  const given = new Set<string>();
  for (let complete = false; !complete;) {
    // Objects that went away after they were listed went into a Parquet object that the next listing has.
    complete = true;
    const { parquet, ndjson } = await hourKeys(store, hour);
    for (const key of parquet) {
      const object = await store.get(key);
      if (object === undefined) continue;
      const found = await orDamaged(() => decodeParquet(key, object.body), onDamaged);
      const fresh = found.filter(({ pack }) => !given.has(pack));
      yield* fresh;
      for (const { pack } of fresh) given.add(pack);
    }
    for (const key of ndjson) {
      const pack = packOfKey(key);
      if (given.has(pack)) continue;
      const object = await store.get(key);
      complete &&= object !== undefined;
      if (object === undefined) continue;
      const { records, damage } = readNdjsonResults(key, object.body);
      if (damage !== undefined) onDamaged(damage);
      for (const record of records) yield { pack, record: canonicalRecord(record) };
      given.add(pack);
    }
  }
}

async function orDamaged(
  work: () => Promise<readonly PackedRecord[]>,
  onDamaged: (error: NerError) => void,
): Promise<readonly PackedRecord[]> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof NerError && error.code === 'E_RESULT_DAMAGED')) throw error;
    onDamaged(error);
    return [];
  }
}

function rethrow(error: NerError): never {
  throw error;
}
