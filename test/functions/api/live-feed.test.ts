import { describe, expect, test } from 'vitest';
import { createEventHub, type PublishingEventHub } from '../../../functions/api/event-hub.ts';
import { type ApiLimits, DEFAULT_LIMITS } from '../../../functions/api/limits.ts';
import { createLiveFeed, type LiveFeed } from '../../../functions/api/live-feed.ts';
import type { LiveTweet } from '../../../shared/contracts/api.ts';
import { createApiHost, liveTweet } from '../../support/api-host.ts';

/** Timers that go off when told: `tick(ms)` runs what is set to that interval once. */
class ManualTimers {
  readonly running = new Map<() => void, number>();

  readonly every = (callback: () => void, intervalMs: number): (() => void) => {
    this.running.set(callback, intervalMs);
    return () => void this.running.delete(callback);
  };

  tick(intervalMs: number): void {
    for (const [callback, interval] of this.running) if (interval === intervalMs) callback();
  }
}

interface Setup {
  readonly feed: LiveFeed;
  readonly hub: PublishingEventHub;
  readonly timers: ManualTimers;
  readonly show: () => void;
}

function setUp(change: Partial<ApiLimits> = {}): Setup {
  const timers = new ManualTimers();
  const hub = createEventHub();
  const limits = { ...DEFAULT_LIMITS, ...change };
  const { deps } = createApiHost();
  const feed = createLiveFeed({ events: hub, status: () => deps.status(), limits, every: timers.every });
  return {
    feed,
    hub,
    timers,
    show: () => {
      timers.tick(limits.streamIntervalMs);
    },
  };
}

const tweets = (from: number, to: number): LiveTweet[] =>
  Array.from({ length: to - from }, (_, i) => liveTweet(String(from + i), `tweet ${from + i}`));

/** Everything that a closed feed has written to a stream, as `event id` in order. */
async function readEvents(stream: ReadableStream<Uint8Array> | undefined): Promise<string[]> {
  const text = await new Response(stream).text();
  return text
    .split('\n\n')
    .filter((block) => block !== '')
    .map((block) => {
      const event = /^event: (.*)$/m.exec(block)?.[1];
      if (event === undefined) return block;
      const data = JSON.parse(/^data: ([^\r\n]*)/m.exec(block)?.[1] ?? '') as { id?: string };
      return data.id === undefined ? event : `${event} ${data.id}`;
    });
}

describe('the live feed', () => {
  test('greets a reader with the status and what was shown last', async () => {
    const { feed, hub, show } = setUp();
    hub.publish({ kind: 'tagged', tweets: tweets(0, 2) });
    hub.publish({ kind: 'top', top: { entities: [] } });
    const first = feed.open();
    show();
    feed.close();
    expect(await readEvents(first)).toEqual(['retry: 1000', 'status', 'top', 'tagged 0', 'tagged 1']);
  });

  test('shows one tweet an interval, in order', async () => {
    const { feed, hub, show } = setUp();
    const stream = feed.open();
    hub.publish({ kind: 'tagged', tweets: tweets(0, 3) });
    show();
    show();
    feed.close();
    expect((await readEvents(stream)).slice(2)).toEqual(['tagged 0', 'tagged 1']);
  });

  test('samples the freshest when more come than can be shown', async () => {
    const { feed, hub, show } = setUp();
    const stream = feed.open();
    hub.publish({ kind: 'tagged', tweets: tweets(0, 10) });
    hub.publish({ kind: 'tagged', tweets: tweets(10, 1000) });
    for (let i = 0; i < 100; i++) show();
    feed.close();
    expect((await readEvents(stream)).slice(2)).toEqual(tweets(980, 1000).map(({ id }) => `tagged ${id}`));
  });

  test('passes status and top on at once, and heartbeats when it is time', async () => {
    const { feed, hub, timers } = setUp();
    const stream = feed.open();
    hub.publish({ kind: 'status', status: createApiHost().deps.status() });
    timers.tick(DEFAULT_LIMITS.heartbeatMs);
    feed.close();
    expect((await readEvents(stream)).slice(2)).toEqual(['status', ': keep-alive']);
  });

  test('writes text that looks like an event as data', async () => {
    const { feed, hub } = setUp();
    hub.publish({ kind: 'tagged', tweets: [liveTweet('1', 'a\n\nevent: status\rdata: {}\u2028')] });
    const stream = feed.open();
    feed.close();
    expect(await readEvents(stream)).toEqual(['retry: 1000', 'status', 'tagged 1']);
  });

  test('cuts off a reader that never reads before it holds more than its share', async () => {
    const { feed, hub } = setUp({ streamBufferBytes: 2000 });
    let disconnected = 0;
    const stream = feed.open(() => (disconnected += 1));
    for (let i = 0; i < 100; i++) hub.publish({ kind: 'top', top: { entities: [] } });
    expect(disconnected).toBe(1);
    expect(feed.readers()).toBe(0);
    expect((await new Response(stream).arrayBuffer()).byteLength).toBeLessThanOrEqual(2000);
  });

  test('does not make others wait for a slow reader', async () => {
    const { feed, hub } = setUp({ streamBufferBytes: 2000 });
    feed.open();
    const reader = feed.open()!.getReader();
    let received = 0;
    await reader.read();
    for (let i = 0; i < 100; i++) {
      hub.publish({ kind: 'top', top: { entities: [] } });
      received += (await reader.read()).value?.byteLength ?? 0;
    }
    expect(received).toBeGreaterThan(2000);
    expect(feed.readers()).toBe(1);
  });

  test('stops its timers with the last reader and starts them with the next', async () => {
    const { feed, timers } = setUp();
    expect(timers.running.size).toBe(0);
    const one = feed.open()!;
    const two = feed.open()!;
    await one.cancel();
    expect(timers.running.size).toBe(2);
    await two.cancel();
    expect(timers.running.size).toBe(0);
    feed.open();
    expect(timers.running.size).toBe(2);
  });

  test('opens no more streams than it may, and none after it is closed', async () => {
    const { feed } = setUp({ maxStreams: 2 });
    const one = feed.open()!;
    feed.open();
    expect(feed.open()).toBeUndefined();
    await one.cancel();
    expect(feed.open()).toBeDefined();
    feed.close();
    expect(feed.readers()).toBe(0);
    expect(feed.open()).toBeUndefined();
  });
});
