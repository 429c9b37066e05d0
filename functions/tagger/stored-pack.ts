import type { TaggedTweet } from '../../shared/contracts/tweet.ts';
import { NerError } from '../../shared/ner-error.ts';
import { readNdjsonResults, resultLines } from '../../shared/results/ndjson-results.ts';
import type { ObjectStore } from '../../shared/store/object-store.ts';

/** The durable result of one pack: what its object holds, whichever delivery wrote it. */
export interface StoredPack {
  readonly packId: string;
  readonly key: string;
  /** When its first tweet came in. */
  readonly receivedAt: Date;
  readonly records: readonly TaggedTweet[];
}

/**
 * False when the object is there already: an earlier delivery of the same pack got so far. An object that does not hold
 * every record was cut short with the machine, before its message was done, and is written again.
 */
export async function storePack(store: ObjectStore, { key, records }: StoredPack): Promise<boolean> {
  try {
    await store.put(key, resultLines(records), { ifNoneMatch: '*' });
    return true;
  } catch (error) {
    if (!(error instanceof NerError && error.code === 'E_STORE_CONFLICT')) throw error;
  }
  const object = await store.get(key);
  // Gone into a compacted object meanwhile.
  if (object === undefined) return false;
  const held = readNdjsonResults(key, object.body);
  const missing = new Map(records.map((record) => [record.id, record]));
  for (const { id } of held.records) missing.delete(id);
  if (held.damage === undefined && missing.size === 0) return false;
  await store.put(key, resultLines([...held.records, ...missing.values()]), { ifMatch: object.etag });
  return true;
}

/**
 * The pack as an earlier delivery stored it, perhaps with another model; `pack` itself where its object has gone into a
 * compacted one meanwhile.
 */
export async function readStoredPack(store: ObjectStore, pack: StoredPack): Promise<StoredPack> {
  const object = await store.get(pack.key);
  if (object === undefined) return pack;
  return { ...pack, records: readNdjsonResults(pack.key, object.body).records };
}
