import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { AlarmCode, HostStatus } from '../../shared/contracts/api.ts';
import { createRng } from '../../shared/random.ts';
import {
  type JetstreamConnection,
  type JetstreamServer,
  postEvent,
  postId,
  startJetstream,
} from '../support/jetstream-server.ts';
import { endServed, serve, type Served } from '../support/serve-process.ts';
import { awaitEvent, streamEvents } from '../support/stream-events.ts';
import { taggedResults } from '../support/tagged-results.ts';
import { tempFolder } from '../support/temp-folder.ts';
import { trainedBundle } from '../support/trained-bundle.ts';
import { answerError, openStream, startX, tweetLine } from '../support/x-server.ts';

const bundle = trainedBundle(1);

const POSTS = 3_000;
/** Far enough apart that the five seconds that are asked for again are 50 posts. */
const STEP_US = 100_000;
const START_US = (Date.now() - 3_600_000) * 1_000;
const timeOf = (number: number): number => START_US + number * STEP_US;

/** The posts from the cursor on, in an order that is not quite that of their times, some of them twice. */
function replay(query: URLSearchParams): readonly number[] {
  const cursor = Number(query.get('cursor') ?? 0);
  const numbers = Array.from({ length: POSTS }, (_, i) => i).filter((number) => timeOf(number) >= cursor);
  return numbers.flatMap((number, i) => (i % 10 === 0 && i > 0 ? [numbers[i - 1]!, number, number] : [number]));
}

interface Flaky {
  readonly server: JetstreamServer;
  /** Messages sent so far, over all connections. */
  readonly sent: () => number;
  /** Resolves when so many were sent. */
  readonly reached: (count: number) => Promise<void>;
}

/** A Jetstream that sends all posts from the cursor on and cuts connections at random places until `POSTS` were seen. */
async function startFlaky(seed: number): Promise<Flaky> {
  const rng = createRng(seed, 'jetstream');
  let sent = 0;
  let reached: () => void = () => undefined;
  let target = Infinity;
  const serveAll = ({ socket, query }: JetstreamConnection): void => {
    const left = [...replay(query)];
    const lives = 60 + rng.int(600);
    const next = (): void => {
      if (socket.readyState !== socket.OPEN) return;
      for (let i = 0; i < 20 && left.length > 0; i++, sent++) {
        const number = left.shift()!;
        socket.send(postEvent(number, timeOf(number), { record: { text: `flight ${number} to Lisbon` } }));
      }
      if (sent >= target) reached();
      // The last posts come through: otherwise the test would not end.
      if (left.length > 0 && replay(query).length - left.length >= lives) socket.terminate();
      else if (left.length > 0) setImmediate(next);
    };
    next();
  };
  const server = await startJetstream(serveAll);
  return {
    server,
    sent: () => sent,
    reached: (count) =>
      new Promise((resolve) => {
        target = count;
        reached = resolve;
        if (sent >= count) resolve();
      }),
  };
}

async function untilTagged({ url }: Served, state: string, count: number): Promise<void> {
  for await (const { event } of streamEvents(url)) {
    if (event !== 'status' || !existsSync(join(state, 'store', 'tagged'))) continue;
    if (taggedResults(state).length >= count) return;
  }
}

async function untilAlarm({ url }: Served, code: AlarmCode): Promise<void> {
  await awaitEvent<HostStatus>(url, 'status', ({ alarms }) => alarms.some((alarm) => alarm.code === code));
}

async function statusOf({ url }: Served): Promise<HostStatus> {
  return (await (await fetch(`${url}/v1/status`)).json()) as HostStatus;
}

test(
  'Jetstream: connections cut at random, the process killed in between, and every post is in the results once',
  { timeout: 120_000 },
  async () => {
    const state = tempFolder();
    const { server, sent, reached } = await startFlaky(7);
    const args = ['--source', 'jetstream', '--endpoint', server.endpoint, '--state', state];
    const rng = createRng(7, 'kill');
    let served = await serve([...args, '--model', bundle()]);
    for (let kill = 0; kill < 3; kill++) {
      await reached(sent() + 200 + rng.int(500));
      served.child.kill('SIGKILL');
      await served.ended;
      served = await serve(args);
    }
    await untilTagged(served, state, POSTS);
    const status = await statusOf(served);
    expect(status.sources).toMatchObject([{ name: 'jetstream', state: 'live' }]);
    const { stderr } = await endServed(served);
    expect(stderr).toContain('source jetstream: live: ws://127.0.0.1:');
    expect(stderr).not.toContain('Lisbon');

    const ids = taggedResults(state).map(({ id }) => id);
    const expected = Array.from({ length: POSTS }, (_, number) => postId(number));
    expect(ids.toSorted()).toEqual(expected.toSorted());
    // Otherwise there would have been nothing to go on from.
    expect(server.connections.length).toBeGreaterThan(4);
    expect(server.connections.at(-1)!.query.has('cursor')).toBe(true);
    expect(sent()).toBeGreaterThan(POSTS);
  },
);

test('X: a stream that ends with 401 leaves the host at work on what came, and the exit code says so', async () => {
  const state = tempFolder();
  const { endpoint, seen } = await startX((_, response, number) => {
    if (number > 0) answerError(response, 401, { title: 'Unauthorized' });
    else {
      openStream(response);
      response.end(tweetLine('1', 'Off to Lisbon') + '{"broken\r\n' + tweetLine('2', 'Back from Lisbon'));
    }
  });
  const args = ['--source', 'x', '--endpoint', endpoint, '--state', state, '--model', bundle()];
  const served = await serve(args, { env: { X_BEARER_TOKEN: 'test-token' } });
  await untilTagged(served, state, 2);
  const { sources, rejected } = await statusOf(served);
  await untilAlarm(served, 'source_failed');
  expect(await (await fetch(`${served.url}/metrics`)).text()).toContain('tagwright_source_live{source="x"} 0');
  expect(sources).toMatchObject([{ name: 'x', state: 'failed', received: 2 }]);
  expect(rejected).toBe(1);
  const { stderr } = await endServed(served, 1);
  expect(stderr).toMatch(/^source x: failed: E_SOURCE_DENIED: x: the token is not accepted, got HTTP 401/m);
  expect(stderr).not.toContain('test-token');
  expect(seen.every(({ authorization }) => authorization === 'Bearer test-token')).toBe(true);
});

test('standard input: NDJSON is tagged as it comes, and the host goes on at its end', async () => {
  const state = tempFolder();
  const input = '{"id":"1","text":"Off to Lisbon"}\n{"broken\n{"id":"2","text":"Back"}\n';
  const served = await serve(['--source', '-', '--state', state, '--model', bundle()], { input });
  await untilTagged(served, state, 2);
  expect((await statusOf(served)).sources).toMatchObject([{ name: 'stdin', state: 'done', received: 2 }]);
  await endServed(served);
});

test('an interrupt while a source waits for its server ends the process', async () => {
  const state = join(tempFolder(), 'state');
  const server = await startJetstream(undefined, () => 503);
  const served = await serve(['--source', 'jetstream', '--endpoint', server.endpoint, '--state', state]);
  const [line] = (await once(served.child.stderr!, 'data')) as [Buffer];
  expect(line.toString()).not.toBe('');
  await endServed(served);
});
