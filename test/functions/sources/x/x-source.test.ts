import type { ServerResponse } from 'node:http';
import { expect, onTestFinished, test } from 'vitest';
import type { Delivery, SourceChange } from '../../../../functions/sources/source.ts';
import { xAccess } from '../../../../functions/sources/x/x-access.ts';
import { createXSource, type XOptions } from '../../../../functions/sources/x/x-source.ts';
import { createRng } from '../../../../shared/random.ts';
import { codeOf } from '../../../support/error-code.ts';
import { createFakeClock } from '../../../support/fake-clock.ts';
import { createManualWaits, type ManualWaits } from '../../../support/manual-waits.ts';
import { answerError, openStream, startX, tweetLine, type XAnswer, type XServer } from '../../../support/x-server.ts';

const NOW = '2026-11-27T10:00:00.000Z';
const TOKEN = 'AAAA%2FtestTOKEN';
const IDLE_MS = 400_004;
const isLook = (ms: number): boolean => ms === IDLE_MS / 4;

interface Bench {
  readonly server: XServer;
  readonly waits: ManualWaits;
  readonly changes: readonly SourceChange[];
  readonly stop: AbortController;
  next(): Promise<IteratorResult<Delivery>>;
  /** Tweets until there are so many. */
  take(count: number): Promise<{ readonly texts: readonly string[]; readonly deliveries: readonly Delivery[] }>;
}

async function follow(answer: XAnswer, { cursor, ...options }: XOptions & { cursor?: string } = {}): Promise<Bench> {
  const server = await startX(answer);
  const waits = createManualWaits((ms) => !isLook(ms));
  const stop = new AbortController();
  onTestFinished(() => {
    stop.abort();
  });
  const changes: SourceChange[] = [];
  const deps = { clock: createFakeClock(NOW), wait: waits.wait, rng: createRng(1) };
  const source = createXSource(xAccess(TOKEN, server.endpoint), deps, { idleMs: IDLE_MS, ...options });
  const onChange = (change: SourceChange): void => void changes.push(change);
  const iterator = source.deliveries({ cursor, onChange }, stop.signal)[Symbol.asyncIterator]();
  return {
    server,
    waits,
    changes,
    stop,
    next: () => iterator.next(),
    take: async (count) => {
      const deliveries: Delivery[] = [];
      const texts: string[] = [];
      while (texts.length < count) {
        const next = await iterator.next();
        if (next.done === true) throw new Error('the source ended');
        deliveries.push(next.value);
        texts.push(...next.value.tweets.map(({ text }) => text));
      }
      return { texts, deliveries };
    },
  };
}

/** Writes the parts one after the other, each when the one before is on its way. */
function write(response: ServerResponse, ...parts: readonly (string | Uint8Array)[]): void {
  for (const part of parts) response.write(part);
}

const delays = ({ changes }: Bench): readonly number[] => changes.flatMap(({ retryMs }) => retryMs ?? []);

test('asks with the token and the fields that it needs, and delivers what comes', async () => {
  const bench = await follow((_, response) => {
    openStream(response);
    write(response, tweetLine('1', 'one'), '\r\n', tweetLine('2', 'two'));
  });
  const { texts, deliveries } = await bench.take(2);
  expect(texts).toEqual(['one', 'two']);
  expect(deliveries.at(-1)!.cursor).toBe(NOW);
  const [{ path, query, authorization }] = bench.server.seen as [XServer['seen'][number]];
  expect([path, authorization]).toEqual(['/2/tweets/search/stream', `Bearer ${TOKEN}`]);
  expect(Object.fromEntries(query)).toEqual({
    'tweet.fields': 'author_id,created_at,lang,note_tweet,referenced_tweets',
    expansions: 'referenced_tweets.id',
  });
});

test('puts lines together that come in pieces of a byte, in the middle of characters', async () => {
  const bench = await follow((_, response) => {
    openStream(response);
    const bytes = Buffer.from(`\r\n${tweetLine('1', 'Grüße 🎉 aus Łódź')}`);
    const writeFrom = (at: number): void => {
      if (at < bytes.length) response.write(bytes.subarray(at, at + 1), () => setImmediate(writeFrom, at + 1));
    };
    writeFrom(0);
  });
  expect((await bench.take(1)).texts).toEqual(['Grüße 🎉 aus Łódź']);
});

