import { expect, onTestFinished, test } from 'vitest';
import { createSourceRunner, type SourceRunnerDeps } from '../../../functions/sources/source-runner.ts';
import type { Delivery, Source, SourceStart } from '../../../functions/sources/source.ts';
import { loadStreamCursor, streamCursorKey } from '../../../functions/sources/stream-cursor.ts';
import type { Tweet } from '../../../shared/contracts/tweet.ts';
import { NerError } from '../../../shared/ner-error.ts';
import { FolderObjectStore } from '../../../shared/store/folder-object-store.ts';
import { createFakeClock } from '../../support/fake-clock.ts';
import { createManualWaits } from '../../support/manual-waits.ts';
import { tempFolder } from '../../support/temp-folder.ts';

const tweets = (...ids: readonly number[]): readonly Tweet[] => ids.map((id) => ({ id: String(id), text: 'x' }));
const rejected = { code: 'E_TWEET_MALFORMED', reason: 'test: broken', raw: '{' } as const;

type Script = (start: SourceStart, signal: AbortSignal) => AsyncGenerator<Delivery, void, undefined>;

function bench(script: Script, changes: Partial<SourceRunnerDeps> = {}) {
  const clock = createFakeClock('2026-11-27T10:00:00.000Z');
  const store = new FolderObjectStore({ root: tempFolder(), clock });
  onTestFinished(() => {
    store.close();
  });
  const waits = createManualWaits((ms) => ms !== 50);
  const lines: string[] = [];
  const taken: string[][] = [];
  const source: Source = { name: 'test', deliveries: script };
  const deps: SourceRunnerDeps = {
    take: async (batch, bad) => {
      taken.push([...batch.map(({ id }) => id), ...bad.map(({ raw }) => raw)]);
    },
    room: async () => undefined,
    store,
    clock,
    wait: waits.wait,
    log: (line) => lines.push(line),
    ...changes,
  };
  const runner = createSourceRunner(source, deps);
  const stop = new AbortController();
  return { runner, run: () => runner.run(stop.signal), stop, store, clock, waits, lines, taken, source, deps };
}

const forever = (signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    if (signal.aborted) resolve();
    signal.addEventListener('abort', () => {
      resolve();
    });
  });

test('hands over all that came, then keeps the cursor, and the next run begins there', async () => {
  const { run, taken, runner, store, source, deps } = bench(async function* () {
    yield { tweets: tweets(1, 2), rejected: [rejected], cursor: 'a' };
    yield { tweets: tweets(3), rejected: [], cursor: 'b' };
  });
  await run();
  expect(taken.flat().sort()).toEqual(['1', '2', '3', '{']);
  expect(runner.status()).toMatchObject({ name: 'test', state: 'done', received: 3, reconnects: 0 });
  expect(await loadStreamCursor(store, 'test')).toBe('b');
  let begun: string | undefined;
  const next: Source = {
    ...source,
    deliveries: async function* ({ cursor }) {
      begun = cursor;
      yield* [];
    },
  };
  await createSourceRunner(next, deps).run(new AbortController().signal);
  expect(begun).toBe('b');
});

test('a cursor that cannot be read counts as none', async () => {
  const { store } = bench(async function* () {
    yield* [];
  });
  for (const body of ['{', '{"v":2}', '']) {
    await store.put(streamCursorKey('test'), Buffer.from(body));
    expect(await loadStreamCursor(store, 'test')).toBeUndefined();
  }
});

test('one tweet waits 50 ms for others, and no longer', async () => {
  const { run, taken, waits, stop } = bench(async function* (_, signal) {
    yield { tweets: tweets(1), rejected: [] };
    yield { tweets: tweets(2), rejected: [] };
    await forever(signal);
  });
  const running = run();
  const due = await waits.next((ms) => ms === 50);
  for (let turn = 0; turn < 20; turn++) await Promise.resolve();
  expect(taken).toEqual([]);
  due.release();
  for (let turn = 0; turn < 20; turn++) await Promise.resolve();
  expect(taken).toEqual([['1', '2']]);
  stop.abort();
  await running;
});

