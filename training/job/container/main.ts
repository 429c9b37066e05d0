import { readEnv } from '../../../shared/env.ts';
import { availableParallelism } from 'node:os';
import { performance } from 'node:perf_hooks';
import packageJson from '../../../package.json' with { type: 'json' };
import { ML_ROOT, ML_ROOT_VARIABLE } from '../../../shared/contracts/training-job.ts';
import { runContainer } from './run-container.ts';
import { endSignal } from './end-signal.ts';

// The entry of the training container, and the child process of the embedded job runner. SageMaker starts it with the
// argument `train`, which says nothing that the entry does not say already.
process.exitCode = await runContainer({
  root: readEnv(ML_ROOT_VARIABLE) ?? ML_ROOT,
  version: packageJson.version,
  threads: availableParallelism(),
  // With a parent there is a host that serves beside us.
  spinning: process.channel === undefined,
  nowMs: () => performance.now(),
  print: (line) => process.stdout.write(`${line}\n`),
  signal: endSignal(),
});
