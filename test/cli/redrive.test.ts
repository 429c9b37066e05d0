import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { objectCreated } from '../../shared/events/object-created.ts';
import { SqliteEventBus } from '../../shared/events/sqlite-event-bus.ts';
import { SqliteQueue } from '../../shared/queue/sqlite-queue.ts';
import { cli } from '../support/cli.ts';
import { createFakeClock } from '../support/fake-clock.ts';
import { tempFolder } from '../support/temp-folder.ts';

/** A queue with three dead letters, one of them without a reason, that stays open as a host's would. */
async function stateWithDeadLetters() {
  const state = tempFolder();
  const clock = createFakeClock();
  const queue = new SqliteQueue({ path: join(state, 'queue.sqlite'), clock, maxReceiveCount: 1 });
  onTestFinished(() => {
    queue.close();
  });
  await queue.send(['a', 'b', 'c']);
  const messages = await queue.receive({ max: 3, visibilityTimeoutMs: 1_000 });
  const receipts = messages.slice(0, 2).map(({ receipt }) => receipt);
  await queue.release(receipts, { reason: 'E_FILE_UNWRITABLE: store: the disk is full.' });
  clock.advance(1_000);
  expect(await queue.receive({ max: 3, visibilityTimeoutMs: 1_000 })).toEqual([]);
  return { state, queue };
}

describe('redrive', () => {
  test('shows reasons and counts, and puts back what is wanted while another process has the queue', async () => {
    const { state, queue } = await stateWithDeadLetters();
    const dry = await cli(['redrive', '--state', state, '--dry-run']);
    expect([dry.code, dry.stderr]).toEqual([0, '0 of 3 dead letters put back on the queue\n']);
    expect(dry.stdout.split('\n').slice(1)).toEqual([
      '      2  2026-03-04T05:06:07.000Z  E_FILE_UNWRITABLE: store: the disk is full.',
      '      1  2026-03-04T05:06:07.000Z  no reason: each process that had it in hand ended, or took too long',
      '',
    ]);
    expect(await queue.depth()).toMatchObject({ ready: 0, dead: 3 });
    const some = await cli(['redrive', '--state', state, '--max', '2', '--json']);
    expect(JSON.parse(some.stdout)).toMatchObject({ reasons: [{ letters: 2 }], moved: 2 });
    expect(await queue.depth()).toMatchObject({ ready: 2, dead: 1 });
    expect((await cli(['redrive', '--state', state])).stderr).toBe('1 of 1 dead letters put back on the queue\n');
    expect(await queue.depth()).toMatchObject({ ready: 3, dead: 0 });
  });

  test('says that there are none, and makes no queue to find that out', async () => {
    const state = tempFolder();
    const { code, stdout, stderr } = await cli(['redrive', '--state', state]);
    expect([code, stdout, stderr]).toEqual([0, '', 'there are no dead letters\n']);
  });

  test('shows events that failed, and has them told again', async () => {
    const state = tempFolder();
    const bus = new SqliteEventBus({ path: join(state, 'events.sqlite'), clock: createFakeClock() });
    onTestFinished(() => {
      bus.close();
    });
    await bus.publish([objectCreated('datasets/tiny/0123456789abcdef/manifest.json', { id: 'a', time: new Date(0) })]);
    const retrain = { name: 'retrain', types: ['Object Created'] } as const;
    bus.bury(bus.take(retrain, 1_000)!, 'the disk is full');
    const failed = "'Object Created' failed for retrain: the disk is full\n";
    const dry = await cli(['redrive', '--state', state, '--dry-run']);
    expect(dry.stderr).toBe(`${failed}0 of 1 events will be told again\nthere are no dead letters\n`);
    const { stderr } = await cli(['redrive', '--state', state]);
    expect(stderr).toBe(`${failed}1 of 1 events will be told again\nthere are no dead letters\n`);
    expect(bus.take(retrain, 1_000)).toMatchObject({ tries: 1, event: { id: 'a' } });
  });
});
