import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { NerError, type ErrorCode } from '../../shared/ner-error.ts';
import type { DistillationJob, JobEvent, RecipeJob, TrainingJob } from './training-job.ts';

/** What the worker sends: an event, that it is done, or why it failed. */
export type WorkerMessage =
  | { readonly event: JobEvent }
  | { readonly done: true }
  | { readonly failed: { readonly code: ErrorCode; readonly message: string; readonly stack: string } };

/**
 * Runs a training job, or a distillation, in a worker thread and yields its events. Aborting stops it after the steps under way, with a
 * checkpoint that a job with `resume` goes on from; before training has begun and after it has ended there is nothing
 * to save. Leaving the loop over the events ends the thread at once.
 *
 * @throws {NerError} what the job throws, with its code
 */
export async function* startTraining(
  job: TrainingJob | RecipeJob | DistillationJob,
  signal?: AbortSignal,
): AsyncGenerator<JobEvent, void> {
  const worker = new Worker(new URL('./training-worker.ts', import.meta.url), { workerData: job });
  const inbox: WorkerMessage[] = [];
  let wake = (): void => undefined;
  const thread: { ended: boolean; crash?: unknown } = { ended: false };
  let isTraining = false;
  worker.on('message', (message: WorkerMessage) => {
    inbox.push(message);
    if ('event' in message && message.event.type === 'start') isTraining = true;
    if ('event' in message && message.event.type === 'end') isTraining = false;
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
  const stop = (): void => {
    if (isTraining) worker.postMessage('stop');
    else void worker.terminate();
  };
  signal?.addEventListener('abort', stop, { once: true });
  if (signal?.aborted === true) stop();
  try {
    for (;;) {
      const message = inbox.shift();
      if (message === undefined) {
        if (thread.crash !== undefined)
          throw new NerError('E_INTERNAL', 'internal: the training thread crashed.', { cause: thread.crash });
        if (thread.ended) return;
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
