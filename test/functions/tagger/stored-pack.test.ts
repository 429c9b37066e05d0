import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { readStoredPack, type StoredPack, storePack } from '../../../functions/tagger/stored-pack.ts';
import { FolderObjectStore } from '../../../shared/store/folder-object-store.ts';
import { tempFolder } from '../../support/temp-folder.ts';

function openStore(): FolderObjectStore {
  const store = new FolderObjectStore({ root: join(tempFolder(), 'store'), clock: () => new Date() });
  onTestFinished(() => {
    store.close();
  });
  return store;
}

const pack = (model: string): StoredPack => ({
  packId: 'p',
  key: 'tagged/dt=2026-03-04/hr=23/p.ndjson',
  receivedAt: new Date('2026-03-04T23:06:07.000Z'),
  records: [{ id: '1', entities: [], model, taggedAt: '2026-03-04T23:06:07.000Z', text: 'a\nb' }],
});

test('a pack is stored once, and what the first delivery stored is what is read', async () => {
  const store = openStore();
  expect(await storePack(store, pack('first'))).toBe(true);
  expect(await storePack(store, pack('second'))).toBe(false);
  expect(await readStoredPack(store, pack('second'))).toEqual(pack('first'));
});

test('a pack whose object is gone is told as it was tagged', async () => {
  expect(await readStoredPack(openStore(), pack('second'))).toEqual(pack('second'));
});

test.each([0, 1, 90])('a pack whose object was cut short at %d bytes is stored again, whole', async (sizeBytes) => {
  const store = openStore();
  const two: StoredPack = {
    ...pack('first'),
    records: [...pack('first').records, { ...pack('x').records[0]!, id: '2' }],
  };
  await storePack(store, two);
  const whole = (await store.get(two.key))!.body;
  await store.put(two.key, whole.subarray(0, sizeBytes));
  expect(await storePack(store, two)).toBe(true);
  expect(Buffer.from((await store.get(two.key))!.body).equals(Buffer.from(whole))).toBe(true);
  expect(await storePack(store, two)).toBe(false);
});

test('a pack whose object was cut between two lines is stored again, and keeps what the first delivery tagged', async () => {
  const store = openStore();
  await storePack(store, pack('first'));
  const second = pack('second').records[0]!;
  expect(await storePack(store, { ...pack('second'), records: [second, { ...second, id: '2' }] })).toBe(true);
  const { records } = await readStoredPack(store, pack('second'));
  expect(records.map(({ id, model }) => [id, model])).toEqual([
    ['1', 'first'],
    ['2', 'second'],
  ]);
});
