import { NerError } from '../ner-error.ts';
import { startInferenceThread } from './inference-thread.ts';
import type { InferenceJob, InferenceThread } from './inference-thread.ts';
import type { Session } from './session.ts';
import type { Tensor } from './tensor.ts';

export interface WorkerPoolOptions {
  readonly model: Uint8Array;
  /** Threads that run graphs, each with a session of its own. Default 1. */
  readonly workers?: number;
  /** Threads inside one operator, in each worker. Default 1. */
  readonly threadsPerWorker?: number;
  /** Jobs that may wait for a worker; the next one is refused. Default 64 a worker. */
  readonly maxWaiting?: number;
  /** Whether threads start one after the other, which takes longer and leaves cores to others. Default false. */
  readonly startInTurn?: boolean;
  /** Whether `run` takes the feeds' buffers away from the caller instead of copying them. Default false. */
  readonly transferFeeds?: boolean;
  /** The thread's module. Default: the one beside this file. */
  readonly entry?: URL;
}

/** A session whose runs do not block the calling thread. `release` finishes the jobs that were accepted. */
export interface WorkerPool extends Session {
  /** How many jobs run at the same time. */
  readonly workers: number;
}

interface WaitingJob {
  readonly job: InferenceJob;
  readonly resolve: (outputs: Record<string, Tensor>) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * Starts worker threads for one graph. A job whose thread ends is rejected with E_WORKER_LOST, and a new thread is
 * started; the other jobs go on. `run` rejects with E_BUSY when too many jobs wait.
 *
 * @throws {E_GRAPH_INVALID} onnxruntime cannot load the model
 */
export async function createWorkerPool(options: WorkerPoolOptions): Promise<WorkerPool> {
  const { workers = 1, threadsPerWorker = 1, transferFeeds = false, startInTurn = false } = options;
  const { maxWaiting = 64 * workers, entry = new URL('./inference-worker.ts', import.meta.url) } = options;
  if (!Number.isInteger(workers) || workers < 1) {
    throw new NerError('E_USAGE', `createWorkerPool: workers is wrong, got ${workers}; expected a whole number >= 1.`);
  }
  const settings = { model: toShared(options.model), threads: threadsPerWorker };
  const threads = new Threads(() => startInferenceThread(entry, settings), { workers, maxWaiting });
  const { inputNames, outputNames } = await threads.start(startInTurn);
  return {
    workers,
    inputNames,
    outputNames,
    run: (feeds, outputs) => threads.run({ feeds, outputs, transfer: transferFeeds }),
    release: () => threads.stop(),
  };
}

function toShared(bytes: Uint8Array): Uint8Array<SharedArrayBuffer> {
  const copy = new Uint8Array(new SharedArrayBuffer(bytes.byteLength));
  copy.set(bytes);
  return copy;
}

/** The threads of a pool and the jobs that wait for one. */
class Threads {
  readonly #startOne: () => Promise<InferenceThread>;
  readonly #limits: { readonly workers: number; readonly maxWaiting: number };
  readonly #idle: InferenceThread[] = [];
  readonly #waiting: WaitingJob[] = [];
  readonly #tasks = new Set<Promise<void>>();
  /** Threads that run, idle or not, and those being started. */
  #count = 0;
  #stopped: Promise<void> | undefined;

  constructor(startOne: () => Promise<InferenceThread>, limits: { workers: number; maxWaiting: number }) {
    this.#startOne = startOne;
    this.#limits = limits;
  }

  /** Starts all threads, or none. */
  async start(inTurn: boolean): Promise<InferenceThread> {
    const starting: Promise<InferenceThread>[] = [];
    for (let i = 0; i < this.#limits.workers; i++) {
      const next = this.#startOne();
      starting.push(next);
      if (inTurn && !(await settles(next))) break;
    }
    const started = await Promise.allSettled(starting);
    const threads = started.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []));
    const failure = started.find((result) => result.status === 'rejected');
    if (failure !== undefined) {
      await Promise.all(threads.map((thread) => thread.stop()));
      throw failure.reason;
    }
    this.#count = threads.length;
    this.#idle.push(...threads);
    return threads[0]!;
  }

  run(job: InferenceJob): Promise<Record<string, Tensor>> {
    if (this.#stopped !== undefined) {
      return Promise.reject(new NerError('E_INTERNAL', 'internal: run() on a worker pool that was released.'));
    }
    if (this.#waiting.length >= this.#limits.maxWaiting && this.#idle.length === 0) {
      return Promise.reject(busy(this.#waiting.length));
    }
    return new Promise((resolve, reject) => {
      this.#waiting.push({ job, resolve, reject });
      this.#refill();
      this.#dispatch();
    });
  }

  /** Finishes what was accepted, then ends the threads. */
  stop(): Promise<void> {
    return (this.#stopped ??= this.#drain());
  }

  async #drain(): Promise<void> {
    while (this.#tasks.size > 0) await Promise.all(this.#tasks);
    await Promise.all(this.#idle.splice(0).map((thread) => thread.stop()));
  }

  #dispatch(): void {
    while (this.#waiting.length > 0) {
      const thread = this.#idle.pop();
      if (thread === undefined) return;
      if (thread.ended()) {
        this.#count--;
        this.#refill();
        continue;
      }
      this.#track(this.#runOn(thread, this.#waiting.shift()!));
    }
  }

  async #runOn(thread: InferenceThread, { job, resolve, reject }: WaitingJob): Promise<void> {
    await thread.run(job).then(resolve, reject);
    if (thread.ended()) {
      this.#count--;
      this.#refill();
    } else {
      this.#idle.push(thread);
    }
    this.#dispatch();
  }

  /** Starts threads in place of those that ended; after `stop` only if jobs would be left without any. */
  #refill(): void {
    const wanted = this.#stopped === undefined ? this.#limits.workers : Math.min(1, this.#waiting.length);
    while (this.#count < wanted) {
      this.#count++;
      this.#track(this.#replace());
    }
  }

  async #replace(): Promise<void> {
    try {
      this.#idle.push(await this.#startOne());
    } catch (error) {
      // The next run() tries again. Those that wait cannot be served only if no thread is left.
      this.#count--;
      if (this.#count === 0) for (const { reject } of this.#waiting.splice(0)) reject(error);
    }
    this.#dispatch();
  }

  #track(task: Promise<void>): void {
    const done = task.finally(() => this.#tasks.delete(done));
    this.#tasks.add(done);
  }
}

/** Whether it was fulfilled, once it is settled. */
function settles(promise: Promise<unknown>): Promise<boolean> {
  return promise.then(
    () => true,
    () => false,
  );
}

function busy(waiting: number): NerError {
  return new NerError(
    'E_BUSY',
    `run: all workers are busy and ${waiting} jobs wait already. Wait for earlier runs before starting more, or add workers.`,
  );
}
