import fc from 'fast-check';
import { expect } from 'vitest';
import type { Queue } from '../../shared/queue/queue.ts';
import type { FakeClock } from './fake-clock.ts';

/** The model's message: `hiddenUntil` 0 is visible. */
interface ModelMessage {
  readonly body: string;
  hiddenUntil: number;
  receives: number;
  dead: boolean;
  receipt: string | undefined;
}

/** A queue in memory, in the simplest form that says what the real one must do with `maxReceiveCount` 2. */
export interface QueueModel {
  messages: ModelMessage[];
  /** Every receipt ever given, for commands to choose from. */
  receipts: string[];
  nowMs: number;
  sent: number;
}

export interface RealQueue {
  queue: Queue;
  readonly clock: FakeClock;
  readonly open: () => Queue;
}

type QueueCommand = fc.AsyncCommand<QueueModel, RealQueue>;

const MAX_RECEIVE_COUNT = 2;

const visible = (model: QueueModel): ModelMessage[] =>
  model.messages.filter((message) => !message.dead && message.hiddenUntil <= model.nowMs);

function chosen(model: QueueModel, picks: readonly number[]): readonly string[] {
  return model.receipts.length === 0 ? [] : picks.map((pick) => model.receipts[pick % model.receipts.length]!);
}

function command(name: string, run: (model: QueueModel, real: RealQueue) => Promise<void>): QueueCommand {
  return { check: () => true, run, toString: () => name };
}

function send(count: number): QueueCommand {
  return command(`send ${count}`, async (model, { queue }) => {
    const bodies = Array.from({ length: count }, () => `message ${model.sent++}`);
    await queue.send(bodies);
    for (const body of bodies) {
      model.messages.push({ body, hiddenUntil: 0, receives: 0, dead: false, receipt: undefined });
    }
  });
}

function receive(max: number, visibilityTimeoutMs: number): QueueCommand {
  return command(`receive ${max} for ${visibilityTimeoutMs} ms`, async (model, { queue }) => {
    const received = await queue.receive({ max, visibilityTimeoutMs });
    const expected: ModelMessage[] = [];
    for (const message of visible(model)) {
      if (expected.length === max) break;
      if (message.receives >= MAX_RECEIVE_COUNT) message.dead = true;
      else expected.push(message);
    }
    expect(received.map(({ body, receiveCount }) => [body, receiveCount])).toEqual(
      expected.map(({ body, receives }) => [body, receives + 1]),
    );
    for (const [i, message] of expected.entries()) {
      const { receipt } = received[i]!;
      expect(model.receipts).not.toContain(receipt);
      Object.assign(message, {
        receipt,
        receives: message.receives + 1,
        hiddenUntil: model.nowMs + visibilityTimeoutMs,
      });
      model.receipts.push(receipt);
    }
  });
}

function remove(picks: readonly number[]): QueueCommand {
  return command(`delete ${picks.join()}`, async (model, { queue }) => {
    const receipts = chosen(model, picks);
    await queue.delete(receipts);
    model.messages = model.messages.filter(({ dead, receipt }) => dead || !receipts.includes(receipt ?? ''));
  });
}

function release(picks: readonly number[], delayMs: number): QueueCommand {
  return command(`release ${picks.join()} for ${delayMs} ms`, async (model, { queue }) => {
    const receipts = chosen(model, picks);
    await queue.release(receipts, { delayMs });
    for (const message of model.messages) {
      if (!message.dead && receipts.includes(message.receipt ?? '')) message.hiddenUntil = model.nowMs + delayMs;
    }
  });
}

function redrive(): QueueCommand {
  return command('redrive', async (model, { queue }) => {
    const dead = model.messages.filter((message) => message.dead);
    expect(await queue.redrive()).toBe(dead.length);
    for (const message of dead) Object.assign(message, { dead: false, receives: 0, hiddenUntil: 0 });
  });
}

function advance(ms: number): QueueCommand {
  return command(`advance ${ms} ms`, async (model, { clock }) => {
    clock.advance(ms);
    model.nowMs += ms;
  });
}

function reopen(): QueueCommand {
  return command('reopen', async (_, real) => {
    real.queue.close();
    real.queue = real.open();
  });
}

function compare(): QueueCommand {
  return command('compare', async (model, { queue }) => {
    const dead = model.messages.filter((message) => message.dead);
    const ready = visible(model).length;
    expect(await queue.depth()).toEqual({
      ready,
      inFlight: model.messages.length - dead.length - ready,
      dead: dead.length,
    });
    const letters: string[] = [];
    for await (const { body } of queue.deadLetters()) letters.push(body);
    expect(letters).toEqual(dead.map(({ body }) => body));
  });
}

/** Sequences of calls, each compared with what the model says. */
export function queueCommands(): fc.Arbitrary<Iterable<QueueCommand>> {
  const picks = fc.array(fc.nat(50), { minLength: 1, maxLength: 3 });
  const delays = fc.constantFrom(0, 1, 10, 100);
  const receives = fc.tuple(fc.integer({ min: 1, max: 4 }), delays).map(([max, ms]) => receive(max, ms));
  return fc.commands([
    fc.integer({ min: 1, max: 4 }).map(send),
    receives,
    receives,
    picks.map(remove),
    fc.tuple(picks, delays).map(([all, ms]) => release(all, ms)),
    fc.constantFrom(1, 10, 100).map(advance),
    fc.constant(redrive()),
    fc.constant(reopen()),
    fc.constant(compare()),
  ]);
}
