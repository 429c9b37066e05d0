import type { BackfillSwap } from '../../shared/contracts/backfill.ts';
import { NerError } from '../../shared/ner-error.ts';
import { readNdjsonResults, resultLines } from '../../shared/results/ndjson-results.ts';
import { decodeParquet, encodeParquet } from '../../shared/results/parquet-results.ts';
import { hourEnd, hourKeys, hourPrefix, packOfKey, type ResultHour } from '../../shared/results/result-hour.ts';
import type { ObjectStore } from '../../shared/store/object-store.ts';
import { readRun, readSwap, runPrefix } from './backfill-run.ts';
import { putOnce } from './put-once.ts';

export interface SwapOptions {
  readonly run: string;
  readonly clock: () => Date;
  /** Ends the work after the hour in hand. */
  readonly signal?: AbortSignal;
}

/** What the swap of one hour came to. */
export interface SwappedHour {
  readonly hour: ResultHour;
  /** Records of the run that are now among the results. */
  readonly added: number;
  /** Records that gave way to them; the objects that held them are kept under `backfill/RUN/replaced/`. */
  readonly replaced: number;
}

/** Objects change under a swap where a host compacts: so often an hour is looked at again. */
const MAX_PASSES = 10;

/**
 * Puts a run's records among the results, hour by hour, in place of older records of the same tweets; records of tweets that
 * the run does not have stay. It may be killed at any moment and called again, and beside a host at work:
 * - `swap.json` names the hours before anything else changes, and closes the run;
 * - the run's records are there before the older ones go, so that for the time of an hour's swap a reader may find a tweet
 *   twice, and never misses one;
 * - what goes is copied to `replaced/` first;
 * - an hour that is done is marked, and passed over from then on.
 *
 * A tweet that streams in belongs to the hour it came in, a moment after it was made: so the hour after is looked at as well.
 *
 * @throws {E_BACKFILL_RUN} there is no such run
 * @throws {E_RESULT_DAMAGED} an object of the results cannot be read; what was swapped before it is complete
 */
export async function* swapRun(store: ObjectStore, options: SwapOptions): AsyncGenerator<SwappedHour> {
  const { run, signal } = options;
  const { hours } = await openSwap(store, options);
  const own = new Set<string>();
  for await (const key of store.keys(`${runPrefix(run)}tagged/`)) own.add(packOfKey(key));
  for (const hour of hours) {
    if (signal?.aborted === true) return;
    const mark = `${runPrefix(run)}swapped/dt=${hour.dt}-hr=${hour.hr}.json`;
    if ((await store.head(mark)) !== undefined) continue;
    const done = await swapHour(store, { run, own, hour });
    await putOnce(store, mark, Buffer.from(JSON.stringify(done)));
    yield done;
  }
}

async function openSwap(store: ObjectStore, { run, clock }: SwapOptions): Promise<BackfillSwap> {
  const known = await readSwap(store, run);
  if (known !== undefined) return known;
  if ((await readRun(store, run)) === undefined) {
    throw new NerError('E_BACKFILL_RUN', `backfill: there is no run ${run}; expected one that has tagged something.`);
  }
  const prefix = `${runPrefix(run)}tagged/`;
  const hours = new Map<string, ResultHour>();
  for await (const key of store.keys(prefix)) {
    const [dt, hr] = key.slice(prefix.length).split('/');
    hours.set(`${dt} ${hr}`, { dt: dt!.slice('dt='.length), hr: hr!.slice('hr='.length) });
  }
  const format = { format: 'tagwright-backfill-swap', formatVersion: 1 } as const;
  const swap: BackfillSwap = { ...format, run, beganAt: clock().toISOString(), hours: [...hours.values()] };
  if (await putOnce(store, `${runPrefix(run)}swap.json`, Buffer.from(JSON.stringify(swap)))) return swap;
  return (await readSwap(store, run))!;
}

interface HourSwap {
  readonly run: string;
  /** The packs of the run. */
  readonly own: ReadonlySet<string>;
  readonly hour: ResultHour;
}

async function swapHour(store: ObjectStore, swap: HourSwap): Promise<SwappedHour> {
  const ids = await addRecords(store, swap);
  const next = hourEnd(swap.hour).toISOString();
  const after: ResultHour = { dt: next.slice(0, 10), hr: next.slice(11, 13) };
  let replaced = 0;
  for (const hour of [swap.hour, after]) {
    for (let pass = 1, found = true; found; pass++) {
      if (pass > MAX_PASSES)
        throw new NerError('E_STORE_CONFLICT', `backfill: ${hourPrefix(hour)} changes all the time.`);
      const dropped = await dropRecords(store, { ...swap, hour }, ids);
      replaced += dropped;
      found = dropped > 0;
    }
  }
  return { hour: swap.hour, added: ids.size, replaced };
}

/** Puts the run's objects of the hour among the results; a tweet that several parts of it have counts once. */
async function addRecords(store: ObjectStore, { run, hour }: HourSwap): Promise<ReadonlySet<string>> {
  const ids = new Set<string>();
  for await (const key of store.keys(`${runPrefix(run)}${hourPrefix(hour)}`)) {
    const { records, damage } = readNdjsonResults(key, (await store.get(key))!.body);
    if (damage !== undefined) throw damage;
    const fresh = records.filter(({ id }) => !ids.has(id) && ids.add(id));
    if (fresh.length > 0) await putOnce(store, `${hourPrefix(hour)}${packOfKey(key)}.ndjson`, resultLines(fresh));
  }
  return ids;
}

/** Takes records of these tweets out of an hour, unless they are the run's own; returns how many there were. */
async function dropRecords(store: ObjectStore, swap: HourSwap, ids: ReadonlySet<string>): Promise<number> {
  const { parquet, ndjson } = await hourKeys(store, swap.hour);
  let dropped = 0;
  for (const key of [...parquet, ...ndjson]) {
    if (key.endsWith('.ndjson') && swap.own.has(packOfKey(key))) continue;
    const object = await store.get(key);
    // Gone into a compacted object, which the next pass finds.
    if (object === undefined) continue;
    const packed = await readPacked(key, object.body);
    const rest = packed.filter(({ pack, record }) => swap.own.has(pack) || !ids.has(record.id));
    if (rest.length === packed.length) continue;
    await putOnce(store, `${runPrefix(swap.run)}replaced/${key}`, object.body);
    if (rest.length === 0) await store.delete(key);
    else {
      const body = key.endsWith('.parquet') ? encodeParquet(rest) : resultLines(rest.map(({ record }) => record));
      await store.put(key, body, { ifMatch: object.etag });
    }
    dropped += packed.length - rest.length;
  }
  return dropped;
}

async function readPacked(key: string, body: Uint8Array): ReturnType<typeof decodeParquet> {
  if (key.endsWith('.parquet')) return decodeParquet(key, body);
  const { records, damage } = readNdjsonResults(key, body);
  if (damage !== undefined) throw damage;
  return records.map((record) => ({ pack: packOfKey(key), record }));
}
