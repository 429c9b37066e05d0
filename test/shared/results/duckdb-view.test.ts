import { appendFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { compactHour } from '../../../shared/results/compact-hour.ts';
import { taggedView } from '../../../shared/results/duckdb-view.ts';
import { duckdbRecords, queryTagged } from '../../support/duckdb-results.ts';
import { openStore } from '../../support/open-store.ts';
import { expectedRecords, HOUR, plainPack, storeResults } from '../../support/result-packs.ts';
import { tempFolder } from '../../support/temp-folder.ts';

const LATER = { dt: '2026-03-05', hr: '23' };
const [a, b, c] = [plainPack('a'), plainPack('b', 3), plainPack('c')];

describe('the view', () => {
  test('has no rows, but all columns, where there are no results', async () => {
    const { root } = openStore(join(tempFolder(), 'not there yet'));
    const columns = await queryTagged(root, 'DESCRIBE tagged');
    expect(columns.map(({ column_name: name, column_type: type }) => [name, type])).toEqual([
      ['dt', 'DATE'],
      ['hr', 'TINYINT'],
      ['id', 'VARCHAR'],
      ['created_at', 'TIMESTAMP'],
      ['tagged_at', 'TIMESTAMP'],
      ['lang', 'VARCHAR'],
      ['author', 'VARCHAR'],
      ['text', 'VARCHAR'],
      ['model', 'VARCHAR'],
      ['pack', 'VARCHAR'],
      [
        'entities',
        'STRUCT("type" VARCHAR, "text" VARCHAR, "start" INTEGER, "end" INTEGER, startCp INTEGER, endCp INTEGER, score DOUBLE)[]',
      ],
    ]);
    expect(await queryTagged(root, 'SELECT count(*)::INTEGER AS n FROM tagged')).toEqual([{ n: 0 }]);
  });

  test('has the same columns and rows for NDJSON alone, for Parquet alone and for both', async () => {
    const { root, store } = openStore();
    const describeTagged = 'SELECT column_name, column_type FROM (DESCRIBE tagged)';
    await storeResults(store, a);
    await storeResults(store, b, LATER);
    const columns = await queryTagged(root, describeTagged);
    const parts = 'SELECT dt::VARCHAR AS dt, hr, count(*)::INTEGER AS n FROM tagged GROUP BY ALL ORDER BY ALL';
    const rows = [
      { dt: HOUR.dt, hr: 5, n: 2 },
      { dt: LATER.dt, hr: 23, n: 3 },
    ];
    for (const hour of [undefined, HOUR, LATER]) {
      if (hour !== undefined) await compactHour(store, hour);
      expect(await queryTagged(root, describeTagged)).toEqual(columns);
      expect(await queryTagged(root, parts)).toEqual(rows);
      expect(await duckdbRecords(root)).toEqual(expectedRecords([a, b]));
    }
  });

  test('counts a pack once that is in both forms', async () => {
    const { root, store } = openStore();
    for (const pack of [a, b]) await storeResults(store, pack);
    await compactHour(store, HOUR);
    for (const pack of [b, c]) await storeResults(store, pack);
    expect(await duckdbRecords(root)).toEqual(expectedRecords([a, b, c]));
  });

  test('counts a pack once that two compactions at a time wrote', async () => {
    const { root, store } = openStore();
    await storeResults(store, a);
    await compactHour(store, HOUR);
    const [first] = await queryTagged(root, "SELECT file FROM glob('" + root + "/tagged/*/*/*.parquet')");
    const parquet = await store.get(String(first!['file']).slice(root.length + 1));
    await store.put(`tagged/dt=${HOUR.dt}/hr=${HOUR.hr}/${'0'.repeat(32)}.parquet`, parquet!.body);
    expect(await duckdbRecords(root)).toEqual(expectedRecords([a]));
  });

  test('gives times in UTC and entities by their fields', async () => {
    const { root, store } = openStore();
    await storeResults(store, plainPack('a', 1));
    const sql = `SELECT created_at::VARCHAR AS created, entity.type, entity."end", substr(text, entity."startCp" + 1, 4) AS said
      FROM tagged, UNNEST(entities) AS t(entity)`;
    const row = { created: '2026-03-04 05:06:07.5', type: 'person', end: 8, said: 'Anna' };
    expect(await queryTagged(root, sql)).toEqual([row]);
    await compactHour(store, HOUR);
    expect(await queryTagged(root, sql)).toEqual([row]);
  });

  test('finds a folder whose name has quotes and the characters of patterns', async () => {
    const { root, store } = openStore(join(tempFolder(), "it's [a] *store?"));
    await storeResults(store, a);
    expect(await duckdbRecords(root)).toEqual(expectedRecords([a]));
    await compactHour(store, HOUR);
    expect(await duckdbRecords(root)).toEqual(expectedRecords([a]));
  });

  test('fails for a result that was cut short, naming it', async () => {
    const { root, store } = openStore();
    const key = await storeResults(store, a);
    appendFileSync(join(root, key), '{"id":"cut');
    await expect(queryTagged(root, 'SELECT * FROM tagged')).rejects.toThrow(new RegExp(`E_RESULT_DAMAGED.*${key}`));
  });
});

test('is one statement that may be run again', () => {
  expect(taggedView('/nowhere')).toMatch(/^CREATE OR REPLACE VIEW tagged AS\nSELECT [^;]*;\n$/);
});
