import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { createThreadedTrends } from '../../../functions/trends/threaded-trends.ts';
import type { TrendService } from '../../../functions/trends/trend-service.ts';
import { trendsQuerySchema } from '../../../shared/contracts/trends.ts';
import { tempFolder } from '../../support/temp-folder.ts';
import { trendRecord } from '../../support/trend-records.ts';

const AT = Date.parse('2026-11-20T12:00:00Z');

function open(path: string, now = { ms: AT }): TrendService {
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
