import { parentPort, workerData } from 'node:worker_threads';
import { NerError } from '../ner-error.ts';
import type { FromWorker, InferenceSettings, ToWorker } from './inference-protocol.ts';
import { createSession } from './session.ts';
import { wholeBuffers } from './tensor.ts';

// Entry of a thread of the worker pool: one session, one job at a time.
if (parentPort === null) throw new NerError('E_INTERNAL', 'internal: inference-worker.ts runs in worker threads only.');
const port = parentPort;

function send(message: FromWorker, transfer: readonly ArrayBuffer[] = []): void {
  port.postMessage(message, transfer);
}

function failed(error: unknown): FromWorker {
  if (error instanceof NerError) return { kind: 'failed', code: error.code, message: error.message };
  return { kind: 'failed', code: 'E_INTERNAL', message: `internal: ${String(error)}` };
}

const { model, threads } = workerData as InferenceSettings;
try {
  const session = await createSession(model, { threads });
  port.on('message', (message: ToWorker) => {
    if (message.kind === 'stop') {
      void session.release().then(() => {
        port.close();
      });
      return;
    }
    session.run(message.feeds, message.outputs).then(
      (outputs) => {
        send({ kind: 'done', outputs }, wholeBuffers(outputs));
      },
      (error: unknown) => {
        send(failed(error));
      },
    );
  });
  send({ kind: 'ready', inputNames: session.inputNames, outputNames: session.outputNames });
} catch (error) {
  send(failed(error));
}
