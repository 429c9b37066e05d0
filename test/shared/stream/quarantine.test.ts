import { expect, onTestFinished, test } from 'vitest';
import { quarantine } from '../../../shared/stream/quarantine.ts';
import { FolderObjectStore } from '../../../shared/store/folder-object-store.ts';
import { collect } from '../../support/collect.ts';
import { tempFolder } from '../../support/temp-folder.ts';

const day = new Date('2026-03-04T23:59:59.999Z');
const bad = { source: 'in', line: 3, code: 'E_TWEET_MALFORMED', reason: 'in:3: not JSON', raw: '{"id"' } as const;

function openStore(): FolderObjectStore {
  const store = new FolderObjectStore({ root: tempFolder(), clock: () => new Date() });
  onTestFinished(() => {
    store.close();
  });
  return store;
}

test('keeps what came in with its reason, under the day given', async () => {
  const store = openStore();
  const key = await quarantine(store, [bad, { ...bad, line: 4 }], day);
  expect(key).toMatch(/^quarantine\/dt=2026-03-04\/[0-9a-f]{32}\.ndjson$/);
  const lines = Buffer.from((await store.get(key!))!.body)
    .toString()
    .trimEnd()
    .split('\n');
  expect(lines.map((line) => JSON.parse(line) as unknown)).toMatchObject([bad, { ...bad, line: 4 }]);
});

test('writes a replay of the same items once, whatever the reasons say by then', async () => {
  const store = openStore();
  const first = await quarantine(store, [bad], day);
  expect(await quarantine(store, [{ ...bad, reason: 'in:3: still not JSON' }], day)).toBe(first);
  expect(await collect(store.list('quarantine/'))).toHaveLength(1);
});

test('tells the same content at another place apart', async () => {
  const store = openStore();
  const keys = [bad, { ...bad, line: 4 }, { ...bad, source: 'other' }, { ...bad, encoding: 'base64' as const }];
  for (const item of keys) await quarantine(store, [item], day);
  expect(await collect(store.list('quarantine/'))).toHaveLength(4);
});

test('writes nothing for no items', async () => {
  const store = openStore();
  expect(await quarantine(store, [], day)).toBeUndefined();
  expect(await collect(store.list(''))).toEqual([]);
});
