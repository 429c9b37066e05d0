import { existsSync, mkdirSync, readdirSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { DatabaseSync } from 'node:sqlite';
import { FolderObjectStore } from '../../../shared/store/folder-object-store.ts';
import { objectStoreConformance } from '../../support/conformance/object-store.ts';
import { codeOf } from '../../support/error-code.ts';
import { createFakeClock } from '../../support/fake-clock.ts';
import { childResult, startChild } from '../../support/run-child.ts';
import { tempFolder } from '../../support/temp-folder.ts';

const clock = (): Date => new Date();

function openStore(root = tempFolder(), busyTimeoutMs?: number): FolderObjectStore {
  const store = new FolderObjectStore({ root, clock, ...(busyTimeoutMs === undefined ? {} : { busyTimeoutMs }) });
  onTestFinished(() => {
    store.close();
  });
  return store;
}

objectStoreConformance('FolderObjectStore', async () => openStore());

test('keeps each object as a file that any tool reads', async () => {
  const root = tempFolder();
  await openStore(root).put('tagged/dt=2026-01-02/x.ndjson', Buffer.from('{}\n'));
  expect(readdirSync(join(root, 'tagged', 'dt=2026-01-02'))).toEqual(['x.ndjson']);
  expect(readdirSync(join(root, '.store', 'tmp'))).toEqual([]);
});

test('sees at once what another store on the same folder wrote, however alike the files are', async () => {
  const root = tempFolder();
  const [writer, reader] = [openStore(root), openStore(root)];
  for (let i = 100; i < 200; i++) {
    const { etag } = await writer.put('pointer', Buffer.from(String(i)));
    expect((await reader.head('pointer'))?.etag).toBe(etag);
  }
});

test('loses no update of writers in several processes', async () => {
  const root = tempFolder();
  const script = new URL('../../support/increment-child.ts', import.meta.url);
  const children = [1, 2, 3].map(() => childResult(startChild(script, [root, 'counter', '40'])));
  for (const { code, stderr } of await Promise.all(children)) expect([code, stderr]).toEqual([0, '']);
  expect(Buffer.from((await openStore(root).get('counter'))!.body).toString()).toBe('120');
});

test('removes what a killed writer left behind an hour ago, and nothing younger', async () => {
  const root = tempFolder();
  const temporary = join(root, '.store', 'tmp');
  mkdirSync(temporary, { recursive: true });
  const now = createFakeClock();
  for (const [name, ageSeconds] of [
    ['old', 3_700],
    ['young', 3_500],
  ] as const) {
    writeFileSync(join(temporary, name), 'x');
    const at = now().getTime() / 1_000 - ageSeconds;
    utimesSync(join(temporary, name), at, at);
  }
  const store = new FolderObjectStore({ root, clock: now });
  await store.put('a', Buffer.from('x'));
  store.close();
  expect(existsSync(join(temporary, 'old'))).toBe(false);
  expect(existsSync(join(temporary, 'young'))).toBe(true);
});

test('fails for a key that is the folder of another, and leaves both as they were', async () => {
  const store = openStore();
  await store.put('a/b', Buffer.from('x'));
  expect(await codeOf(() => store.put('a', Buffer.from('y')))).toBe('E_STORE_KEY');
  expect(await codeOf(() => store.put('a', Buffer.from('y'), { ifNoneMatch: '*' }))).toBe('E_STORE_KEY');
  expect(await codeOf(() => store.put('a/b/c', Buffer.from('y')))).toBe('E_STORE_KEY');
  expect(await store.get('a/b/c')).toBeUndefined();
  await store.delete('a/b/c');
  expect(Buffer.from((await store.get('a/b'))!.body).toString()).toBe('x');
});

test('fails where the folder cannot be made', async () => {
  const file = join(tempFolder(), 'file');
  writeFileSync(file, 'x');
  expect(await codeOf(() => openStore(join(file, 'store')).put('a', Buffer.from('x')))).toBe('E_FILE_UNWRITABLE');
});

test('fails when another process keeps the lock, and writes once it is free', async () => {
  const root = tempFolder();
  const store = openStore(root, 20);
  await store.put('a', Buffer.from('1'));
  const holder = new DatabaseSync(join(root, '.store', 'lock.db'));
  holder.exec('BEGIN IMMEDIATE');
  expect(await codeOf(() => store.put('a', Buffer.from('2')))).toBe('E_DATABASE_LOCKED');
  holder.exec('ROLLBACK');
  holder.close();
  await store.put('a', Buffer.from('3'));
  expect(Buffer.from((await store.get('a'))!.body).toString()).toBe('3');
});

test('fails for a range that ends before it starts', async () => {
  expect(await codeOf(() => openStore().get('a', { start: 3, end: 2 }))).toBe('E_INTERNAL');
});

test('fails for an object that the file system cannot read', async () => {
  const root = tempFolder();
  symlinkSync('loop', join(root, 'loop'));
  expect(await codeOf(() => openStore(root).get('loop'))).toBe('E_FILE_UNREADABLE');
});
