import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { createQueueRoom } from '../../../functions/ingest/queue-room.ts';
import { SqliteQueue } from '../../../shared/queue/sqlite-queue.ts';
import { tempFolder } from '../../support/temp-folder.ts';

function openQueue(): SqliteQueue {
  const queue = new SqliteQueue({ path: join(tempFolder(), 'queue.db'), clock: () => new Date() });
  onTestFinished(() => {
    queue.close();
  });
  return queue;
}

test('a queue has room until its messages, those in hand included, are as many as it may have', async () => {
  const queue = openQueue();
  const room = createQueueRoom({ queue, maxMessages: 2 });
  expect(await room.hasRoom()).toBe(true);
  await queue.send(['a', 'b']);
  expect(await room.hasRoom()).toBe(false);
  const [message] = await queue.receive({ max: 1, visibilityTimeoutMs: 60_000 });
  expect(await room.hasRoom()).toBe(false);
  await queue.delete([message!.receipt]);
  expect(await room.hasRoom()).toBe(true);
});

test('whoever waits for room goes on when there is some, or at the signal', async () => {
  const queue = openQueue();
  const room = createQueueRoom({ queue, maxMessages: 1 });
  await room.ready(new AbortController().signal);
  await queue.send(['a']);
  const abort = new AbortController();
  const waiting = [room.ready(abort.signal), room.ready(new AbortController().signal)];
  abort.abort();
  await waiting[0];
  expect(await room.hasRoom()).toBe(false);
  const [message] = await queue.receive({ max: 1, visibilityTimeoutMs: 60_000 });
  await queue.delete([message!.receipt]);
  await waiting[1];
  expect(await room.hasRoom()).toBe(true);
});