test('a connection that is lost in the middle of a line loses that line alone, and is made again at once', async () => {
  const bench = await follow((_, response, number) => {
    openStream(response);
    if (number > 0) write(response, tweetLine('2', 'two'));
    else response.write(tweetLine('1', 'one') + tweetLine('9', 'lost').slice(0, 30), () => response.destroy());
  });
  const { texts, deliveries } = await bench.take(2);
  expect(texts).toEqual(['one', 'two']);
  expect(deliveries.flatMap(({ rejected }) => rejected)).toEqual([]);
  expect(delays(bench)[0]).toBeLessThanOrEqual(250 * 1.25);
});

test('a last line without an end counts when it is whole', async () => {
  const bench = await follow((_, response, number) => {
    openStream(response);
    if (number === 0) response.end(tweetLine('1', 'one').trimEnd());
    else write(response, tweetLine('2', 'two'));
  });
  expect((await bench.take(2)).texts).toEqual(['one', 'two']);
});

test('quarantines lines that cannot be read, also one of many megabytes, and takes those around them', async () => {
  const bench = await follow((_, response) => {
    openStream(response);
    write(response, tweetLine('1', 'one'), '{"broken\r\n', `${'x'.repeat(5_000_000)}\r\n`, tweetLine('2', 'two'));
  });
  const { texts, deliveries } = await bench.take(2);
  expect(texts).toEqual(['one', 'two']);
  const rejected = deliveries.flatMap((delivery) => delivery.rejected);
  expect(rejected.map(({ code, raw }) => [code, raw.length])).toEqual([
    ['E_TWEET_MALFORMED', 8],
    ['E_TWEET_TOO_LARGE', 32_768],
  ]);
});

test('gives up a connection on which not even keep-alives come', async () => {
  const bench = await follow((_, response, number) => {
    openStream(response);
    write(response, number === 0 ? '\r\n' : tweetLine('1', 'one'));
  });
  const keptAlive = await bench.next();
  expect(keptAlive.value).toMatchObject({ tweets: [], rejected: [] });
  const taken = bench.take(1);
  for (let look = 0; look < 5; look++) (await bench.waits.next(isLook)).release();
  expect((await taken).texts).toEqual(['one']);
  expect(bench.changes.find(({ state }) => state === 'waiting')!.reason).toBe(`nothing came for ${IDLE_MS / 1_000} s`);
});

test('gives up a server that takes the request and never answers it', async () => {
  let hear: () => void = () => undefined;
  const heard = new Promise<void>((resolve) => (hear = resolve));
  const bench = await follow((_, response, number) => {
    hear();
    if (number === 0) return;
    openStream(response);
    write(response, tweetLine('1', 'one'));
  });
  const taken = bench.take(1);
  await heard;
  for (let look = 0; look < 5; look++) (await bench.waits.next(isLook)).release();
  expect((await taken).texts).toEqual(['one']);
});

test('what comes again is delivered once', async () => {
  const bench = await follow((_, response, number) => {
    openStream(response);
    write(response, tweetLine('1', 'one'));
    if (number === 0) response.end(tweetLine('2', 'two'));
    else write(response, tweetLine('2', 'two'), tweetLine('3', 'three'));
  });
  expect((await bench.take(3)).texts).toEqual(['one', 'two', 'three']);
});

test.each([
  ['nothing, as it may not be allowed', {}, null],
  ['nothing at the very first time', { backfill: true }, null],
  ['the minutes that were missed', { backfill: true, cursor: '2026-11-27T09:57:30.000Z' }, '3'],
  ['a minute at least', { backfill: true, cursor: NOW }, '1'],
  ['five minutes at most', { backfill: true, cursor: '2026-11-26T10:00:00.000Z' }, '5'],
])('asks again for %s', async (_, options, minutes) => {
  const bench = await follow((_request, response) => {
    openStream(response);
    write(response, tweetLine('1', 'one'));
  }, options);
  await bench.take(1);
  expect(bench.server.seen[0]!.query.get('backfill_minutes')).toBe(minutes);
});

