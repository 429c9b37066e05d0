import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { createPump, type PumpOptions } from '../../../functions/local/pump.ts';
import type { TaggerHandler, TaggerResult } from '../../../functions/tagger/handler.ts';
import { NerError } from '../../../shared/ner-error.ts';
import type { Queue } from '../../../shared/queue/queue.ts';
import { SqliteQueue } from '../../../shared/queue/sqlite-queue.ts';
import { collect } from '../../support/collect.ts';
import { codeOf } from '../../support/error-code.ts';
import { tempFolder } from '../../support/temp-folder.ts';

const clock = (): Date => new Date();

function openQueue(maxReceiveCount = 5): SqliteQueue {
  const queue = new SqliteQueue({ path: join(tempFolder(), 'queue.db'), clock, maxReceiveCount });
  onTestFinished(() => {
    queue.close();
  });
  return queue;
}

/** A handler that counts a body as one tweet and fails bodies as told. */
function bodyHandler(fails: (body: string) => boolean = () => false): TaggerHandler {
  return {
    handle: async (messages) => {
      const failed = messages.filter(({ body }) => fails(body)).map(({ id }) => id);
      return result({
        failed,
        reasons: new Map(failed.map((id) => [id, 'as told'])),
        tagged: messages.length - failed.length,
      });
    },
  };
}

function result(some: Partial<TaggerResult>): TaggerResult {
  return { failed: [], reasons: new Map(), tagged: 0, duplicates: 0, quarantined: 0, ...some };
}

/** Runs a pump until the condition holds. */
async function pumpUntil(options: Omit<PumpOptions, 'clock' | 'events'>, enough: () => Promise<boolean>) {
  const stop = new AbortController();
  const errors: unknown[] = [];
  const onError = (error: unknown): void => {
    errors.push(error);
  };
  const pump = createPump({ clock, ...options, events: { onError } });
  const running = pump.run(stop.signal);
  await expect.poll(enough, { timeout: 10_000, interval: 5 }).toBe(true);
  stop.abort();
  await running;
  return { snapshot: await pump.snapshot(), errors };
}

async function isDrained(queue: Queue): Promise<boolean> {
  const { ready, inFlight } = await queue.depth();
  return ready + inFlight === 0;
}

test('takes every message to the handler and deletes what is done', async () => {
  const queue = openQueue();
  await queue.send(Array.from({ length: 50 }, (_, i) => `message ${i}`));
  const { snapshot } = await pumpUntil({ queue, handler: bodyHandler() }, () => isDrained(queue));
  expect(snapshot).toMatchObject({ tagged: 50, failed: 0, depth: { ready: 0, inFlight: 0, dead: 0 } });
});

test('gives failed messages back with the reason, until they are dead', async () => {
  const queue = openQueue(2);
  await queue.send(['good', 'bad', 'good too']);
  const handler = bodyHandler((body) => body === 'bad');
  const { snapshot } = await pumpUntil({ queue, handler, retryDelayMs: 1 }, () => isDrained(queue));
  expect(snapshot).toMatchObject({ tagged: 2, failed: 2, depth: { ready: 0, inFlight: 0, dead: 1 } });
  expect(await collect(queue.deadLetters())).toMatchObject([{ body: 'bad', reason: 'as told' }]);
});

test('works on as many batches at once as it has lanes', async () => {
  const queue = openQueue();
  await queue.send(['a', 'b', 'c']);
  const gate = Promise.withResolvers<undefined>();
  const bodies: string[] = [];
  const handler: TaggerHandler = {
    handle: async (messages) => {
      bodies.push(...messages.map(({ body }) => body));
      if (bodies.length === 2) gate.resolve(undefined);
      // Would wait for ever with one lane.
      await gate.promise;
      return result({ tagged: messages.length });
    },
  };
  const { snapshot } = await pumpUntil({ queue, handler, lanes: 2, maxMessages: 1 }, () => isDrained(queue));
  expect(snapshot.tagged).toBe(3);
});

test('ends what it has begun after the signal, and takes nothing new', async () => {
  const queue = openQueue();
  await queue.send(['a', 'b']);
  const stop = new AbortController();
  const handler: TaggerHandler = {
    handle: async (messages) => {
      stop.abort();
      return result({ tagged: messages.length });
    },
  };
  const pump = createPump({ queue, handler, clock, lanes: 1, maxMessages: 1 });
  await pump.run(stop.signal);
  expect(await pump.snapshot()).toMatchObject({ tagged: 1, depth: { ready: 1, inFlight: 0, dead: 0 } });
});

test('gives its messages back when the handler does not end in time', async () => {
  const queue = openQueue();
  await queue.send(['a']);
  const stop = new AbortController();
  const handler: TaggerHandler = {
    handle: () => {
      stop.abort();
      return new Promise(() => undefined);
    },
  };
  await createPump({ queue, handler, clock, stopDeadlineMs: 10 }).run(stop.signal);
  expect(await queue.depth()).toEqual({ ready: 1, inFlight: 0, dead: 0 });
});

test('goes on after a failure of the handler as a whole', async () => {
  const queue = openQueue();
  await queue.send(['a']);
  let calls = 0;
  const handler: TaggerHandler = {
    handle: async (messages) => {
      calls += 1;
      if (calls === 1) throw new Error('not yet');
      return result({ tagged: messages.length });
    },
  };
  const done = { queue, handler, lanes: 1, retryDelayMs: 1, visibilityTimeoutMs: 1 };
  const { snapshot, errors } = await pumpUntil(done, () => isDrained(queue));
  expect(errors).toMatchObject([{ message: 'not yet' }]);
  expect(snapshot.tagged).toBe(1);
});

test('fails when the queue is corrupt, since waiting mends nothing', async () => {
  const queue = openQueue();
  const corrupt: Queue = {
    send: (bodies) => queue.send(bodies),
    receive: async () => {
      throw new NerError('E_DATABASE_CORRUPT', 'queue: queue.db cannot be used.');
    },
    delete: (receipts) => queue.delete(receipts),
    release: (receipts) => queue.release(receipts),
    depth: () => queue.depth(),
    deadLetters: () => queue.deadLetters(),
    redrive: () => queue.redrive(),
    close: () => undefined,
  };
  const pump = createPump({ queue: corrupt, handler: bodyHandler(), clock });
  expect(await codeOf(() => pump.run(new AbortController().signal))).toBe('E_DATABASE_CORRUPT');
});
