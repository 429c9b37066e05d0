import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { StoredTrends, TRENDS_KEY } from '../../../functions/trends/stored-trends.ts';
import { NerError } from '../../../shared/ner-error.ts';
import type { ObjectStore } from '../../../shared/store/object-store.ts';
import type { CountedPack, TrendStore } from '../../../shared/trends/trend-store.ts';
import { codeOf } from '../../support/error-code.ts';
import { openStore } from '../../support/open-store.ts';
import { tempFolder } from '../../support/temp-folder.ts';
import { trendRecord } from '../../support/trend-records.ts';

const AT = Date.parse('2026-11-24T08:00:00Z');
const clock = (): Date => new Date(AT);

function pack(packId: string, name: string): CountedPack {
  return { packId, records: [trendRecord({ id: packId, at: AT, names: [{ type: 'person', text: name }] })] };
}

const count = (...packs: readonly CountedPack[]) => {
  return (trends: TrendStore) => {
    const isNew = trends.addAll(packs);
    return { value: isNew, isChanged: isNew.includes(true) };
  };
};

const tweetsOf = (form: string) => (trends: TrendStore) => {
  const name = trends.reader.name('person', form);
  const minute = Math.floor(AT / 60_000);
  const span = { grain: 'minute', from: minute, to: minute + 1 } as const;
  return name === undefined ? 0 : trends.reader.countsOf([name.n], span).reduce((sum, { tweets }) => sum + tweets, 0);
};

function open(store: ObjectStore, onConflict?: () => void): StoredTrends {
  const folder = join(tempFolder(), 'copy');
  const trends = new StoredTrends({ store, folder, clock, ...(onConflict === undefined ? {} : { onConflict }) });
  onTestFinished(() => {
    trends.close();
  });
  return trends;
}

test('what one environment counted, another is asked for', async () => {
  const { store } = openStore();
  const [writer, reader] = [open(store), open(store)];
  expect(await reader.ask(tweetsOf('ann'))).toBe(0);
  expect(await writer.change(count(pack('p1', 'Ann')))).toEqual([true]);
  expect(await reader.ask(tweetsOf('ann'))).toBe(1);
  await writer.change(count(pack('p2', 'Ann')));
  expect(await reader.ask(tweetsOf('ann'))).toBe(2);
});

test('a pack that comes again counts nothing and writes nothing, in another environment too', async () => {
  const { store } = openStore();
  const [one, other] = [open(store), open(store)];
  await one.change(count(pack('p1', 'Ann')));
  const before = await store.head(TRENDS_KEY);
  expect(await one.change(count(pack('p1', 'Ann')))).toEqual([false]);
  expect(await other.change(count(pack('p1', 'Ann')))).toEqual([false]);
  expect(await store.head(TRENDS_KEY)).toEqual(before);
});

test('a writer that was not first counts again, on the file of the one that was', async () => {
  const { store } = openStore();
  const rival = open(store);
  let conflicts = 0;
  let isFirst = true;
  const slow: ObjectStore = {
    ...bound(store),
    put: async (...args) => {
      if (isFirst) {
        isFirst = false;
        await rival.change(count(pack('p2', 'Bob')));
      }
      return store.put(...args);
    },
  };
  const trends = open(slow, () => {
    conflicts += 1;
  });
  expect(await trends.change(count(pack('p1', 'Ann')))).toEqual([true]);
  expect(conflicts).toBe(1);
  const fresh = open(store);
  expect([await fresh.ask(tweetsOf('ann')), await fresh.ask(tweetsOf('bob'))]).toEqual([1, 1]);
});

test('fails with E_STORE_CONFLICT when others are first each time, and has counted nothing', async () => {
  const { store } = openStore();
  const taken: ObjectStore = {
    ...bound(store),
    put: async () => {
      throw new NerError('E_STORE_CONFLICT', 'put: another was first.');
    },
  };
  const trends = open(taken);
  expect(await codeOf(() => trends.change(count(pack('p1', 'Ann'))))).toBe('E_STORE_CONFLICT');
  expect(await trends.ask(tweetsOf('ann'))).toBe(0);
});

test('what could not be stored is forgotten, and counted when it comes again', async () => {
  const { store } = openStore();
  let isDown = true;
  const failing: ObjectStore = {
    ...bound(store),
    put: async (...args) => {
      if (isDown) throw new NerError('E_FILE_UNWRITABLE', 'put: the disk is full.');
      return store.put(...args);
    },
  };
  const trends = open(failing);
  expect(await codeOf(() => trends.change(count(pack('p1', 'Ann'))))).toBe('E_FILE_UNWRITABLE');
  isDown = false;
  expect(await trends.change(count(pack('p1', 'Ann')))).toEqual([true]);
  expect(await open(store).ask(tweetsOf('ann'))).toBe(1);
});

test('work that throws changes nothing', async () => {
  const { store } = openStore();
  const trends = open(store);
  await trends.change(count(pack('p1', 'Ann')));
  const work = (): never => {
    throw new NerError('E_MERGE_UNKNOWN', 'merge: there is none.');
  };
  expect(await codeOf(() => trends.change(work))).toBe('E_MERGE_UNKNOWN');
  expect(await trends.ask(tweetsOf('ann'))).toBe(1);
});

function bound(store: ObjectStore): ObjectStore {
  return {
    get: (...args) => store.get(...args),
    head: (...args) => store.head(...args),
    put: (...args) => store.put(...args),
    list: (...args) => store.list(...args),
    keys: (...args) => store.keys(...args),
    delete: (...args) => store.delete(...args),
  };
}
