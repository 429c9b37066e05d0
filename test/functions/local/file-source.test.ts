import { appendFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { runFileSource, type FileSourceOptions } from '../../../functions/local/file-source.ts';
import { cursorKey } from '../../../functions/local/source-cursor.ts';
import { packSchema } from '../../../shared/contracts/message.ts';
import { SqliteQueue } from '../../../shared/queue/sqlite-queue.ts';
import { FolderObjectStore } from '../../../shared/store/folder-object-store.ts';
import { collect } from '../../support/collect.ts';
import { codeOf } from '../../support/error-code.ts';
import { tempFolder } from '../../support/temp-folder.ts';

const clock = (): Date => new Date();
const never = new AbortController().signal;

function bench(content: string, name = 'tweets.txt') {
  const folder = tempFolder();
  const path = join(folder, name);
  writeFileSync(path, content);
  const store = new FolderObjectStore({ root: join(folder, 'store'), clock });
  const queue = new SqliteQueue({ path: join(folder, 'queue.db'), clock });
  onTestFinished(() => {
    store.close();
    queue.close();
  });
  const run = (options: Partial<FileSourceOptions> = {}, signal = never) =>
    runFileSource({ path, store, queue, clock, ...options }, signal);
  const drain = async () => {
    const messages = await queue.receive({ max: 1_000, visibilityTimeoutMs: 600_000 });
    await queue.delete(messages.map(({ receipt }) => receipt));
    return messages.flatMap(({ body }) => packSchema.parse(JSON.parse(body)).tweets);
  };
  return { path, store, queue, run, drain };
}

test('sends a text file, one tweet a line, with ids of the file and the line', async () => {
  const { run, drain } = bench('first\n\nthird\r\nlast without an end');
  expect(await run()).toEqual({ tweets: 3, rejected: 0, offsetBytes: 33, done: true });
  const tweets = await drain();
  expect(tweets.map(({ text }) => text)).toEqual(['first', 'third', 'last without an end']);
  const ids = tweets.map(({ id }) => /^tweets\.txt-[0-9a-f]{8}:(\d+)$/.exec(id)?.[1]);
  expect(ids).toEqual(['1', '3', '4']);
});

test('sends tweets as JSON under their own ids, and puts bad lines into quarantine', async () => {
  const { run, drain, store } = bench('{"id":"7","text":"a"}\nnot JSON\n{"id":"8","text":"b"}\n');
  expect(await run()).toMatchObject({ tweets: 2, rejected: 1, done: true });
  expect(await drain()).toEqual([
    { id: '7', text: 'a' },
    { id: '8', text: 'b' },
  ]);
  const [object] = await collect(store.list('quarantine/'));
  const entry = Buffer.from((await store.get(object!.key))!.body).toString();
  expect(JSON.parse(entry)).toMatchObject({ line: 2, code: 'E_TWEET_MALFORMED', raw: 'not JSON' });
});

test('goes on where it stopped, after the signal and when the file has grown', async () => {
  const lines = Array.from({ length: 40 }, (_, i) => `line ${i}\n`);
  const { run, drain, path } = bench(lines.join(''));
  const stop = new AbortController();
  const onProgress = (): void => {
    stop.abort();
  };
  const first = await run({ tweetsPerSecond: 40, onProgress }, stop.signal);
  expect(first).toMatchObject({ tweets: 10, done: false });
  expect(await run()).toMatchObject({ tweets: 40, done: true });
  appendFileSync(path, 'one more\n');
  expect(await run()).toMatchObject({ tweets: 41, done: true });
  expect(await run()).toMatchObject({ tweets: 41, done: true });
  const tweets = await drain();
  expect(tweets.map(({ text }) => text)).toEqual([...lines.map((line) => line.trimEnd()), 'one more']);
  expect(new Set(tweets.map(({ id }) => id)).size).toBe(41);
});

test('takes another file under the same name for another file, with other ids', async () => {
  const { run, drain, path } = bench('one\ntwo\n');
  await run();
  writeFileSync(path, 'three\nfour\n');
  expect(await run()).toMatchObject({ tweets: 2, done: true });
  expect(new Set((await drain()).map(({ id }) => id)).size).toBe(4);
});

test('begins anew, with the same ids, when the cursor cannot be read', async () => {
  const { run, drain, path, store } = bench('one\ntwo\n');
  await run();
  for (const broken of ['', '{', '{"v":2}']) {
    await store.put(cursorKey(path), Buffer.from(broken));
    expect(await run()).toMatchObject({ tweets: 2, done: true });
  }
  const ids = (await drain()).map(({ id }) => id);
  expect([ids.length, new Set(ids).size]).toEqual([8, 2]);
});

test('waits while the queue is full, and goes on when there is room', async () => {
  const lines = Array.from({ length: 3_000 }, (_, i) => `line ${i} ${'x'.repeat(200)}`);
  const { run, queue, drain } = bench(`${lines.join('\n')}\n`);
  const depths: number[] = [];
  const running = run({ maxDepth: 2, batchBytes: 65_536 });
  let taken = 0;
  while (taken < lines.length) {
    const [message] = await queue.receive({ max: 1, visibilityTimeoutMs: 600_000, waitMs: 5_000 });
    depths.push((await queue.depth()).ready);
    taken += packSchema.parse(JSON.parse(message!.body)).tweets.length;
    await queue.delete([message!.receipt]);
  }
  expect(await running).toMatchObject({ tweets: 3_000, done: true });
  expect(taken).toBe(3_000);
  // One batch may go in when there is room for one message, and fills at most three.
  expect(Math.max(...depths)).toBeLessThanOrEqual(4);
  expect(await drain()).toEqual([]);
});

test('ends at the signal while it waits for room', async () => {
  const { run, queue } = bench('one\n');
  await queue.send(['full']);
  const stop = new AbortController();
  const running = run({ maxDepth: 1 }, stop.signal);
  stop.abort();
  expect(await running).toMatchObject({ tweets: 0, done: false });
});

test('keeps to the rate asked for', async () => {
  const { run } = bench('x\n'.repeat(20));
  const begun = performance.now();
  await run({ tweetsPerSecond: 40 });
  // Two batches of ten: the second is due a quarter of a second after the first.
  expect(performance.now() - begun).toBeGreaterThanOrEqual(240);
});

test('says that an empty file is done', async () => {
  expect(await bench('').run()).toEqual({ tweets: 0, rejected: 0, offsetBytes: 0, done: true });
});

test.each([
  ['a file that is not there', 'no-such-file', 'E_FILE_UNREADABLE'],
  ['a folder', '.', 'E_FILE_UNREADABLE'],
])('fails for %s', async (_, name, code) => {
  const { run, path } = bench('');
  expect(await codeOf(() => run({ path: join(path, '..', name) }))).toBe(code);
});

test('fails for a JSON array, which has no lines to go on from', async () => {
  expect(await codeOf(() => bench('[{"id":"1","text":"a"}]').run())).toBe('E_TWEET_MALFORMED');
});
