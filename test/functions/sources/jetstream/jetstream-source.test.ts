import { once } from 'node:events';
import { createServer } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import {
  createJetstreamSource,
  type JetstreamOptions,
} from '../../../../functions/sources/jetstream/jetstream-source.ts';
import type { Delivery, SourceChange } from '../../../../functions/sources/source.ts';
import { createRng } from '../../../../shared/random.ts';
import { codeOf } from '../../../support/error-code.ts';
import { createFakeClock } from '../../../support/fake-clock.ts';
import { deadAddress } from '../../../support/hub-server.ts';
import { type JetstreamConnection, postEvent, postId, startJetstream } from '../../../support/jetstream-server.ts';
import { createManualWaits } from '../../../support/manual-waits.ts';

const NOW = '2026-11-27T10:00:00.000Z';
const NOW_US = Date.parse(NOW) * 1_000;
const SECOND_US = 1_000_000;
/** An idle limit whose looks, each a quarter, no back-off is mistaken for. */
const IDLE_MS = 400_004;
const isLook = (ms: number): boolean => ms === IDLE_MS / 4;

interface Followed {
  readonly changes: readonly SourceChange[];
  /** Deliveries until so many tweets have come. */
  readonly take: (
    count: number,
  ) => Promise<{ readonly ids: readonly string[]; readonly deliveries: readonly Delivery[] }>;
  readonly next: () => Promise<Delivery>;
  readonly stop: AbortController;
  readonly gaps: readonly string[];
}

function follow(
  endpoints: readonly string[],
  {
    cursor,
    waits = createManualWaits((ms) => !isLook(ms)),
    ...options
  }: JetstreamOptions & { cursor?: string; waits?: ReturnType<typeof createManualWaits> } = {},
): Followed {
  const stop = new AbortController();
  onTestFinished(() => {
    stop.abort();
  });
  const changes: SourceChange[] = [];
  const gaps: string[] = [];
  const deps = { clock: createFakeClock(NOW), wait: waits.wait, rng: createRng(1) };
  const source = createJetstreamSource(deps, {
    endpoints,
    idleMs: IDLE_MS,
    onGap: (line) => gaps.push(line),
    ...options,
  });
  const onChange = (change: SourceChange): void => void changes.push(change);
  const iterator = source.deliveries({ cursor, onChange }, stop.signal)[Symbol.asyncIterator]();
  const next = async (): Promise<Delivery> => {
    const result = await iterator.next();
    if (result.done === true) throw new Error('the source ended');
    return result.value;
  };
  return {
    changes,
    gaps,
    stop,
    next,
    take: async (count) => {
      const deliveries: Delivery[] = [];
      const ids: string[] = [];
      while (ids.length < count) {
        const delivery = await next();
        deliveries.push(delivery);
        ids.push(...delivery.tweets.map(({ id }) => id));
      }
      return { ids, deliveries };
    },
  };
}

const send = ({ socket }: JetstreamConnection, ...messages: readonly string[]): void => {
  for (const message of messages) socket.send(message);
};

test('asks for posts of the present, and delivers them with the time of the last as the cursor', async () => {
  const server = await startJetstream((client) => {
    send(client, postEvent(1, NOW_US - 2), postEvent(2, NOW_US - 1));
  });
  const { ids, deliveries } = await follow([server.endpoint]).take(2);
  expect(ids).toEqual([postId(1), postId(2)]);
  expect(deliveries.at(-1)!.cursor).toBe(String(NOW_US - 1));
  const [{ query }] = server.connections as [JetstreamConnection];
  expect(query.get('wantedCollections')).toBe('app.bsky.feed.post');
  expect(query.has('cursor')).toBe(false);
});

test('begins five seconds before the cursor, and drops nothing that it has not seen', async () => {
  const server = await startJetstream((client) => {
    send(client, postEvent(1, NOW_US));
  });
  const cursor = String(NOW_US - 60 * SECOND_US);
  expect((await follow([server.endpoint], { cursor }).take(1)).ids).toEqual([postId(1)]);
  expect(server.connections[0]!.query.get('cursor')).toBe(String(NOW_US - 65 * SECOND_US));
});

test.each(['', 'none', '-1', '1e400'])('takes the cursor %j for none', async (cursor) => {
  const server = await startJetstream((client) => {
    send(client, postEvent(1, NOW_US));
  });
  await follow([server.endpoint], { cursor }).take(1);
  expect(server.connections[0]!.query.has('cursor')).toBe(false);
});

test('after a lost connection begins five seconds before the last event, and delivers what comes again once', async () => {
  const server = await startJetstream((client) => {
    const first = server.connections.length === 1;
    send(client, postEvent(1, NOW_US - 9 * SECOND_US), postEvent(2, NOW_US - 8 * SECOND_US));
    if (first) client.socket.close(1001);
    else send(client, postEvent(3, NOW_US));
  });
  const { ids } = await follow([server.endpoint]).take(3);
  expect(ids).toEqual([postId(1), postId(2), postId(3)]);
  expect(server.connections[1]!.query.get('cursor')).toBe(String(NOW_US - 13 * SECOND_US));
});

test('takes events that are out of order, and never moves the cursor back', async () => {
  const server = await startJetstream((client) => {
    send(client, postEvent(2, NOW_US - 1_000), postEvent(1, NOW_US - 3_000_000), postEvent(3, NOW_US - 500_000));
  });
  const { ids, deliveries } = await follow([server.endpoint]).take(3);
  expect(ids).toEqual([postId(2), postId(1), postId(3)]);
  expect(deliveries.at(-1)!.cursor).toBe(String(NOW_US - 1_000));
});

