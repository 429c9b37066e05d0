import { describe, expect, test } from 'vitest';
import { openRun } from '../../../functions/backfill/backfill-run.ts';
import { swapRun } from '../../../functions/backfill/swap.ts';
import type { TaggedTweet } from '../../../shared/contracts/tweet.ts';
import { compactHour } from '../../../shared/results/compact-hour.ts';
import { resultLines } from '../../../shared/results/ndjson-results.ts';
import { readResults } from '../../../shared/results/read-results.ts';
import type { ObjectStore } from '../../../shared/store/object-store.ts';
import { collect } from '../../support/collect.ts';
import { Died, dyingStore } from '../../support/dying-store.ts';
import { codeOf } from '../../support/error-code.ts';
import { openStore } from '../../support/open-store.ts';

const OLD = '0'.repeat(16);
const NEW = '1'.repeat(16);
const clock = (): Date => new Date('2026-03-04T05:06:07.000Z');
const record = (id: string, model: string): TaggedTweet => ({
  id,
  entities: [],
  model,
  taggedAt: clock().toISOString(),
});

async function put(store: ObjectStore, key: string, model: string, ids: readonly string[]): Promise<void> {
  await store.put(key, resultLines(ids.map((id) => record(id, model))));
}

/** Live results of three hours, and a run over some of their tweets and others. */
async function filled(): Promise<ObjectStore> {
  const { store } = openStore();
  await openRun(store, { run: 'again', modelId: async () => NEW, clock });
  await put(store, 'tagged/dt=2026-03-03/hr=22/p1.ndjson', OLD, ['1', '2', 'live']);
  await put(store, 'tagged/dt=2026-03-03/hr=22/p2.ndjson', OLD, ['3']);
  await put(store, 'tagged/dt=2026-03-03/hr=23/p3.ndjson', OLD, ['4', '5']);
  await put(store, 'tagged/dt=2026-03-04/hr=05/p4.ndjson', OLD, ['far']);
  await put(store, 'backfill/again/tagged/dt=2026-03-03/hr=22/r1.ndjson', NEW, ['1', '2', 'new']);
  await put(store, 'backfill/again/tagged/dt=2026-03-03/hr=22/r2.ndjson', NEW, ['3', 'new', '4']);
  return store;
}

async function results(store: ObjectStore): Promise<readonly string[]> {
  const found = (await collect(readResults(store))).map(({ id, model }) => `${id} ${model === NEW ? 'new' : 'old'}`);
  return found.sort();
}

const EXPECTED = ['1 new', '2 new', '3 new', '4 new', '5 old', 'far old', 'live old', 'new new'];
const swap = (store: ObjectStore) => collect(swapRun(store, { run: 'again', clock }));

describe('the swap of a run', () => {
  test('replaces records of the same tweets, here and in the hour after, and no others', async () => {
    const store = await filled();
    expect(await swap(store)).toEqual([{ hour: { dt: '2026-03-03', hr: '22' }, added: 5, replaced: 4 }]);
    expect(await results(store)).toEqual(EXPECTED);
    expect(await collect(store.keys('backfill/again/replaced/'))).toEqual([
      'backfill/again/replaced/tagged/dt=2026-03-03/hr=22/p1.ndjson',
      'backfill/again/replaced/tagged/dt=2026-03-03/hr=22/p2.ndjson',
      'backfill/again/replaced/tagged/dt=2026-03-03/hr=23/p3.ndjson',
    ]);
    expect(await swap(store)).toEqual([]);
  });

  test('replaces records in compacted objects too, and stays right when it is compacted itself', async () => {
    const store = await filled();
    for (const hr of ['22', '23']) await compactHour(store, { dt: '2026-03-03', hr });
    await swap(store);
    expect(await results(store)).toEqual(EXPECTED);
    for (const hr of ['22', '23']) await compactHour(store, { dt: '2026-03-03', hr });
    expect(await results(store)).toEqual(EXPECTED);
  });

  test('ends the same after it was killed at any change, and never misses a tweet', async () => {
    for (let step = 0, died = true; died; step++) {
      const store = await filled();
      died = await swap(dyingStore(store, step)).then(
        () => false,
        (error: unknown) => {
          if (!(error instanceof Died)) throw error;
          return true;
        },
      );
      const between = new Set((await results(store)).map((each) => each.split(' ')[0]));
      for (const id of ['1', '2', '3', '4', '5', 'far', 'live']) expect(between).toContain(id);
      await swap(store);
      expect(await results(store)).toEqual(EXPECTED);
    }
  });

  test('ends the same when it was killed at any change and what that left was compacted before it goes on', async () => {
    for (let step = 0, died = true; died; step++) {
      const store = await filled();
      died = await collect(swapRun(dyingStore(store, step), { run: 'again', clock })).then(
        () => false,
        () => true,
      );
      for (const hr of ['22', '23']) await compactHour(store, { dt: '2026-03-03', hr });
      await swap(store);
      expect(await results(store)).toEqual(EXPECTED);
    }
  });

  test('E_BACKFILL_RUN: fails for a run that does not exist, and closes the run that it swaps', async () => {
    const store = await filled();
    expect(await codeOf(() => collect(swapRun(store, { run: 'other', clock })))).toBe('E_BACKFILL_RUN');
    await swap(store);
    const reopen = () => openRun(store, { run: 'again', modelId: async () => NEW, clock });
    expect(await codeOf(reopen)).toBe('E_BACKFILL_RUN');
  });
});
