import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
// The thread sees this process's environment as it is when the thread starts: telemetry must be off by then.
import '../env.ts';
import { NerError } from '../ner-error.ts';
import type { FromWorker, InferenceSettings, ToWorker } from './inference-protocol.ts';
import { wholeBuffers } from './tensor.ts';
import type { Tensor } from './tensor.ts';

/** A worker thread with a session of its own. It takes one job at a time. */
export interface InferenceThread {
  readonly inputNames: readonly string[];
  readonly outputNames: readonly string[];
  /** @throws {E_WORKER_LOST} the thread ended during the job; and what `Session.run` throws */
  run(job: InferenceJob): Promise<Record<string, Tensor>>;
  /** Whether the thread has ended, by itself or because it was stopped. */
  ended(): boolean;
  /** Ends the thread, which must be idle. */
  stop(): Promise<void>;
}

export interface InferenceJob {
  readonly feeds: Readonly<Record<string, Tensor>>;
  readonly outputs?: readonly string[] | undefined;
  /** Whether the feeds' buffers move to the thread, which leaves the caller's arrays empty. */
  readonly transfer: boolean;
}

interface Pending {
  readonly resolve: (message: FromWorker) => void;
  readonly reject: (error: NerError) => void;
}

/**
 * Starts a thread and waits until its session is ready.
 *
 * @throws {E_GRAPH_INVALID} onnxruntime cannot load the model
 * @throws {E_WORKER_LOST} the thread ended before its session was ready
 */
export async function startInferenceThread(entry: URL, settings: InferenceSettings): Promise<InferenceThread> {
  const worker = new Worker(entry, { workerData: settings });
  let pending: Pending | undefined;
  let ended = false;
  let cause: unknown;
  worker.on('message', (message: FromWorker) => {
    const waiting = pending;
    pending = undefined;
    if (message.kind === 'failed') waiting?.reject(new NerError(message.code, message.message));
    else waiting?.resolve(message);
  });
  const fail = (error: unknown): void => {
    cause = error;
  };
  worker.on('error', fail);
  worker.on('messageerror', fail);
  worker.on('exit', (code) => {
    ended = true;
    pending?.reject(lost(code, cause));
  });
  const answer = (): Promise<FromWorker> => new Promise((resolve, reject) => (pending = { resolve, reject }));
  const ready = await answer().catch(async (error: unknown) => {
    await worker.terminate();
    throw error;
  });
  if (ready.kind !== 'ready') throw new NerError('E_INTERNAL', `internal: the thread began with '${ready.kind}'.`);
  return {
    inputNames: ready.inputNames,
    outputNames: ready.outputNames,
    run: async ({ feeds, outputs, transfer }) => {
      if (ended) throw lost(0, cause);
      const message: ToWorker = { kind: 'run', feeds, outputs };
      worker.postMessage(message, transfer ? wholeBuffers(feeds) : []);
      const done = await answer();
      if (done.kind !== 'done') throw new NerError('E_INTERNAL', `internal: the thread answered '${done.kind}'.`);
      return done.outputs;
    },
    ended: () => ended,
    stop: async () => {
      if (ended) return;
      const exit = once(worker, 'exit');
      worker.postMessage({ kind: 'stop' } satisfies ToWorker);
      await exit;
    },
  };
}

function lost(exitCode: number, cause: unknown): NerError {
  const why = cause instanceof Error ? `: ${cause.message}` : '';
  return new NerError(
    'E_WORKER_LOST',
    `run: the worker thread ended during the job, with exit code ${exitCode}${why}. ` +
      'A new thread takes its place; run the job again, and if it ends threads again, look at its size.',
    { cause },
  );
}
