import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import type { BusEvent, BusEventType } from '../../../shared/contracts/events.ts';
import { createEventDispatcher } from '../../../shared/events/event-dispatcher.ts';
import { type Delivery, SqliteEventBus } from '../../../shared/events/sqlite-event-bus.ts';
import { eventBusConformance } from '../../support/conformance/event-bus.ts';
import { codeOf } from '../../support/error-code.ts';
import { createFakeClock } from '../../support/fake-clock.ts';
import { tempFolder } from '../../support/temp-folder.ts';
import { until } from '../../support/until.ts';

const DAY_MS = 24 * 60 * 60 * 1_000;
const LEASE_MS = 1_000;

function open(path = join(tempFolder(), 'events.sqlite'), clock: () => Date = () => new Date()): SqliteEventBus {
  const bus = new SqliteEventBus({ path, clock });
  onTestFinished(() => {
    bus.close();
  });
  return bus;
}

function refused(job: string): BusEvent {
  return {
    id: `refused-${job}`,
    time: '2026-03-04T05:06:07.000Z',
    source: 'tagwright',
    'detail-type': 'Model Refused',
    detail: { job, reason: 'too bad' },
  };
}

const audience = { name: 'audience', types: ['Model Refused'] } as const;

const idOf = (delivery: Delivery | undefined): string | undefined => delivery?.event.id;

eventBusConformance('SqliteEventBus', async (types) => {
  const bus = open();
  const heard = new Map<BusEventType, BusEvent[]>(types.map((type) => [type, []]));
  const stop = new AbortController();
  const subscribers = types.map((type) => ({
    name: `of ${type}`,
    types: [type],
    handle: async (event: BusEvent) => void heard.get(type)!.push(event),
  }));
  const running = createEventDispatcher({ bus, subscribers, onFailure: () => undefined }).run(stop.signal);
  onTestFinished(async () => {
    stop.abort();
    await running;
  });
  return {
    bus,
    received: async (type, count) => {
      const events = heard.get(type)!;
      await until(() => new Set(events.map(({ detail }) => JSON.stringify(detail))).size >= count, 1);
      return events;
    },
  };
});

describe('SqliteEventBus', () => {
  test('tells of what was published before anybody listened, and from another connection', async () => {
    const path = join(tempFolder(), 'events.sqlite');
    const publisher = open(path);
    await publisher.publish([refused('a'), refused('b')]);
    const bus = open(path);
    const [first, second] = [bus.take(audience, LEASE_MS), bus.take(audience, LEASE_MS)];
    expect([first, second].map(idOf)).toEqual(['refused-a', 'refused-b']);
    await publisher.publish([refused('c')]);
    expect(idOf(bus.take(audience, LEASE_MS))).toBe('refused-c');
  });

  test('tells each subscriber until it is done, and again once the lease of one that died is over', async () => {
    const clock = createFakeClock();
    const bus = open(undefined, clock);
    await bus.publish([refused('a')]);
    const first = bus.take(audience, LEASE_MS)!;
    expect(bus.take(audience, LEASE_MS)).toBeUndefined();
    expect(idOf(bus.take({ ...audience, name: 'another' }, LEASE_MS))).toBe('refused-a');
    clock.advance(LEASE_MS / 2);
    bus.extend(first, LEASE_MS);
    clock.advance(LEASE_MS / 2);
    expect(bus.take(audience, LEASE_MS)).toBeUndefined();
    clock.advance(LEASE_MS / 2);
    const second = bus.take(audience, LEASE_MS)!;
    expect([first.tries, second.tries]).toEqual([1, 2]);
    bus.done(first);
    clock.advance(LEASE_MS);
    const third = bus.take(audience, LEASE_MS)!;
    expect(third.tries).toBe(3);
    bus.done(third);
    clock.advance(DAY_MS);
    expect(bus.take(audience, LEASE_MS)).toBeUndefined();
  });

  test('lists what a subscriber failed at too often, and tells it again when asked to', async () => {
    const clock = createFakeClock();
    const bus = open(undefined, clock);
    await bus.publish([refused('a'), refused('b')]);
    bus.bury(bus.take(audience, LEASE_MS)!, 'the disk is full');
    bus.retry(bus.take(audience, LEASE_MS)!, 5_000, 'not yet');
    expect(bus.take(audience, LEASE_MS)).toBeUndefined();
    expect(bus.dead()).toEqual([{ subscriber: 'audience', event: refused('a'), tries: 1, reason: 'the disk is full' }]);
    expect(bus.redrive()).toBe(1);
    expect(bus.dead()).toEqual([]);
    expect(bus.take(audience, LEASE_MS)).toMatchObject({ event: refused('a'), tries: 1 });
    clock.advance(5_000);
    expect(bus.take(audience, LEASE_MS)).toMatchObject({ event: refused('a'), tries: 2 });
    expect(bus.take(audience, LEASE_MS)).toMatchObject({ event: refused('b'), tries: 2 });
  });

  test('forgets what is older than a fortnight, but not what failed', async () => {
    const clock = createFakeClock();
    const bus = open(undefined, clock);
    await bus.publish([refused('a'), refused('b')]);
    bus.bury(bus.take(audience, LEASE_MS)!, 'no');
    clock.advance(15 * DAY_MS);
    await bus.publish([refused('c')]);
    bus.prune();
    expect(bus.dead().map(({ event }) => event.id)).toEqual(['refused-a']);
    expect(idOf(bus.take(audience, LEASE_MS))).toBe('refused-c');
    expect(bus.take(audience, LEASE_MS)).toBeUndefined();
  });

  test('fails on a file that is no database', async () => {
    const path = join(tempFolder(), 'events.sqlite');
    writeFileSync(path, 'x'.repeat(4_096));
    expect(await codeOf(() => open(path))).toBe('E_DATABASE_CORRUPT');
  });
});
