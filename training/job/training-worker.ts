import '../../shared/env.ts';
import { parentPort, workerData } from 'node:worker_threads';
import { NerError } from '../../shared/ner-error.ts';
import { runDistillation } from './run-distillation.ts';
import { runTraining } from './run-training.ts';
import type { DistillationJob, RecipeJob, TrainingJob } from './training-job.ts';
import type { WorkerMessage } from './start-training.ts';

// onnxruntime computes in the thread that calls it, for as long as a run takes: training has a thread of its own so that
// page and terminal never wait for it.
const post = (message: WorkerMessage): void => {
  parentPort!.postMessage(message);
};

// The one message there is: stop, and save.
const stop = new AbortController();
parentPort!.once('message', () => {
  stop.abort();
});

try {
  const job = workerData as TrainingJob | RecipeJob | DistillationJob;
  const events = 'teacher' in job ? runDistillation(job, stop.signal) : runTraining(job, stop.signal);
  for await (const event of events) post({ event });
  post({ done: true });
} catch (error) {
  const { message, stack } = error instanceof Error ? error : new Error(String(error));
  post({ failed: { code: error instanceof NerError ? error.code : 'E_INTERNAL', message, stack: stack ?? '' } });
}
// A listener keeps the thread alive.
parentPort!.removeAllListeners('message');
