import { figureOf, type Figure, median } from '../figure.ts';
import type { FirehoseResult, SteadyResult } from './measure-firehose.ts';

/** Promised for two cores with the word-level tagger. */
const STEADY_AT_LEAST = 6_000;

/** What was measured, as rows of the table. */
export function firehoseFigures(result: FirehoseResult): readonly Figure[] {
  const { steady, burst, thin, busy } = result;
  const count = (tweets: number): string => `${tweets.toLocaleString('en')} tweets`;
  const sustained = {
    name: 'HTTP to stored result, source beside it',
    unit: 'tweets/s',
    atLeast: STEADY_AT_LEAST,
  } as const;
  const memory = memoryOf(steady);
  return [
    figureOf({ ...sustained, data: count(steady.tweets) }, [steady.tweetsPerSecond]),
    figureOf({ name: 'memory of the host, second minute', unit: 'MiB', data: memory.data }, memory.early),
    figureOf({ name: 'memory of the host, last minute', unit: 'MiB', data: memory.data }, memory.late),
    figureOf({ name: 'memory, last minute over second', unit: 'x', data: memory.data }, [
      median(memory.late) / median(memory.early),
    ]),
    figureOf({ name: 'burst of 25 times the rate: accepted after', unit: 's', data: count(burst.tweets) }, [
      burst.acceptSeconds,
    ]),
    figureOf({ name: 'burst of 25 times the rate: all stored after', unit: 's', data: count(burst.tweets) }, [
      burst.catchUpSeconds,
    ]),
    figureOf({ name: 'post to stored result at 100 tweets/s, median', unit: 'ms', data: count(thin.tweets) }, [
      thin.p50,
    ]),
    figureOf({ name: 'post to stored result at 100 tweets/s, p99', unit: 'ms', data: count(thin.tweets) }, [thin.p99]),
    figureOf({ name: 'post to stored result at 2,000 tweets/s, median', unit: 'ms', data: count(busy.tweets) }, [
      busy.p50,
    ]),
    figureOf({ name: 'post to stored result at 2,000 tweets/s, p99', unit: 'ms', data: count(busy.tweets) }, [
      busy.p99,
    ]),
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
