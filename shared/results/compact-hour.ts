import { createHash } from 'node:crypto';
import { NerError } from '../ner-error.ts';
import type { ObjectStore } from '../store/object-store.ts';
import { canonicalRecord } from './canonical-record.ts';
import { readNdjsonResults } from './ndjson-results.ts';
import { encodeParquet, idsByPack, type PackedRecord } from './parquet-results.ts';
import { hourKeys, hourPrefix, packOfKey, type ResultHour } from './result-hour.ts';

export interface CompactHourOptions {
  /** NDJSON that becomes one Parquet object, and so what is held in memory; 32 MiB by default. */
  readonly maxBytes?: number;
}

/** What compaction of an hour did. */
export interface CompactedHour {
  /** Parquet objects written. */
  readonly written: number;
  readonly records: number;
  /** NDJSON objects removed. */
  readonly removed: number;
  /** Objects that are damaged, which stay as they are. */
  readonly damaged: readonly NerError[];
}

/** A pack that is on its way from NDJSON to Parquet. */
interface Pack {
  readonly key: string;
  readonly pack: string;
  readonly records: readonly PackedRecord[];
}

const DEFAULT_MAX_BYTES = 32 * 1024 * 1024;

/**
 * Turns the NDJSON objects of an hour into Parquet objects. It may be killed at any moment and run again, twice at the
 * same time, and beside a tagger that writes:
 * - a Parquet object has the hash of its packs as key and is written whole before any NDJSON object is removed, and only
 *   what is found in the object as it was stored is removed;
 * - until then a pack is in both forms, and readers count it once (read-results.ts);
 * - a pack that is written again later is found in the Parquet object, and its NDJSON object is removed.
 */
export async function compactHour(
  store: ObjectStore,
  hour: ResultHour,
  { maxBytes = DEFAULT_MAX_BYTES }: CompactHourOptions = {},
): Promise<CompactedHour> {
  const { parquet, ndjson } = await hourKeys(store, hour);
  const done = { written: 0, records: 0, removed: 0 };
  const damaged: NerError[] = [];
  if (ndjson.length === 0) return { ...done, damaged };
  const held = await heldPacks(store, parquet, damaged);
  let batch: Pack[] = [];
  let batchBytes = 0;
  const flush = async (): Promise<void> => {
    if (batch.length === 0) return;
    await store.put(
      `${hourPrefix(hour)}${hashOf(batch)}.parquet`,
      encodeParquet(batch.flatMap(({ records }) => records)),
    );
    done.written += 1;
    await removeHeld(store, hour, batch);
    for (const { records } of batch) done.records += records.length;
    done.removed += batch.length;
    batch = [];
    batchBytes = 0;
  };
  for (const key of ndjson) {
    const pack = packOfKey(key);
    if (held.has(pack)) {
      await store.delete(key);
      done.removed += 1;
      continue;
    }
    const object = await store.get(key);
    // Another process compacts the hour too.
    if (object === undefined) continue;
    const { records, damage } = readNdjsonResults(key, object.body);
    if (damage !== undefined) {
      damaged.push(damage);
      continue;
    }
    if (batchBytes + object.sizeBytes > maxBytes) await flush();
    batch.push({ key, pack, records: records.map((record) => ({ pack, record: canonicalRecord(record) })) });
    batchBytes += object.sizeBytes;
  }
  await flush();
  return { ...done, damaged };
}

async function heldPacks(store: ObjectStore, keys: readonly string[], damaged: NerError[]): Promise<Set<string>> {
  const packs = new Set<string>();
  for (const key of keys) {
    const object = await store.get(key);
    if (object === undefined) continue;
    try {
      for (const pack of (await idsByPack(key, object.body)).keys()) packs.add(pack);
    } catch (error) {
      if (!(error instanceof NerError && error.code === 'E_RESULT_DAMAGED')) throw error;
      damaged.push(error);
    }
  }
  return packs;
}

/** The 32 first hex digits of the SHA-256 of the sorted pack ids, one a line. */
function hashOf(packs: readonly Pack[]): string {
  const ids = packs.map(({ pack }) => pack).sort();
  return createHash('sha256').update(ids.join('\n')).digest('hex').slice(0, 32);
}

/** Removes the packs' NDJSON objects, having read from the store that the Parquet object holds every record of them. */
async function removeHeld(store: ObjectStore, hour: ResultHour, packs: readonly Pack[]): Promise<void> {
  const key = `${hourPrefix(hour)}${hashOf(packs)}.parquet`;
  const stored = await store.get(key);
  const held = stored === undefined ? new Map<string, readonly string[]>() : await idsByPack(key, stored.body);
  for (const { pack, records } of packs) {
    const ids = held.get(pack) ?? [];
    if (records.every(({ record }, i) => record.id === ids[i]) && ids.length === records.length) continue;
    throw new NerError('E_INTERNAL', `internal: compact: ${key} does not hold pack ${pack} as it was written.`);
  }
  for (const pack of packs) await store.delete(pack.key);
}