test('a full batch is handed over at once, and nothing is asked for before it is accepted', async () => {
  let asked = 0;
  let accept: () => void = () => undefined;
  const accepted = new Promise<void>((resolve) => (accept = resolve));
  let begin: () => void = () => undefined;
  const begun = new Promise<void>((resolve) => (begin = resolve));
  const { run, stop } = bench(
    async function* (_, signal) {
      while (!signal.aborted) {
        asked += 1;
        yield { tweets: tweets(...Array.from({ length: 1_000 }, (_, i) => i)), rejected: [] };
      }
    },
    {
      take: () => {
        begin();
        return accepted;
      },
    },
  );
  const running = run();
  await begun;
  for (let turn = 0; turn < 50; turn++) await new Promise((resolve) => setImmediate(resolve));
  expect(asked).toBe(1);
  stop.abort();
  accept();
  await running;
});

test('waits for room, and for what it hands over to be accepted, as often as it takes', async () => {
  let tries = 0;
  const order: string[] = [];
  const { run, runner, store, lines } = bench(
    async function* () {
      yield { tweets: tweets(1), rejected: [], cursor: 'a' };
    },
    {
      room: async () => void order.push('room'),
      take: async () => {
        order.push('take');
        if (tries++ < 3) throw new NerError('E_DATABASE_LOCKED', 'queue: locked.');
      },
    },
  );
  await run();
  expect(order).toEqual(['room', 'take', 'room', 'take', 'room', 'take', 'room', 'take']);
  expect(runner.status().received).toBe(1);
  expect(await loadStreamCursor(store, 'test')).toBe('a');
  expect(lines[0]).toBe('source test: cannot hand over what came, and tries again: E_DATABASE_LOCKED: queue: locked.');
});

test('the cursor does not move past what was not accepted', async () => {
  const { run, stop, store, runner } = bench(
    async function* (_, signal) {
      yield { tweets: tweets(1), rejected: [], cursor: 'a' };
      await forever(signal);
    },
    {
      take: async () => {
        stop.abort();
        throw new NerError('E_DATABASE_LOCKED', 'queue: locked.');
      },
    },
  );
  const running = run();
  stop.abort();
  await expect(running).rejects.toMatchObject({ code: 'E_DATABASE_LOCKED' });
  expect(await loadStreamCursor(store, 'test')).toBeUndefined();
  expect(runner.status()).toMatchObject({ state: 'failed', received: 0 });
});

test('saves the cursor at most once a second, and at the end', async () => {
  const puts: string[] = [];
  const { run, clock, deps } = bench(async function* () {
    for (let second = 0; second < 3; second++) {
      for (const part of ['a', 'b', 'c']) {
        yield {
          tweets: tweets(...Array.from({ length: 1_000 }, (_, i) => i)),
          rejected: [],
          cursor: `${second}${part}`,
        };
      }
      clock.advance(1_000);
    }
  });
  const put = deps.store.put.bind(deps.store);
  deps.store.put = async (key, body) => {
    puts.push((JSON.parse(Buffer.from(body).toString()) as { cursor: string }).cursor);
    return put(key, body);
  };
  await run();
  expect(puts).toEqual(['0a', '1a', '2a', '2c']);
});

test('counts reconnects, tells each outage once, and each return', async () => {
  const { run, runner, lines, stop } = bench(async function* ({ onChange }) {
    onChange({ state: 'connecting' });
    onChange({ state: 'live', reason: 'wss://one' });
    for (let i = 0; i < 3; i++) {
      onChange({ state: 'waiting', reason: 'ECONNREFUSED', retryMs: 250 * (i + 1) });
      onChange({ state: 'connecting' });
    }
    onChange({ state: 'live', reason: 'wss://two' });
    stop.abort();
    yield* [];
  });
  await run();
  expect(lines).toEqual([
    'source test: live: wss://one',
    'source test: waiting: ECONNREFUSED; next try in 0.3 s',
    'source test: live: wss://two',
    'source test: stopped',
  ]);
  expect(runner.status()).toMatchObject({ state: 'stopped', reconnects: 3 });
});

test('hands over what came before a failure, and fails with it', async () => {
  const { run, runner, taken, lines } = bench(async function* () {
    yield { tweets: tweets(1), rejected: [] };
    throw new NerError('E_SOURCE_DENIED', 'x: the token is not accepted.');
  });
  await expect(run()).rejects.toMatchObject({ code: 'E_SOURCE_DENIED' });
  expect(taken).toEqual([['1']]);
  expect(runner.status()).toMatchObject({ state: 'failed', reason: 'E_SOURCE_DENIED: x: the token is not accepted.' });
  expect(lines).toEqual(['source test: failed: E_SOURCE_DENIED: x: the token is not accepted.']);
});
