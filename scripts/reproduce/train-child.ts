import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { performance } from 'node:perf_hooks';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

export interface TrainedChild {
  /** 0: the bundle is there. */
  readonly code: number | null;
  /** Of the whole process. */
  readonly seconds: number;
  /** From the first step to the last measuring on dev; undefined where it did not come so far. */
  readonly trainingSeconds: number | undefined;
}

export interface TrainChildOptions {
  readonly root: string;
  readonly signal: AbortSignal;
  /** Lines that the process says on stderr. */
  readonly say: (line: string) => void;
}

/** Runs the command line as a user would. What it says is also its clock: it names the model when the steps begin. */
export async function trainChild(
  args: readonly string[],
  { root, signal, say }: TrainChildOptions,
): Promise<TrainedChild> {
  const begin = performance.now();
  let [first, last] = [NaN, NaN];
  const main = [join(root, 'cli', 'main.ts'), ...args];
  const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', ...main], {
    cwd: root,
    stdio: ['ignore', 'inherit', 'pipe'],
  });
  // A terminal has told the child already; it takes two signals at once for one.
  const interrupt = (): void => void child.kill('SIGINT');
  signal.addEventListener('abort', interrupt, { once: true });
  if (signal.aborted) interrupt();
  createInterface({ input: child.stderr }).on('line', (line) => {
    if (line.startsWith('model ')) first = performance.now();
    if (line.startsWith('measuring ')) last = performance.now();
    say(line);
  });
  const [code] = (await once(child, 'close')) as [number | null];
  signal.removeEventListener('abort', interrupt);
  const trained = (last - first) / 1_000;
  return {
    code,
    seconds: (performance.now() - begin) / 1_000,
    trainingSeconds: Number.isNaN(trained) ? undefined : trained,
  };
}
