import { truncateSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { NerError } from '../../../shared/ner-error.ts';
import { compactHour } from '../../../shared/results/compact-hour.ts';
import { readHour, readResults } from '../../../shared/results/read-results.ts';
import type { ObjectStore } from '../../../shared/store/object-store.ts';
import { collect } from '../../support/collect.ts';
import { codeOf } from '../../support/error-code.ts';
import { openStore } from '../../support/open-store.ts';
import { byId, expectedRecords, HOUR, plainPack, storeResults } from '../../support/result-packs.ts';

const [a, b] = [plainPack('a'), plainPack('b', 3)];
const EARLIER = { dt: '2026-03-03', hr: '23' };

test('reads hours in order, in whichever form they are', async () => {
  const { store } = openStore();
  await storeResults(store, a);
  await storeResults(store, b, EARLIER);
  expect((await collect(readResults(store))).map(({ id }) => id)).toEqual(['b-0', 'b-1', 'b-2', 'a-0', 'a-1']);
  await compactHour(store, EARLIER);
  expect((await collect(readResults(store))).map(({ id }) => id)).toEqual(['b-0', 'b-1', 'b-2', 'a-0', 'a-1']);
});

test('reads nothing where there is nothing', async () => {
  expect(await collect(readResults(openStore().store))).toEqual([]);
});

test('misses nothing when the hour is compacted between listing and reading', async () => {
  const { store } = openStore();
  for (const pack of [a, b]) await storeResults(store, pack);
  let compacted = false;
  const interrupted: ObjectStore = Object.assign(Object.create(store) as ObjectStore, {
    get: async (key: string) => {
      const object = await store.get(key);
      if (!compacted) await compactHour(store, HOUR);
      compacted = true;
      return object;
    },
    keys: (prefix: string) => store.keys(prefix),
  });
  const found = await collect(readHour(interrupted, HOUR));
  expect(byId(found.map(({ record }) => record))).toEqual(expectedRecords([a, b]));
});

test('fails for an object that was cut short, or tells of it and goes on', async () => {
  const { root, store } = openStore();
  await storeResults(store, a);
  const key = await storeResults(store, b);
  const [first, second] = b.records.map((record) => Buffer.byteLength(JSON.stringify(record)) + 1);
  truncateSync(join(root, key), first! + second! + 10);
  expect(await codeOf(() => collect(readResults(store)))).toBe('E_RESULT_DAMAGED');
  const told: NerError[] = [];
  const found = await collect(readResults(store, { onDamaged: (error) => told.push(error) }));
  expect(found.map(({ id }) => id).sort()).toEqual(['a-0', 'a-1', 'b-0', 'b-1']);
  expect(told.map(({ message }) => message.split(': ')[0])).toEqual([`${key}:3`]);
});

test('goes on behind a Parquet object that cannot be read', async () => {
  const { root, store } = openStore();
  await storeResults(store, a);
  await compactHour(store, HOUR);
  const [key] = await collect(store.keys('tagged/'));
  truncateSync(join(root, key!), 50);
  await storeResults(store, b);
  const told: NerError[] = [];
  const found = await collect(readResults(store, { onDamaged: (error) => told.push(error) }));
  expect(found.map(({ id }) => id)).toEqual(['b-0', 'b-1', 'b-2']);
  expect(told).toHaveLength(1);
});