test('an event of the future moves the cursor no further than the present', async () => {
  const server = await startJetstream((client) => {
    send(client, postEvent(1, NOW_US + 3_600 * SECOND_US));
  });
  const { deliveries } = await follow([server.endpoint]).take(1);
  expect(deliveries.at(-1)!.cursor).toBe(String(NOW_US));
});

test('what cannot be read is rejected once, and everything around it comes through', async () => {
  const server = await startJetstream((client) => {
    const broken = postEvent(9, NOW_US).slice(0, 50);
    send(client, postEvent(1, NOW_US), broken, postEvent(2, NOW_US), broken);
    if (server.connections.length === 1) client.socket.close();
    else send(client, postEvent(3, NOW_US));
  });
  const { ids, deliveries } = await follow([server.endpoint]).take(3);
  expect(ids).toEqual([postId(1), postId(2), postId(3)]);
  expect(deliveries.flatMap(({ rejected }) => rejected)).toHaveLength(1);
});

test('goes to the next server when one is of no use, and stays with the one that was', async () => {
  const refusing = await startJetstream(undefined, () => 503);
  const good = await startJetstream((client) => {
    send(client, postEvent(good.connections.length, NOW_US));
    if (good.connections.length < 3) client.socket.terminate();
  });
  const { take, changes } = follow([(await deadAddress()).replace('http', 'ws'), refusing.endpoint, good.endpoint]);
  expect((await take(3)).ids).toEqual([postId(1), postId(2), postId(3)]);
  const reasons = changes.filter(({ state }) => state === 'waiting').map(({ reason }) => reason);
  expect(reasons.slice(0, 2)).toEqual(['ECONNREFUSED', 'the server answered with HTTP 503']);
  expect(changes.filter(({ state }) => state === 'live')).toHaveLength(3);
});

test('a rate limit is waited out for a minute at least', async () => {
  let asked = 0;
  const server = await startJetstream(
    (client) => {
      send(client, postEvent(1, NOW_US));
    },
    () => (asked++ === 0 ? 429 : undefined),
  );
  const { take, changes } = follow([server.endpoint]);
  await take(1);
  expect(changes.find(({ state }) => state === 'waiting')!.retryMs).toBeGreaterThanOrEqual(60_000);
});

test('a server that takes the connection and says nothing is given up and asked again', async () => {
  const mute = createServer().listen(0, '127.0.0.1');
  await once(mute, 'listening');
  const sockets: (() => void)[] = [];
  mute.on('connection', (socket) => sockets.push(() => socket.destroy()));
  onTestFinished(() => {
    for (const destroy of sockets) destroy();
    mute.close();
  });
  const good = await startJetstream((client) => {
    send(client, postEvent(1, NOW_US));
  });
  const waits = createManualWaits((ms) => !isLook(ms));
  const { port } = mute.address() as { port: number };
  const { take, changes } = follow([`ws://127.0.0.1:${port}`, good.endpoint], { waits });
  const taken = take(1);
  for (let look = 0; look < 5; look++) (await waits.next(isLook)).release();
  expect((await taken).ids).toEqual([postId(1)]);
  expect(changes[1]).toMatchObject({ state: 'waiting', reason: `nothing came for ${IDLE_MS / 1_000} s` });
});

test('pings are signs of life, and are answered', async () => {
  const server = await startJetstream();
  const waits = createManualWaits((ms) => !isLook(ms));
  const { take, changes } = follow([server.endpoint], { waits });
  const arrived = server.next();
  const taken = take(1);
  const client = await arrived;
  for (let round = 0; round < 3; round++) {
    for (let look = 0; look < 4; look++) (await waits.next(isLook)).release();
    const answered = once(client.socket, 'pong');
    client.socket.ping();
    await answered;
  }
  send(client, postEvent(1, NOW_US));
  await taken;
  expect(changes.filter(({ state }) => state === 'waiting')).toEqual([]);
});

test('a consumer that is slow holds the server back instead of filling the memory', async () => {
  const server = await startJetstream();
  const { next } = follow([server.endpoint]);
  const arrived = server.next();
  const first = next();
  const client = await arrived;
  const text = 'x'.repeat(3_000);
  const POSTS = 8_000;
  let sent = 0;
  const stream = client.socket;
  // What the kernel and the socket hold is a few megabytes; a reader that took everything would take all of this.
  while (sent < POSTS) stream.send(postEvent(sent, NOW_US, { record: { text: `${sent++} ${text}` } }));
  let tweets = (await first).tweets.length;
  for (let turn = 0; turn < 200; turn++) await new Promise((resolve) => setImmediate(resolve));
  expect(stream.bufferedAmount).toBeGreaterThan(POSTS * 3_000 * 0.5);
  while (tweets < sent) tweets += (await next()).tweets.length;
  expect(tweets).toBe(sent);
  expect(stream.bufferedAmount).toBe(0);
});

test('says when events between the cursor and the first one may be lost', async () => {
  const server = await startJetstream((client) => {
    send(client, postEvent(1, NOW_US));
  });
  const { take, gaps } = follow([server.endpoint], { cursor: String(NOW_US - 2 * 3_600 * SECOND_US) });
  await take(1);
  expect(gaps).toEqual(['goes on 120 min after the last event seen; posts in between, if there were any, are lost']);
});

test('ends at the signal, in the middle of a connection', async () => {
  const server = await startJetstream();
  const { next, stop } = follow([server.endpoint]);
  const arrived = server.next();
  const ended = next();
  await arrived;
  stop.abort('SIGTERM');
  await expect(ended).rejects.toThrow('the source ended');
});

test.each(['', 'localhost', 'https://example.org/subscribe'])('fails for %j, which is no server', async (endpoint) => {
  expect(await codeOf(() => follow([endpoint]))).toBe('E_USAGE');
});
