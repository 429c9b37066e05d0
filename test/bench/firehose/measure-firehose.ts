import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { type HostProcess, startHostProcess } from './host-process.ts';
import { startSource } from './start-source.ts';
import type { SourceOrder, SourceReport } from './source.ts';
import { latenciesOf, lostOrDoubled, readStoredTweets, type StoredTweets } from './stored-tweets.ts';
import { swapModels } from './swap-models.ts';

export interface FirehoseOptions {
  readonly model: string;
  /** Folder for the host's state. */
  readonly folder: string;
  /** Tweets a second of the steady part; 0 is as many as the host takes. */
  readonly rate: number;
  readonly seconds: number;
  readonly say: (line: string) => void;
  /** A folder for a CPU profile of the host. */
  readonly profile?: string | undefined;
}

export interface FirehoseResult {
  readonly steady: SteadyResult;
  readonly burst: BurstResult;
  readonly thin: LatencyResult;
  readonly busy: LatencyResult;
  /** As `busy`, while the model is changed. */
  readonly swapped: LatencyResult & { readonly swaps: number };
  /** Acknowledged tweets that are not in the results exactly once. */
  readonly lostOrDoubled: number;
}

export interface SteadyResult {
  readonly tweets: number;
  /** From the first body to the last stored result. */
  readonly tweetsPerSecond: number;
  /** Bodies that were told to come back. */
  readonly refused: number;
  /** Memory of the host, one value a second. */
  readonly memoryMiB: readonly number[];
}

export interface BurstResult {
  readonly tweets: number;
  /** Until the last tweet was acknowledged. */
  readonly acceptSeconds: number;
  /** Until the last result was stored. */
  readonly catchUpSeconds: number;
}

/** Milliseconds from the post of a tweet to its stored result. */
export interface LatencyResult {
  readonly tweets: number;
  readonly p50: number;
  readonly p99: number;
  readonly slowest: number;
}

const SECOND_MS = 1_000;
const MIB = 2 ** 20;
/** Burst: so many times the rate in one second. */
export const BURST = 25;
const PER_BODY = 500;
const IN_FLIGHT = 6;
const LATENCY_SECONDS = 10;
const SWAP_SECONDS = 20;

/**
 * What a host process does with a source process beside it on the same cores: a steady stream, a burst on top of it
 * when it is done, then thin and busier traffic of small bodies. At the end every acknowledged tweet is looked up in
 * the results on disk.
 */
export async function measureFirehose(options: FirehoseOptions): Promise<FirehoseResult> {
  const { folder, rate, seconds, say, profile } = options;
  const state = join(folder, 'firehose');
  await mkdir(state, { recursive: true });
  const nodeFlags = profile === undefined ? [] : ['--cpu-prof', '--cpu-prof-dir', profile];
  const host = await startHostProcess({ model: options.model, state, nodeFlags });
  const { url } = host;
  let sent = 0;
  const order = (tweets: number, some: Pick<SourceOrder, 'rate' | 'perBody' | 'inFlight'>): SourceOrder => {
    const first = sent;
    sent += tweets;
    return { url, first, tweets, ...some };
  };
  try {
    const big = { perBody: PER_BODY, inFlight: IN_FLIGHT };
    say('  warming up ...');
    await runSource(host, order(10_000, { rate: 0, ...big }));
    const base = rate === 0 ? await mostPerSecond(host, order) : rate;
    say(`  ${Math.round(base).toLocaleString('en')} tweets/s for ${seconds} s ...`);
    const steady = await measureSteady(host, order(Math.round(base * seconds), { rate: base, ...big }));
    say(`  a burst of ${BURST} times the rate ...`);
    const burst = await measureBurst(host, order(Math.round(base * BURST), { rate: 0, ...big }));
    say('  latency of thin traffic ...');
    const thinOrder = order(100 * LATENCY_SECONDS, { rate: 100, perBody: 1, inFlight: 16 });
    const thin = await runSource(host, thinOrder);
    say('  latency of busier traffic ...');
    const busyOrder = order(2_000 * LATENCY_SECONDS, { rate: 2_000, perBody: 10, inFlight: 16 });
    const busy = await runSource(host, busyOrder);
    say('  the same while the model is changed ...');
    const swapOrder = order(2_000 * SWAP_SECONDS, { rate: 2_000, perBody: 10, inFlight: 16 });
    const swapping = runSource(host, swapOrder);
    const swaps = await swapModels({ model: options.model, folder, state }, swapping);
    const code = await host.stop();
    if (code !== 0) throw new Error(`the host ended with ${String(code)}`);
    say('  counting ...');
    const stored = readStoredTweets(state, sent);
    return {
      steady,
      burst,
      thin: latencyOf(stored, thinOrder, thin),
      busy: latencyOf(stored, busyOrder, busy),
      swapped: { ...latencyOf(stored, swapOrder, await swapping), swaps },
      lostOrDoubled: lostOrDoubled(stored, 0, sent),
    };
  } finally {
    host.child.kill('SIGKILL');
  }
}

type MakeOrder = (tweets: number, some: Pick<SourceOrder, 'rate' | 'perBody' | 'inFlight'>) => SourceOrder;

/** What the host keeps up with: tweets a second while it is given more than it can take. */
async function mostPerSecond(host: HostProcess, order: MakeOrder): Promise<number> {
  const tweets = 100_000;
  const begun = performance.now();
  await runSource(host, order(tweets, { rate: 0, perBody: PER_BODY, inFlight: IN_FLIGHT }));
  return tweets / ((performance.now() - begun) / SECOND_MS);
}

/** Runs the source to its end and waits until the queue is empty. */
async function runSource(host: HostProcess, order: SourceOrder): Promise<SourceReport> {
  const report = await startSource(order);
  await host.drained();
  return report;
}

async function measureSteady(host: HostProcess, order: SourceOrder): Promise<SteadyResult> {
  const memoryMiB: number[] = [];
  const sample = async (): Promise<void> => {
    memoryMiB.push(((await host.metrics()).get('process_resident_memory_bytes') ?? 0) / MIB);
  };
  const sampling: Promise<void>[] = [];
  const sampler = setInterval(() => sampling.push(sample()), SECOND_MS);
  try {
    const { refused, sentAtMs } = await runSource(host, order);
    const seconds = (performance.timeOrigin + performance.now() - sentAtMs[0]!) / SECOND_MS;
    const tweetsPerSecond = order.tweets / seconds;
    return { tweets: order.tweets, tweetsPerSecond, refused, memoryMiB };
  } finally {
    clearInterval(sampler);
    await Promise.all(sampling);
  }
}

async function measureBurst(host: HostProcess, order: SourceOrder): Promise<BurstResult> {
  const report = await startSource(order);
  await host.drained();
  // From the first body: the source's own start is not the burst's.
  const catchUpSeconds = (performance.timeOrigin + performance.now() - report.sentAtMs[0]!) / SECOND_MS;
  return { tweets: order.tweets, acceptSeconds: report.seconds, catchUpSeconds };
}

function latencyOf(stored: StoredTweets, order: SourceOrder, report: SourceReport): LatencyResult {
  const sorted = latenciesOf(stored, order, report).toSorted();
  const at = (part: number): number => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))]!;
  return { tweets: order.tweets, p50: at(0.5), p99: at(0.99), slowest: at(1) };
}
