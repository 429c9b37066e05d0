import { type TaggedTweet, taggedTweetSchema } from '../../shared/contracts/tweet.ts';
import { NerError } from '../../shared/ner-error.ts';
import type { ObjectStore } from '../../shared/store/object-store.ts';

/** The durable result of one pack: what its object holds, whichever delivery wrote it. */
export interface StoredPack {
  readonly packId: string;
  readonly key: string;
  /** When its first tweet came in. */
  readonly receivedAt: Date;
  readonly records: readonly TaggedTweet[];
}

/** False when the object is there already: an earlier delivery of the same pack got so far. */
export async function storePack(store: ObjectStore, { key, records }: StoredPack): Promise<boolean> {
  const body = records.map((record) => `${JSON.stringify(record)}\n`).join('');
  try {
    await store.put(key, Buffer.from(body), { ifNoneMatch: '*' });
    return true;
  } catch (error) {
    if (error instanceof NerError && error.code === 'E_STORE_CONFLICT') return false;
    throw error;
  }
}

/**
 * The pack as an earlier delivery stored it, perhaps with another model; `pack` itself where its object has gone into a
 * compacted one meanwhile.
 */
export async function readStoredPack(store: ObjectStore, pack: StoredPack): Promise<StoredPack> {
  const object = await store.get(pack.key);
  if (object === undefined) return pack;
  const lines = Buffer.from(object.body).toString('utf8').trimEnd().split('\n');
  return { ...pack, records: lines.map((line) => taggedTweetSchema.parse(JSON.parse(line))) };
}
