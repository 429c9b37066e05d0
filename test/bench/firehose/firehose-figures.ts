import { figureOf, type Figure, median } from '../figure.ts';
import { BURST, type FirehoseResult, type LatencyResult, type SteadyResult } from './measure-firehose.ts';

/** Promised for two cores with the word-level tagger. */
const STEADY_AT_LEAST = 6_000;

/** What was measured, as rows of the table. */
export function firehoseFigures(result: FirehoseResult): readonly Figure[] {
  const { steady, burst, swapped } = result;
  const count = (tweets: number): string => `${tweets.toLocaleString('en')} tweets`;
  const sustained = { name: 'HTTP to stored result, source beside it', unit: 'tweets/s' } as const;
  const { early, late, data } = memoryOf(steady);
  const seconds = (name: string, value: number): Figure =>
    figureOf({ name: `burst of ${BURST} times the rate: ${name}`, unit: 's', data: count(burst.tweets) }, [value]);
  const latencies = (name: string, { tweets, p50, p99, slowest }: LatencyResult): readonly Figure[] =>
    Object.entries({ median: p50, p99, slowest }).map(([which, value]) =>
      figureOf({ name: `post to stored result at ${name}, ${which}`, unit: 'ms', data: count(tweets) }, [value]),
    );
  return [
    figureOf({ ...sustained, atLeast: STEADY_AT_LEAST, data: count(steady.tweets) }, [steady.tweetsPerSecond]),
    figureOf({ name: 'memory of the host, second minute', unit: 'MiB', data }, early),
    figureOf({ name: 'memory of the host, last minute', unit: 'MiB', data }, late),
    figureOf({ name: 'memory, last minute over second', unit: 'x', data }, [median(late) / median(early)]),
    seconds('accepted after', burst.acceptSeconds),
    seconds('all stored after', burst.catchUpSeconds),
    ...latencies('100 tweets/s', result.thin),
    ...latencies('2,000 tweets/s', result.busy),
    ...latencies(`2,000 tweets/s, ${swapped.swaps} changes of model`, swapped),
    figureOf({ name: 'acknowledged tweets lost or doubled', unit: 'tweets', data: 'all of these' }, [
      result.lostOrDoubled,
    ]),
  ];
}

const MINUTE = 60;

/** The second minute and the last; of a run of less than three minutes the second and the last quarter. */
function memoryOf({ memoryMiB }: SteadyResult): {
  readonly early: readonly number[];
  readonly late: readonly number[];
  readonly data: string;
} {
  const part = memoryMiB.length >= 3 * MINUTE ? MINUTE : Math.max(1, Math.floor(memoryMiB.length / 4));
  const early = memoryMiB.slice(part, 2 * part);
  return {
    early: early.length === 0 ? memoryMiB.slice(-1) : early,
    late: memoryMiB.slice(-part),
    data: part === MINUTE ? `${memoryMiB.length} s` : `quarters of ${memoryMiB.length} s`,
  };
}
