import { wait } from '../functions/local/wait.ts';
import { createRng } from '../shared/random.ts';
import type { SourceTools } from './source-flags.ts';

/** The real clock and timers; jitter of this process alone, since that is what jitter is for. */
export function sourceTools(): SourceTools {
  return {
    clock: () => new Date(),
    wait,
    rng: createRng(Date.now(), `jitter ${process.pid}`),
    log: (line) => process.stderr.write(`${line}\n`),
  };
}