// docs.x.com, "Handling disconnections"; delays are lengthened by jitter of up to a quarter.
test.each([
  ['5 s and more for 503', 503, {}, [5_000, 10_000]],
  ['a minute and more for 429', 429, {}, [60_000, 120_000]],
  [
    'a minute for 429 while the limit is not used up: it is that of connections',
    429,
    { 'x-rate-limit-remaining': '48', 'x-rate-limit-reset': String(Date.parse(NOW) / 1_000 + 900) },
    [60_000, 120_000],
  ],
  [
    'until the reset for 429 when the limit is used up',
    429,
    { 'x-rate-limit-remaining': '0', 'x-rate-limit-reset': String(Date.parse(NOW) / 1_000 + 900) },
    [900_000, 900_000],
  ],
])('waits %s', async (_, status, headers, least) => {
  const bench = await follow((_request, response, number) => {
    if (number < 2) answerError(response, status, { title: 'Service Unavailable' }, headers);
    else {
      openStream(response);
      write(response, tweetLine('1', 'one'));
    }
  });
  await bench.take(1);
  for (const [i, ms] of least.entries()) {
    expect(delays(bench)[i]).toBeGreaterThanOrEqual(ms);
    expect(delays(bench)[i]).toBeLessThanOrEqual(ms * 1.25);
  }
  expect(bench.changes[1]!.reason).toBe(`HTTP ${status}, Service Unavailable`);
});

test('ends the connection at a message of disconnection, and waits as it says', async () => {
  const tooMany = {
    title: 'ConnectionException',
    connection_issue: 'TooManyConnections',
    type: 'streaming-connection',
  };
  const bench = await follow((_, response, number) => {
    openStream(response);
    if (number === 0) write(response, tweetLine('1', 'one'), `${JSON.stringify(tooMany)}\r\n`);
    else write(response, tweetLine('2', 'two'));
  });
  expect((await bench.take(2)).texts).toEqual(['one', 'two']);
  expect(delays(bench)[0]).toBeGreaterThanOrEqual(60_000);
});

test.each([
  ['E_SOURCE_DENIED', 401, { title: 'Unauthorized', detail: 'Unauthorized' }],
  ['E_SOURCE_DENIED', 403, { title: 'Client Forbidden', reason: 'client-not-enrolled' }],
  ['E_SOURCE_REFUSED', 409, { title: 'ConnectionException', connection_issue: 'RuleConfigurationIssue' }],
  ['E_SOURCE_REFUSED', 400, { errors: [{ message: 'backfill_minutes' }], title: 'Invalid Request' }],
])('fails with %s for HTTP %i, after what came before', async (code, status, problem) => {
  const bench = await follow((_, response, number) => {
    if (number > 0) answerError(response, status, problem);
    else {
      openStream(response);
      response.end(tweetLine('1', 'one'));
    }
  });
  expect((await bench.take(1)).texts).toEqual(['one']);
  const failed = bench.take(1);
  await expect(failed).rejects.toMatchObject({ code });
  await expect(failed).rejects.toThrow(problem.title);
  await expect(failed).rejects.not.toThrow(TOKEN);
});

test('does not follow a redirect, which would take the token elsewhere', async () => {
  const bench = await follow((_, response, number) => {
    if (number === 0) {
      response.writeHead(302, { location: '/elsewhere' }).end();
      return;
    }
    openStream(response);
    write(response, tweetLine('1', 'one'));
  });
  await bench.take(1);
  expect(bench.server.seen.map(({ path }) => path)).toEqual(['/2/tweets/search/stream', '/2/tweets/search/stream']);
});

test.each([undefined, 'SIGINT'])('ends at the signal with reason %j, in the middle of a connection', async (reason) => {
  const bench = await follow((_, response) => {
    openStream(response);
    write(response, '\r\n');
  });
  await bench.next();
  const ended = bench.next();
  bench.stop.abort(reason);
  expect(await ended).toEqual({ done: true, value: undefined });
});

test.each([
  ['E_SOURCE_DENIED', 'no token', undefined, 'https://api.x.com'],
  ['E_SOURCE_DENIED', 'a token with a line end', 'secret\ntoken', 'https://api.x.com'],
  ['E_USAGE', 'an endpoint that would show the token', 'secret', 'http://api.x.com'],
  ['E_USAGE', 'no address', 'secret', 'api.x.com'],
])('fails with %s for %s, and does not repeat it', async (code, _, token, endpoint) => {
  expect(await codeOf(() => xAccess(token, endpoint))).toBe(code);
  expect(() => xAccess(token, endpoint)).not.toThrow(/secret/);
});
