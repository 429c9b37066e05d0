import type { ObjectStore } from '../store/object-store.ts';
import { readNdjsonResults } from './ndjson-results.ts';
import { idsByPack } from './parquet-results.ts';
import { hourKeys, hourOfKey, packOfKey } from './result-hour.ts';

/** The ids that the pack of an NDJSON key has records of, in whichever form they are now. @throws E_RESULT_DAMAGED */
export async function storedIds(store: ObjectStore, key: string): Promise<ReadonlySet<string>> {
  const object = await store.get(key);
  if (object !== undefined) {
    const { records, damage } = readNdjsonResults(key, object.body);
    if (damage !== undefined) throw damage;
    return new Set(records.map(({ id }) => id));
  }
  for (const parquet of (await hourKeys(store, hourOfKey(key))).parquet) {
    const compacted = await store.get(parquet);
    const ids = compacted === undefined ? undefined : (await idsByPack(parquet, compacted.body)).get(packOfKey(key));
    if (ids !== undefined) return new Set(ids);
  }
  return new Set();
}
