import fc from 'fast-check';
import { truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { describe, expect, onTestFinished, test } from 'vitest';
import { SqliteQueue } from '../../../shared/queue/sqlite-queue.ts';
import { collect } from '../../support/collect.ts';
import { queueConformance } from '../../support/conformance/queue.ts';
import { codeOf } from '../../support/error-code.ts';
import { createFakeClock } from '../../support/fake-clock.ts';
import { queueCommands } from '../../support/queue-model.ts';
import { childResult, startChild } from '../../support/run-child.ts';
import { tempFolder } from '../../support/temp-folder.ts';

interface OpenOptions {
  readonly path?: string;
  readonly clock?: () => Date;
  readonly maxReceiveCount?: number;
  readonly busyTimeoutMs?: number;
}

function openQueue({ path = join(tempFolder(), 'queue.db'), clock = () => new Date(), ...rest }: OpenOptions = {}) {
  const queue = new SqliteQueue({ path, clock, ...rest });
  onTestFinished(() => {
    queue.close();
  });
  return queue;
}

queueConformance('SqliteQueue', async ({ maxReceiveCount }) => {
  const clock = createFakeClock();
  const advance = async (ms: number): Promise<void> => {
    clock.advance(ms);
  };
  return { queue: openQueue({ clock, maxReceiveCount }), advance };
});

test('agrees with a model in memory, whatever is called in whatever order', async () => {
  const folder = tempFolder();
  let runs = 0;
  await fc.assert(
    fc.asyncProperty(queueCommands(), async (commands) => {
      const clock = createFakeClock();
      runs += 1;
      const path = join(folder, `${runs}.db`);
      const open = () => new SqliteQueue({ path, clock, maxReceiveCount: 2 });
      const real = { queue: open(), clock, open };
      try {
        await fc.asyncModelRun(() => ({ model: { messages: [], receipts: [], nowMs: 0, sent: 0 }, real }), commands);
      } finally {
        real.queue.close();
      }
    }),
    { numRuns: 30 },
  );
});

describe('several processes', () => {
  test('share the messages: each is received once', async () => {
    const path = join(tempFolder(), 'queue.db');
    const queue = openQueue({ path });
    const sent = Array.from({ length: 300 }, (_, i) => `message ${i}`);
    await queue.send(sent);
    const script = new URL('../../support/receive-child.ts', import.meta.url);
    const results = await Promise.all([1, 2, 3].map(() => childResult(startChild(script, [path]))));
    expect(results.map(({ stderr }) => stderr)).toEqual(['', '', '']);
    const received = results.flatMap(({ stdout }) => stdout.split('\n').filter((line) => line !== ''));
    expect(received.sort()).toEqual([...sent].sort());
    expect(await queue.depth()).toEqual({ ready: 0, inFlight: 0, dead: 0 });
  });

  test('keep what was accepted before the disk was full, and say that it is', async () => {
    const path = join(tempFolder(), 'queue.db');
    const script = new URL('../../support/fill-disk-child.ts', import.meta.url);
    // A limit on file size stands for a full disk: writes past it fail with EFBIG once the signal is ignored.
    const limited = `trap '' XFSZ; ulimit -f 3000; exec "$0" "$1" "$2"`;
    const child = startChild(script, [path], ['bash', '-c', limited]);
    const { stdout, stderr } = await childResult(child);
    const { accepted, code } = JSON.parse(stdout || stderr) as { readonly accepted: number; readonly code: string };
    expect(code).toBe('E_FILE_UNWRITABLE');
    expect(accepted).toBeGreaterThan(0);
    expect((await openQueue({ path }).depth()).ready).toBe(accepted);
  });
});

test('keeps messages, receive counts and dead letters when it is closed and opened again', async () => {
  const path = join(tempFolder(), 'queue.db');
  const clock = createFakeClock();
  const before = openQueue({ path, clock, maxReceiveCount: 1 });
  await before.send(['a', 'b']);
  await before.receive({ max: 1, visibilityTimeoutMs: 0 });
  await before.receive({ max: 1, visibilityTimeoutMs: 1_000 });
  before.close();
  const after = openQueue({ path, clock, maxReceiveCount: 1 });
  expect(await after.depth()).toEqual({ ready: 0, inFlight: 1, dead: 1 });
  expect((await collect(after.deadLetters())).map(({ body }) => body)).toEqual(['a']);
});

test('keeps the reason of the last release with a dead letter', async () => {
  const queue = openQueue({ maxReceiveCount: 1 });
  await queue.send(['a']);
  const [message] = await queue.receive({ max: 1, visibilityTimeoutMs: 1_000 });
  await queue.release([message!.receipt], { reason: 'the tagger is down' });
  await queue.receive({ max: 1, visibilityTimeoutMs: 1_000 });
  expect(await collect(queue.deadLetters())).toMatchObject([
    { body: 'a', receiveCount: 1, reason: 'the tagger is down' },
  ]);
});

test('fails when another process holds the file, and works when it lets go', async () => {
  const path = join(tempFolder(), 'queue.db');
  const queue = openQueue({ path, busyTimeoutMs: 20 });
  const holder = new DatabaseSync(path);
  holder.exec('BEGIN IMMEDIATE');
  expect(await codeOf(() => queue.send(['a']))).toBe('E_DATABASE_LOCKED');
  holder.exec('ROLLBACK');
  holder.close();
  await queue.send(['a']);
  expect((await queue.depth()).ready).toBe(1);
});

test('fails for a file that is no database', async () => {
  const path = join(tempFolder(), 'queue.db');
  writeFileSync(path, 'tweets, not a database '.repeat(100));
  expect(await codeOf(() => openQueue({ path }))).toBe('E_DATABASE_CORRUPT');
});

test('fails for a file whose pages were cut off', async () => {
  const path = join(tempFolder(), 'queue.db');
  const queue = openQueue({ path });
  await queue.send(Array.from({ length: 20 }, () => 'x'.repeat(10_000)));
  queue.close();
  truncateSync(path, 8_192);
  expect(
    await codeOf(async () => {
      const cut = openQueue({ path });
      await cut.receive({ max: 10, visibilityTimeoutMs: 1 });
    }),
  ).toBe('E_DATABASE_CORRUPT');
});

test('fails for a database of another layout', async () => {
  const path = join(tempFolder(), 'queue.db');
  const other = new DatabaseSync(path);
  other.exec('PRAGMA user_version = 7');
  other.close();
  expect(await codeOf(() => openQueue({ path }))).toBe('E_DATABASE_CORRUPT');
});

test('fails where its folder cannot be made', async () => {
  const file = join(tempFolder(), 'file');
  writeFileSync(file, 'x');
  expect(await codeOf(() => openQueue({ path: join(file, 'state', 'queue.db') }))).toBe('E_FILE_UNWRITABLE');
});
