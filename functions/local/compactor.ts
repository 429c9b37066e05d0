import { Worker } from 'node:worker_threads';
import type { ResultHour } from '../../shared/results/result-hour.ts';

/** When to compact. */
export interface CompactionTimes {
  /** The first time, from the start on: a host has better to do then. */
  readonly firstMs?: number;
  readonly everyMs?: number;
  /** How long after its end an hour is compacted; what comes later is compacted the next time. */
  readonly graceMs?: number;
}

export interface CompactorOptions extends CompactionTimes {
  /** The store's folder. */
  readonly root: string;
  readonly clock: () => Date;
  /** Told in a line of what was done and what went wrong. */
  readonly log: (line: string) => void;
}

/** What the thread is started with. */
export interface CompactionOrder {
  readonly root: string;
  readonly endedBy: Date;
}

/** What the thread tells of an hour. */
export interface CompactionNews {
  readonly hour: ResultHour;
  readonly written: number;
  readonly records: number;
  readonly damaged: readonly string[];
}

export interface Compactor {
  /** Compacts what is over, now; one compaction at a time. */
  run(): Promise<void>;
  /** Ends the timer and the work: what is half done is done again the next time. */
  stop(): Promise<void>;
}

const MINUTE_MS = 60_000;

/** Compacts the hours that are over, now and then, in a thread of its own: writing Parquet takes seconds. */
export function startCompactor({ root, clock, log, ...times }: CompactorOptions): Compactor {
  const { firstMs = MINUTE_MS, everyMs = 10 * MINUTE_MS, graceMs = 5 * MINUTE_MS } = times;
  let running: Promise<void> | undefined;
  let worker: Worker | undefined;
  const compact = async (): Promise<void> => {
    const order: CompactionOrder = { root, endedBy: new Date(clock().getTime() - graceMs) };
    const thread = new Worker(new URL('./compaction-worker.ts', import.meta.url), { workerData: order });
    worker = thread;
    await new Promise<void>((resolve) => {
      thread.on('message', (news: CompactionNews) => {
        for (const line of linesOf(news)) log(line);
      });
      thread.on('error', (error) => {
        log(`results could not be compacted: ${error instanceof Error ? error.message : String(error)}`);
      });
      thread.on('exit', () => {
        resolve();
      });
    });
    worker = undefined;
  };
  const run = (): Promise<void> =>
    (running ??= compact().finally(() => {
      running = undefined;
    }));
  const first = setTimeout(() => void run(), firstMs).unref();
  const timer = setInterval(() => void run(), everyMs).unref();
  return {
    run,
    stop: async () => {
      clearTimeout(first);
      clearInterval(timer);
      await worker?.terminate();
      await running;
    },
  };
}

function linesOf({ hour: { dt, hr }, written, records, damaged }: CompactionNews): readonly string[] {
  const done = `results of ${dt} ${hr}:00 compacted: ${records} records in ${written} Parquet files`;
  return [...(written > 0 ? [done] : []), ...damaged];
}
