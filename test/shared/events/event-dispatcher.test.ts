import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import type { BusEvent } from '../../../shared/contracts/events.ts';
import { createEventDispatcher, type EventDispatcherOptions } from '../../../shared/events/event-dispatcher.ts';
import { SqliteEventBus } from '../../../shared/events/sqlite-event-bus.ts';
import { tempFolder } from '../../support/temp-folder.ts';
import { until } from '../../support/until.ts';

function openBus(path = join(tempFolder(), 'events.sqlite')): SqliteEventBus {
  const bus = new SqliteEventBus({ path, clock: () => new Date() });
  onTestFinished(() => {
    bus.close();
  });
  return bus;
}

/** Runs a dispatcher until the test is over; returns the call that ends it before. */
function dispatch(options: EventDispatcherOptions): () => Promise<void> {
  const stop = new AbortController();
  const running = createEventDispatcher(options).run(stop.signal);
  const end = async (): Promise<void> => {
    stop.abort();
    await running;
  };
  onTestFinished(end);
  return end;
}

function promoted(modelId: string): BusEvent {
  return {
    id: modelId,
    time: '2026-03-04T05:06:07.000Z',
    source: 'tagwright',
    'detail-type': 'Model Promoted',
    detail: { modelId, previous: null },
  };
}

const types = ['Model Promoted'] as const;

test('one that fails is told again, with pauses, and given up after so many tries; nobody else waits for it', async () => {
  const bus = openBus();
  const failures: unknown[] = [];
  const heard: string[] = [];
  dispatch({
    bus,
    retryDelayMs: 1,
    maxTries: 3,
    onFailure: (failure) => failures.push(failure),
    subscribers: [
      {
        name: 'unwilling',
        types,
        handle: async ({ id }) => {
          if (id === 'bad') throw new Error('the store is away');
          heard.push(`unwilling ${id}`);
        },
      },
      { name: 'willing', types, handle: async ({ id }) => void heard.push(`willing ${id}`) },
    ],
  });
  await bus.publish([promoted('bad'), promoted('good')]);
  await until(() => bus.dead().length === 1, 1);
  await until(() => heard.length === 3, 1);
  expect([...heard].sort()).toEqual(['unwilling good', 'willing bad', 'willing good']);
  expect(failures).toMatchObject([
    { subscriber: 'unwilling', dead: false },
    { subscriber: 'unwilling', dead: false },
    { subscriber: 'unwilling', dead: true },
  ]);
  expect(bus.dead()).toMatchObject([{ subscriber: 'unwilling', tries: 3, reason: 'the store is away' }]);
});

test('what another process publishes is seen, and work that takes longer than the lease is not given out twice', async () => {
  const path = join(tempFolder(), 'events.sqlite');
  const bus = openBus(path);
  const begun: string[] = [];
  let release: () => void = () => undefined;
  const released = new Promise<void>((resolve) => (release = resolve));
  const subscriber = {
    name: 'slow',
    types,
    handle: async ({ id }: BusEvent) => {
      begun.push(id);
      await released;
    },
  };
  const options = { pollMs: 5, leaseMs: 60, onFailure: () => undefined, subscribers: [subscriber] };
  dispatch({ bus, ...options });
  const other = openBus(path);
  dispatch({ bus: other, ...options });
  await other.publish([promoted('a')]);
  await until(() => begun.length > 0, 1);
  // Another event goes to the other host: its lane has looked for work again, well after the first lease.
  const start = performance.now();
  await until(() => performance.now() - start > 200, 20);
  await other.publish([promoted('b')]);
  await until(() => begun.length === 2, 1);
  release();
  expect(begun).toEqual(['a', 'b']);
});

test('a dispatcher ends after what is at work, and what it had not begun is there for the next', async () => {
  const bus = openBus();
  const heard: string[] = [];
  const end = dispatch({
    bus,
    onFailure: () => undefined,
    subscribers: [
      {
        name: 'one',
        types,
        handle: async ({ id }) => {
          const ending = end();
          heard.push(id);
          await Promise.race([ending, Promise.resolve()]);
        },
      },
    ],
  });
  await bus.publish([promoted('a'), promoted('b')]);
  await until(() => heard.length > 0, 1);
  await end();
  expect(heard).toEqual(['a']);
  dispatch({
    bus,
    onFailure: () => undefined,
    subscribers: [{ name: 'one', types, handle: async ({ id }) => void heard.push(id) }],
  });
  await until(() => heard.length > 1, 1);
  expect(heard).toEqual(['a', 'b']);
});
