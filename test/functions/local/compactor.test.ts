import { expect, onTestFinished, test } from 'vitest';
import { startCompactor } from '../../../functions/local/compactor.ts';
import { collect } from '../../support/collect.ts';
import { openStore } from '../../support/open-store.ts';
import { HOUR, plainPack, storeResults } from '../../support/result-packs.ts';

const NEVER_MS = 1e9;

function compactor(now: string) {
  const { root, store } = openStore();
  const log: string[] = [];
  const times = { firstMs: NEVER_MS, everyMs: NEVER_MS, graceMs: 300_000 };
  const running = startCompactor({ root, clock: () => new Date(now), log: (line) => log.push(line), ...times });
  onTestFinished(() => running.stop());
  return { store, log, running };
}

test('compacts hours that have been over for a while, and says so', async () => {
  const early = compactor('2026-03-04T06:04:59Z');
  await storeResults(early.store, plainPack('a'));
  await early.running.run();
  expect(early.log).toEqual([]);
  const late = compactor('2026-03-04T06:05:00Z');
  await storeResults(late.store, plainPack('a'));
  await late.running.run();
  expect(late.log).toEqual(['results of 2026-03-04 05:00 compacted: 2 records in 1 Parquet files']);
  expect((await collect(late.store.keys('tagged/'))).map((key) => key.slice(-8))).toEqual(['.parquet']);
});

test('tells of an object that is damaged', async () => {
  const { store, log, running } = compactor('2026-03-05T00:00:00Z');
  await store.put(`tagged/dt=${HOUR.dt}/hr=${HOUR.hr}/cut.ndjson`, Buffer.from('{"id'));
  await running.run();
  expect(log).toEqual([expect.stringMatching(/^tagged\/dt=2026-03-04\/hr=05\/cut\.ndjson:1: results: /)]);
});

test('ends in the midst of its work', async () => {
  const { store, running } = compactor('2026-03-05T00:00:00Z');
  for (let i = 0; i < 20; i++) await storeResults(store, plainPack(String(i)));
  const work = running.run();
  await running.stop();
  await work;
});
