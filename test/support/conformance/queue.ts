import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { MESSAGE_MAX_BYTES } from '../../../shared/contracts/limits.ts';
import type { Queue, ReceivedMessage } from '../../../shared/queue/queue.ts';
import { collect } from '../collect.ts';
import { codeOf } from '../error-code.ts';
import { type Deviation, testOrDeviation } from './deviation.ts';

/** A queue and its time, which for a queue elsewhere has to pass. */
export interface QueueUnderTest {
  readonly queue: Queue;
  readonly advance: (ms: number) => Promise<void>;
}

const hour = 3_600_000;

async function receiveAll(queue: Queue, visibilityTimeoutMs = hour): Promise<readonly ReceivedMessage[]> {
  const all: ReceivedMessage[] = [];
  for (;;) {
    const some = await queue.receive({ max: 10, visibilityTimeoutMs });
    if (some.length === 0) return all;
    all.push(...some);
  }
}

const bodies = (messages: readonly { readonly body: string }[]): readonly string[] =>
  messages.map(({ body }) => body).sort();

/** Strings of what SQS allows, the borders of its ranges among it. */
const allowedText = fc.string({
  unit: fc.constantFrom(
    'a',
    '"',
    '\t',
    '\n',
    '\r',
    ' ',
    '\u007f',
    '\u0085',
    '\ud7ff',
    '\ue000',
    '\ufffd',
    '😀',
    '\u{1fffe}',
    '\u{10ffff}',
  ),
  minLength: 1,
});

export interface QueueDeviations {
  readonly earlierReceipt?: Deviation;
  readonly counts?: Deviation;
  readonly everyText?: Deviation;
  readonly foreignReceipt?: Deviation;
}

