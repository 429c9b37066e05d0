import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { NerError, type ErrorCode } from '../../shared/ner-error.ts';
import type { JobEvent, TrainingJob } from './training-job.ts';

/** What the worker sends: an event, that it is done, or why it failed. */
export type WorkerMessage =
  | { readonly event: JobEvent }
  | { readonly done: true }
  | { readonly failed: { readonly code: ErrorCode; readonly message: string; readonly stack: string } };

/**
 * Runs a training job in a worker thread and yields its events. Aborting ends the thread; the checkpoint of the last
 * whole epoch stays, and a job with `resume` goes on from it.
 *
 * @throws {NerError} what the job throws, with its code
 */
export async function* startTraining(job: TrainingJob, signal?: AbortSignal): AsyncGenerator<JobEvent, void> {
  const worker = new Worker(new URL('./training-worker.ts', import.meta.url), { workerData: job });
  const inbox: WorkerMessage[] = [];
  let wake = (): void => undefined;
  const thread: { ended: boolean; crash?: unknown } = { ended: false };
  worker.on('message', (message: WorkerMessage) => {
    inbox.push(message);
    wake();
  });
  worker.on('error', (error) => {
    thread.crash = error;
    wake();
  });
  worker.on('exit', () => {
    thread.ended = true;
    wake();
  });
  const stop = (): void => void worker.terminate();
  signal?.addEventListener('abort', stop, { once: true });
  try {
    for (;;) {
      const message = inbox.shift();
      if (message === undefined) {
        if (thread.crash !== undefined)
          throw new NerError('E_INTERNAL', 'internal: the training thread crashed.', { cause: thread.crash });
        if (thread.ended || signal?.aborted) return;
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      } else if ('event' in message) yield message.event;
      else if ('failed' in message)
        throw new NerError(message.failed.code, message.failed.message, { cause: message.failed.stack });
      else return;
    }
  } finally {
    signal?.removeEventListener('abort', stop);
    if (!thread.ended) {
      const exit = once(worker, 'exit');
      await worker.terminate();
      await exit;
    }
  }
}
