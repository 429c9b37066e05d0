import { parentPort } from 'node:worker_threads';
import type { ToWorker } from '../../shared/ort/inference-protocol.ts';

// The worker of the pool, with ways to die: at its start, by ending itself, or by an error nobody catches.
if (process.env['TEST_WORKER_DIES_AT_START'] === '1') process.exit(3);
parentPort?.on('message', (message: ToWorker) => {
  if (message.kind !== 'run') return;
  if ('exit' in message.feeds) process.exit(7);
  if ('throw' in message.feeds) throw new Error('out of cheese');
});
await import('../../shared/ort/inference-worker.ts');