/** What every Queue does. `make` gives an empty one; it is called inside tests. */
export function queueConformance(
  name: string,
  make: (options: { readonly maxReceiveCount: number }) => Promise<QueueUnderTest>,
  deviations: QueueDeviations = {},
): void {
  describe(`${name} as a queue`, () => {
    test('delivers every message it accepted, until it is deleted', async () => {
      const { queue, advance } = await make({ maxReceiveCount: 5 });
      const sent = Array.from({ length: 25 }, (_, i) => `message ${i}`);
      expect(new Set(await queue.send(sent)).size).toBe(25);
      const received = await receiveAll(queue, 3_000);
      expect(bodies(received)).toEqual([...sent].sort());
      await queue.delete(received.slice(0, 20).map(({ receipt }) => receipt));
      await advance(3_000);
      expect(bodies(await receiveAll(queue))).toEqual(bodies(received.slice(20)));
    });

    test('gives at most as many messages as were asked for', async () => {
      const { queue } = await make({ maxReceiveCount: 5 });
      await queue.send(['a', 'b', 'c']);
      expect(await queue.receive({ max: 2, visibilityTimeoutMs: hour })).toHaveLength(2);
    });

    test('hides a received message until its time-out, then delivers it again under the same id', async () => {
      const { queue, advance } = await make({ maxReceiveCount: 5 });
      const [id] = await queue.send(['a']);
      const [first] = await queue.receive({ max: 1, visibilityTimeoutMs: 2_000 });
      expect(first).toMatchObject({ id, body: 'a', receiveCount: 1 });
      await advance(1_000);
      expect(await receiveAll(queue)).toEqual([]);
      await advance(1_000);
      const [second] = await queue.receive({ max: 1, visibilityTimeoutMs: 2_000 });
      expect(second).toMatchObject({ id, body: 'a', receiveCount: 2, sentAt: first!.sentAt });
      expect(second!.receipt).not.toBe(first!.receipt);
    });

    test('delivers a released message at once, or after the delay asked for', async () => {
      const { queue, advance } = await make({ maxReceiveCount: 5 });
      await queue.send(['a']);
      const [first] = await queue.receive({ max: 1, visibilityTimeoutMs: hour });
      await queue.release([first!.receipt]);
      const [second] = await queue.receive({ max: 1, visibilityTimeoutMs: hour });
      expect(second).toMatchObject({ body: 'a', receiveCount: 2 });
      await queue.release([second!.receipt], { delayMs: 1_000 });
      expect(await receiveAll(queue)).toEqual([]);
      await advance(1_000);
      expect(bodies(await receiveAll(queue))).toEqual(['a']);
    });

    testOrDeviation('deletes nothing for a receipt of an earlier delivery', deviations.earlierReceipt, async () => {
      const { queue, advance } = await make({ maxReceiveCount: 5 });
      await queue.send(['a']);
      const [first] = await queue.receive({ max: 1, visibilityTimeoutMs: 1_000 });
      await advance(1_000);
      const [second] = await queue.receive({ max: 1, visibilityTimeoutMs: 1_000 });
      await queue.delete([first!.receipt]);
      await advance(1_000);
      expect(bodies(await receiveAll(queue))).toEqual(['a']);
      expect(second).toBeDefined();
    });

    test('puts a message that was received too often aside, and brings it back when asked', async () => {
      const { queue } = await make({ maxReceiveCount: 2 });
      await queue.send(['poison', 'good']);
      for (let delivery = 1; delivery <= 2; delivery++) {
        const received = await receiveAll(queue);
        const poison = received.find(({ body }) => body === 'poison');
        expect(poison?.receiveCount).toBe(delivery);
        await queue.release([poison!.receipt], { reason: `try ${delivery}` });
        await queue.delete(received.filter(({ body }) => body === 'good').map(({ receipt }) => receipt));
      }
      expect(await receiveAll(queue)).toEqual([]);
      expect(await queue.depth()).toEqual({ ready: 0, inFlight: 0, dead: 1 });
      const [letter, ...others] = await collect(queue.deadLetters());
      expect([letter?.body, others]).toEqual(['poison', []]);
      // SQS counts some looks of its own.
      expect(letter?.receiveCount).toBeGreaterThanOrEqual(2);
      expect(await queue.redrive()).toBe(1);
      expect(await queue.depth()).toEqual({ ready: 1, inFlight: 0, dead: 0 });
      expect(await receiveAll(queue)).toMatchObject([{ body: 'poison', receiveCount: 1 }]);
      expect(await queue.redrive()).toBe(0);
    });

    test('puts back the oldest dead letters where not all are wanted', async () => {
      const { queue, advance } = await make({ maxReceiveCount: 1 });
      await queue.send(['a', 'b', 'c']);
      await queue.receive({ max: 3, visibilityTimeoutMs: 1_000 });
      await advance(1_000);
      await receiveAll(queue);
      expect(await queue.redrive(2)).toBe(2);
      expect(await queue.depth()).toEqual({ ready: 2, inFlight: 0, dead: 1 });
      expect((await collect(queue.deadLetters())).map(({ body }) => body)).toEqual(['c']);
      expect((await receiveAll(queue)).map(({ body }) => body)).toEqual(['a', 'b']);
    });

    testOrDeviation('counts what is ready, in flight and dead', deviations.counts, async () => {
      const { queue, advance } = await make({ maxReceiveCount: 1 });
      await queue.send(['a', 'b', 'c']);
      expect(await queue.depth()).toEqual({ ready: 3, inFlight: 0, dead: 0 });
      await queue.receive({ max: 2, visibilityTimeoutMs: 1_000 });
      expect(await queue.depth()).toEqual({ ready: 1, inFlight: 2, dead: 0 });
      await advance(1_000);
      expect(await queue.depth()).toEqual({ ready: 3, inFlight: 0, dead: 0 });
      await receiveAll(queue);
      expect(await queue.depth()).toEqual({ ready: 0, inFlight: 1, dead: 2 });
    });

    testOrDeviation('takes every text that SQS takes and gives it back as it was', deviations.everyText, async () => {
      const { queue } = await make({ maxReceiveCount: 5 });
      await fc.assert(
        fc.asyncProperty(allowedText, async (body) => {
          await queue.send([body]);
          const received = await receiveAll(queue);
          expect(bodies(received)).toEqual([body]);
          await queue.delete(received.map(({ receipt }) => receipt));
        }),
        { numRuns: 40 },
      );
      const largest = 'é'.repeat(MESSAGE_MAX_BYTES / 2);
      await queue.send([largest]);
      expect(bodies(await receiveAll(queue))).toEqual([largest]);
    });

    test.each([
      ['an empty body', ''],
      ['a body of one byte too many', 'a'.repeat(MESSAGE_MAX_BYTES + 1)],
      ['a body of too many bytes in fewer characters', 'é'.repeat(MESSAGE_MAX_BYTES / 2 + 1)],
      ['NUL', 'a\0'],
      ['a control character', 'a\u001f'],
      ['U+FFFE', 'a\ufffe'],
      ['U+FFFF', 'a\uffff'],
      ['a lone high surrogate', 'a\ud800'],
      ['a lone low surrogate', '\udfffa'],
    ])('fails to send %s, and accepts nothing of that call', async (_, body) => {
      const { queue } = await make({ maxReceiveCount: 5 });
      expect(await codeOf(() => queue.send(['good', body]))).toBe('E_QUEUE_MESSAGE');
      expect(await queue.depth()).toEqual({ ready: 0, inFlight: 0, dead: 0 });
    });

    test('has nothing to do for empty lists', async () => {
      const { queue } = await make({ maxReceiveCount: 5 });
      expect(await queue.send([])).toEqual([]);
      await queue.delete([]);
      await queue.release([]);
    });

    testOrDeviation('fails for a receipt that is none', deviations.foreignReceipt, async () => {
      const { queue } = await make({ maxReceiveCount: 5 });
      expect(await codeOf(() => queue.delete(['no receipt']))).toBe('E_QUEUE_MESSAGE');
      expect(await codeOf(() => queue.release(['no receipt']))).toBe('E_QUEUE_MESSAGE');
    });

    test('wakes a receiver that waits when a message comes', async () => {
      const { queue } = await make({ maxReceiveCount: 5 });
      const waiting = queue.receive({ max: 1, visibilityTimeoutMs: hour, waitMs: 20_000 });
      await queue.send(['a']);
      expect(bodies(await waiting)).toEqual(['a']);
    });

    test('ends the wait of a receiver at its signal', async () => {
      const { queue } = await make({ maxReceiveCount: 5 });
      const stop = new AbortController();
      const waiting = queue.receive({ max: 1, visibilityTimeoutMs: hour, waitMs: 20_000, signal: stop.signal });
      stop.abort();
      expect(await waiting).toEqual([]);
    });
  });
}
