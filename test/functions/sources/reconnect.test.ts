import { expect, test } from 'vitest';
import { type Ending, exponential, linear, type Link, reconnecting } from '../../../functions/sources/reconnect.ts';
import type { Delivery, SourceChange } from '../../../functions/sources/source.ts';
import { collect } from '../../support/collect.ts';
import { createFakeClock } from '../../support/fake-clock.ts';
import { createManualWaits } from '../../support/manual-waits.ts';

const DELAYS = {
  network: linear(250, 16_000),
  http: exponential(5_000, 320_000),
  'rate-limit': exponential(60_000, 960_000),
};
const failed = (kind: Ending['kind'], more: Partial<Ending> = {}): Ending => ({
  kind,
  reason: kind,
  worked: false,
  ...more,
});

/** Connects once for each ending, delivers nothing, and gives the delays that were waited for. */
async function delaysAfter(endings: readonly Ending[], uniform = 0): Promise<readonly number[]> {
  const clock = createFakeClock('2026-01-01T00:00:00.000Z');
  const waits = createManualWaits(() => true);
  const stop = new AbortController();
  const left = [...endings];
  const connect: Link['connect'] = async function* (): AsyncGenerator<Delivery, Ending, undefined> {
    yield* [];
    const ending = left.shift();
    if (ending === undefined) stop.abort();
    return ending ?? failed('network');
  };
  const deps = { clock, wait: waits.wait, rng: { uniform: () => uniform } };
  const deliveries = reconnecting({ connect, delays: DELAYS }, deps, () => undefined, stop.signal);
  expect(await collect(deliveries)).toEqual([]);
  return waits.asked;
}

// The delays that docs.x.com documents under "Handling disconnections".
test.each<[string, readonly Ending[], readonly number[]]>([
  ['network errors linearly', [failed('network'), failed('network'), failed('network')], [250, 500, 750]],
  ['HTTP errors exponentially', [failed('http'), failed('http'), failed('http')], [5_000, 10_000, 20_000]],
  ['rate limits from a minute', [failed('rate-limit'), failed('rate-limit')], [60_000, 120_000]],
  ['kinds apart', [failed('network'), failed('http'), failed('network')], [250, 5_000, 500]],
  [
    'from the start after a connection that worked',
    [failed('http'), failed('network', { worked: true }), failed('http')],
    [5_000, 250, 5_000],
  ],
  [
    'until the time that the server names',
    [failed('rate-limit', { retryAtMs: Date.parse('2026-01-01T00:15:00Z') })],
    [900_000],
  ],
  ['as documented when that time is past', [failed('rate-limit', { retryAtMs: 0 })], [60_000]],
])('backs off: %s', async (_, endings, expected) => {
  expect(await delaysAfter(endings)).toEqual(expected);
});

test('jitter lengthens a delay by up to a quarter and never shortens it', async () => {
  expect(await delaysAfter([failed('network')], 0.5)).toEqual([281.25]);
});

test('delays stop growing at 16 s, 320 s and 16 min', () => {
  expect([DELAYS.network(1_000), DELAYS.http(1_000), DELAYS['rate-limit'](1_000)]).toEqual([16_000, 320_000, 960_000]);
});

test('tells of each try and each wait, and throws what waiting cannot mend', async () => {
  const changes: SourceChange[] = [];
  const waits = createManualWaits(() => true);
  let tries = 0;
  const connect: Link['connect'] = async function* (): AsyncGenerator<Delivery, Ending, undefined> {
    yield* [];
    if (tries++ > 0) throw new Error('for good');
    return failed('http', { reason: 'HTTP 503' });
  };
  const deps = { clock: createFakeClock(), wait: waits.wait, rng: { uniform: () => 0 } };
  const deliveries = reconnecting(
    { connect, delays: DELAYS },
    deps,
    (change) => changes.push(change),
    new AbortController().signal,
  );
  await expect(deliveries.next()).rejects.toThrow('for good');
  expect(changes).toEqual([
    { state: 'connecting' },
    { state: 'waiting', reason: 'HTTP 503', retryMs: 5_000 },
    { state: 'connecting' },
  ]);
});
