import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { cli } from '../support/cli.ts';
import { collect } from '../support/collect.ts';
import { openStore } from '../support/open-store.ts';
import { HOUR, plainPack, storeResults } from '../support/result-packs.ts';
import { tempFolder } from '../support/temp-folder.ts';

const now = new Date().toISOString();
const UNDER_WAY = { dt: now.slice(0, 10), hr: now.slice(11, 13) };

describe('compact', () => {
  test('compacts hours that are over, the others where it is told to, and says so', async () => {
    const state = tempFolder();
    const { store } = openStore(join(state, 'store'));
    for (const seed of ['a', 'b']) await storeResults(store, plainPack(seed));
    await storeResults(store, plainPack('c'), UNDER_WAY);
    const first = await cli(['compact', '--state', state]);
    expect([first.code, first.stdout]).toEqual([
      0,
      '2026-03-04 05:00  4 records in 1 Parquet files, 2 NDJSON files removed\n',
    ]);
    const all = await cli(['compact', '--state', state, '--all', '--json']);
    expect(JSON.parse(all.stdout)).toEqual({ ...UNDER_WAY, written: 1, records: 2, removed: 1, damaged: [] });
    const again = await cli(['compact', '--state', state, '--all']);
    expect([again.code, again.stdout, again.stderr]).toEqual([0, '', `nothing to compact in ${state}\n`]);
  });

  test('fails for a result that was cut short, naming it, and compacts the others', async () => {
    const state = tempFolder();
    const { store } = openStore(join(state, 'store'));
    await storeResults(store, plainPack('a'));
    await store.put(`tagged/dt=${HOUR.dt}/hr=${HOUR.hr}/cut.ndjson`, Buffer.from('{"id":"1"'));
    const { code, stderr } = await cli(['compact', '--state', state]);
    expect(code).toBe(1);
    expect(stderr).toMatch(/^warning: E_RESULT_DAMAGED: tagged\/dt=2026-03-04\/hr=05\/cut\.ndjson:1: results: /);
    expect((await collect(store.keys('tagged/'))).map((key) => key.slice(key.lastIndexOf('.'))).sort()).toEqual([
      '.ndjson',
      '.parquet',
    ]);
  });
});
