import fc from 'fast-check';
import { truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { compactHour } from '../../../shared/results/compact-hour.ts';
import { readResults } from '../../../shared/results/read-results.ts';
import type { ObjectStore } from '../../../shared/store/object-store.ts';
import { collect } from '../../support/collect.ts';
import { duckdbRecords } from '../../support/duckdb-results.ts';
import { Died, dyingStore } from '../../support/dying-store.ts';
import { openStore } from '../../support/open-store.ts';
import { byId, expectedRecords, HOUR, plainPack, resultPacks, storeResults } from '../../support/result-packs.ts';

const stored = async (store: ObjectStore) => byId(await collect(readResults(store)));
const forms = async (store: ObjectStore) =>
  (await collect(store.keys('tagged/'))).map((key) => key.slice(key.lastIndexOf('.') + 1));

describe('compaction of an hour', () => {
  test('puts all packs into one Parquet object and removes theirs', async () => {
    const { root, store } = openStore();
    const packs = ['a', 'b', 'c'].map((seed) => plainPack(seed));
    for (const pack of packs) await storeResults(store, pack);
    expect(await compactHour(store, HOUR)).toEqual({ written: 1, records: 6, removed: 3, damaged: [] });
    expect(await forms(store)).toEqual(['parquet']);
    expect(await stored(store)).toEqual(expectedRecords(packs));
    expect(await duckdbRecords(root)).toEqual(expectedRecords(packs));
    expect(await compactHour(store, HOUR)).toEqual({ written: 0, records: 0, removed: 0, damaged: [] });
  });

  test('gives the object the hash of its packs as key, whatever order they came in', async () => {
    const packs = ['a', 'b', 'c'].map((seed) => plainPack(seed));
    const keys = [];
    for (const order of [packs, [...packs].reverse()]) {
      const { store } = openStore();
      for (const pack of order) await storeResults(store, pack);
      await compactHour(store, HOUR);
      keys.push((await collect(store.keys('tagged/')))[0]);
    }
    expect(keys[0]).toBe(keys[1]);
  });

  test('writes several objects where one would be too large to hold in memory', async () => {
    const { store } = openStore();
    const packs = Array.from({ length: 7 }, (_, i) => plainPack(`p${i}`));
    for (const pack of packs) await storeResults(store, pack);
    const sizeBytes = Buffer.byteLength(packs[0]!.records.map((record) => `${JSON.stringify(record)}\n`).join(''));
    expect(await compactHour(store, HOUR, { maxBytes: 3 * sizeBytes })).toMatchObject({ written: 3, removed: 7 });
    expect(await stored(store)).toEqual(expectedRecords(packs));
  });

  test('drops a pack that was delivered and stored again after it, and takes up what came late', async () => {
    const { store } = openStore();
    const [first, late] = [plainPack('first'), plainPack('late')];
    await storeResults(store, first);
    await compactHour(store, HOUR);
    await storeResults(store, { ...first, records: first.records.map((record) => ({ ...record, model: 'another' })) });
    await storeResults(store, late);
    expect(await stored(store)).toEqual(expectedRecords([first, late]));
    expect(await compactHour(store, HOUR)).toEqual({ written: 1, records: 2, removed: 2, damaged: [] });
    expect(await stored(store)).toEqual(expectedRecords([first, late]));
  });

  test('killed before or after any of its steps and run again, it loses and doubles nothing', async () => {
    const packs = ['a', 'b', 'c'].map((seed) => plainPack(seed));
    let deaths = 0;
    for (let step = 0; ; step++) {
      const { store } = openStore();
      for (const pack of packs) await storeResults(store, pack);
      const died = await compactHour(dyingStore(store, step), HOUR).then(
        () => false,
        (error: unknown) => error instanceof Died,
      );
      expect(await stored(store)).toEqual(expectedRecords(packs));
      await compactHour(store, HOUR);
      expect(await stored(store)).toEqual(expectedRecords(packs));
      expect(await forms(store)).toEqual(['parquet']);
      if (!died) break;
      deaths += 1;
    }
    // Before and after one put and three removals.
    expect(deaths).toBe(8);
  });

  test('gives the same rows for any packs, deaths, deliveries and repetitions, to hyparquet and to DuckDB', async () => {
    const steps = fc.array(fc.tuple(fc.nat(12), fc.nat(5)), { maxLength: 4 });
    await fc.assert(
      fc.asyncProperty(resultPacks, steps, fc.integer({ min: 1, max: 4_000 }), async (packs, all, maxBytes) => {
        const { root, store } = openStore();
        for (const pack of packs) await storeResults(store, pack);
        for (const [step, again] of all) {
          await compactHour(dyingStore(store, step), HOUR, { maxBytes }).catch((error: unknown) => {
            if (!(error instanceof Died)) throw error;
          });
          const delivered = packs[again];
          // In place of what may still be there.
          if (delivered !== undefined) await storeResults(store, delivered).catch(() => undefined);
        }
        expect(await stored(store)).toEqual(expectedRecords(packs));
        expect(await duckdbRecords(root)).toEqual(expectedRecords(packs));
      }),
      { numRuns: 30 },
    );
  }, 60_000);

  test('twice at the same time counts no pack twice', async () => {
    const { root, store } = openStore();
    const other = openStore(root).store;
    const packs = Array.from({ length: 12 }, (_, i) => plainPack(`p${i}`));
    for (const pack of packs) await storeResults(store, pack);
    await Promise.all([compactHour(store, HOUR, { maxBytes: 2_000 }), compactHour(other, HOUR, { maxBytes: 3_000 })]);
    expect(await stored(store)).toEqual(expectedRecords(packs));
    expect(await duckdbRecords(root)).toEqual(expectedRecords(packs));
  });

  test('leaves an object that was cut short where it is, names it, and compacts the others', async () => {
    const { root, store } = openStore();
    const [whole, cut] = [plainPack('whole'), plainPack('cut')];
    await storeResults(store, whole);
    const key = await storeResults(store, cut);
    truncateSync(join(root, key), 300);
    const { damaged, removed } = await compactHour(store, HOUR);
    expect([removed, damaged.map(({ code }) => code)]).toEqual([1, ['E_RESULT_DAMAGED']]);
    expect(damaged[0]!.message).toContain(`${key}:`);
    expect((await forms(store)).sort()).toEqual(['ndjson', 'parquet']);
  });

  test('passes over files of other people', async () => {
    const { root, store } = openStore();
    const key = await storeResults(store, plainPack('a'));
    writeFileSync(join(root, key, '..', 'notes.txt'), 'mine');
    await compactHour(store, HOUR);
    expect((await forms(store)).sort()).toEqual(['parquet', 'txt']);
  });
});
