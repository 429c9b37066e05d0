import fc from 'fast-check';
import { expect, onTestFinished, test } from 'vitest';
import { storePack } from '../../../functions/tagger/stored-pack.ts';
import { tellTrends } from '../../../functions/tagger/tell-trends.ts';
import { createTrendsLambda } from '../../../functions/trends/lambda-handler.ts';
import { storedTrendDeps } from '../../../functions/trends/stored-trend-deps.ts';
import { StoredTrends, TRENDS_KEY } from '../../../functions/trends/stored-trends.ts';
import type { TaggedTweet } from '../../../shared/contracts/tweet.ts';
import { NerError } from '../../../shared/ner-error.ts';
import { functionRecords } from '../../support/function-records.ts';
import { sqsEvent } from '../../support/lambda-events.ts';
import { openStore } from '../../support/open-store.ts';
import { tempFolder } from '../../support/temp-folder.ts';
import { trendRecord } from '../../support/trend-records.ts';

const receivedAt = new Date('2026-11-24T08:00:00Z');
const packId = (n: number): string => n.toString(16).padStart(32, '0');
const keyOf = (n: number): string => `tagged/dt=2026-11-24/hr=08/${packId(n)}.ndjson`;

function recordsOf(n: number): TaggedTweet[] {
  return [0, 1].map((i) => {
    const at = receivedAt.getTime();
    const record = trendRecord({ id: `${n}-${i}`, at, names: [{ type: 'person', text: 'Ann Lee' }] });
    return { ...record, entities: [...record.entities], model: '0123456789abcdef' };
  });
}

async function rig({ down = false } = {}) {
  const { store } = openStore();
  for (let n = 0; n < 4; n++)
    await storePack(store, { packId: packId(n), key: keyOf(n), receivedAt, records: recordsOf(n) });
  const records = functionRecords();
  const clock = (): Date => receivedAt;
  const trends = new StoredTrends({ store, folder: tempFolder(), clock });
  onTestFinished(() => {
    trends.close();
  });
  let isDown = down;
  const broken: Pick<StoredTrends, 'change'> = {
    change: async (work) => {
      if (isDown) throw new NerError('E_STORE_CONFLICT', 'put: another was first.');
      return trends.change(work);
    },
  };
  const handler = createTrendsLambda({ store, trends: broken, clock, ...records });
  const invoke = async (bodies: readonly string[]) =>
    (await handler(sqsEvent(bodies))).batchItemFailures.map(({ itemIdentifier }) => itemIdentifier);
  const mentions = async () => (await storedTrendDeps(trends).list({ window: '1h', order: 'count', limit: 10 })).trends;
  const mend = (): void => {
    isDown = false;
  };
  return { ...records, store, invoke, mentions, mend };
}

/** The message of the tagger that names these packs. */
async function naming(...packs: readonly number[]): Promise<string> {
  const sent: string[] = [];
  const send = async (bodies: readonly string[]) => {
    sent.push(...bodies);
    return bodies;
  };
  const stored = packs.map((n) => ({ packId: packId(n), key: keyOf(n), receivedAt, records: recordsOf(n) }));
  await tellTrends({ send }, stored);
  return sent[0]!;
}

test('counts every pack that is named, and answers by what it has counted', async () => {
  const { invoke, mentions, counts } = await rig();
  expect(await invoke([await naming(0, 1), await naming(2)])).toEqual([]);
  expect(await mentions()).toEqual([expect.objectContaining({ name: 'Ann Lee', tweets: 6 })]);
  expect(counts['PacksCounted']).toBe(3);
});

test('packs that are named in any number and order are counted once each', async () => {
  const batch = fc.array(fc.array(fc.nat({ max: 3 }), { minLength: 1, maxLength: 3 }), { minLength: 1, maxLength: 3 });
  await fc.assert(
    fc.asyncProperty(fc.array(batch, { minLength: 1, maxLength: 3 }), async (batches) => {
      const { invoke, mentions } = await rig();
      for (const named of [...batches, [[0, 1, 2, 3]]]) {
        await invoke(await Promise.all(named.map((packs) => naming(...packs))));
      }
      expect(await mentions()).toEqual([expect.objectContaining({ tweets: 8 })]);
    }),
    { numRuns: 10 },
  );
});

test('a message that names no packs fails alone', async () => {
  const { invoke, counts } = await rig();
  const bodies = ['no JSON', await naming(0), '{"v":1,"packs":[{"key":"models/current.json","receivedAt":"x"}]}'];
  expect(await invoke(bodies)).toEqual(['m0', 'm2']);
  expect(counts).toMatchObject({ PacksCounted: 1, MessagesFailed: 2 });
});

test('a pack whose object has gone is passed over', async () => {
  const { invoke, store, counts } = await rig();
  await store.delete(keyOf(1));
  expect(await invoke([await naming(0, 1)])).toEqual([]);
  expect(counts['PacksCounted']).toBe(1);
});

test('all messages come again when the counts cannot be stored, and are counted then', async () => {
  const { invoke, mentions, mend, store } = await rig({ down: true });
  const bodies = [await naming(0), await naming(1)];
  expect(await invoke(bodies)).toEqual(['m0', 'm1']);
  expect(await store.head(TRENDS_KEY)).toBeUndefined();
  mend();
  expect(await invoke(bodies)).toEqual([]);
  expect(await mentions()).toEqual([expect.objectContaining({ tweets: 4 })]);
});
