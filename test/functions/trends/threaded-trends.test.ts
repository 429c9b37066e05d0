import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { createThreadedTrends, type ThreadedTrends } from '../../../functions/trends/threaded-trends.ts';
import { trendsQuerySchema } from '../../../shared/contracts/trends.ts';
import { writeVectorFile } from '../../../shared/features/vector-file.ts';
import { tempFolder } from '../../support/temp-folder.ts';
import { trendRecord } from '../../support/trend-records.ts';

const AT = Date.parse('2026-11-20T12:00:00Z');

function open(path: string, now = { ms: AT }): ThreadedTrends {
  const trends = createThreadedTrends({ path, clock: () => new Date(now.ms), onError: () => undefined });
  onTestFinished(() => trends.close());
  return trends;
}

const query = trendsQuerySchema.parse({ order: 'count' });
const ann = (id: string) => trendRecord({ id, at: AT, names: [{ type: 'person', text: 'Ann' }] });

test('packs that are given at once are each counted once, and what follows sees them', async () => {
  const now = { ms: AT };
  const trends = open(join(tempFolder(), 'trends.sqlite'), now);
  const packs = Array.from({ length: 20 }, (_, i) => ({ packId: `pack ${i % 10}`, records: [ann(String(i % 10))] }));
  const added = await Promise.all(packs.map((pack) => trends.add(pack)));
  expect(added.filter(Boolean)).toHaveLength(10);
  expect((await trends.list(query)).trends).toMatchObject([{ key: 'person:ann', tweets: 10 }]);
  expect(await trends.detail('person:ann', { window: '1h' })).toMatchObject({ trend: { tweets: 10 } });
  expect(await trends.detail('person:bob', { window: '1h' })).toBeUndefined();
  expect(await trends.merges()).toEqual([]);
  await trends.add({ packId: 'more', records: [ann('more')] });
  // Within two seconds all who ask the same get the same answer.
  expect((await trends.list(query)).trends).toMatchObject([{ tweets: 10 }]);
  now.ms += 2_000;
  expect((await trends.list(query)).trends).toMatchObject([{ tweets: 11 }]);
});

test('compares spellings by the vectors of the model too', async () => {
  const now = { ms: AT };
  const trends = open(join(tempFolder(), 'trends.sqlite'), now);
  const index = new Map([
    ['beckham', 0],
    ['bekcham', 1],
  ]);
  const values = new Float16Array([1, 0, 0.9, 0.1]); // [2, 2]
  const namedAs = (text: string, count: number) =>
    Array.from({ length: count }, (_, i) =>
      trendRecord({ id: `${text} ${i}`, at: AT, names: [{ type: 'person', text }] }),
    );
  const records = [...namedAs('beckham', 50), ...namedAs('bekcham', 2)];
  await trends.add({ packId: 'a', records });
  expect(await trends.merges()).toEqual([]);
  trends.compareBy(writeVectorFile({ dim: 2, index, ranks: new Int32Array(2), values }));
  now.ms += 60_000;
  await trends.add({ packId: 'b', records: [] });
  expect(await trends.merges()).toMatchObject([{ form: 'bekcham', into: 'beckham', reason: 'meaning' }]);
});

test('fails with the code of the other thread, and works again when the reason is gone', async () => {
  const path = join(tempFolder(), 'trends.sqlite');
  writeFileSync(path, 'no database, but as long as one would have to be '.repeat(100));
  const trends = open(path);
  await expect(trends.list(query)).rejects.toMatchObject({ code: 'E_DATABASE_CORRUPT' });
  await expect(trends.add({ packId: 'a', records: [ann('1')] })).rejects.toMatchObject({ code: 'E_DATABASE_CORRUPT' });
  writeFileSync(path, '');
  expect(await trends.add({ packId: 'a', records: [ann('1')] })).toBe(true);
  await expect(trends.decide({ action: 'undo', type: 'person', form: 'x' })).rejects.toMatchObject({
    code: 'E_MERGE_UNKNOWN',
  });
});

test('fails after it was closed, instead of starting anew', async () => {
  const trends = open(join(tempFolder(), 'trends.sqlite'));
  await trends.add({ packId: 'a', records: [ann('1')] });
  await trends.close();
  await expect(trends.add({ packId: 'b', records: [ann('2')] })).rejects.toMatchObject({ code: 'E_WORKER_LOST' });
});
