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
