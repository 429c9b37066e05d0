import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

export interface TrainChildOptions {
  readonly root: string;
  readonly signal: AbortSignal;
  /** Lines that the process says on stderr. */
  readonly say: (line: string) => void;
}

/**
 * Runs the command line as a user would.
 *
 * @returns its exit code, 0 when the bundle is there; null when a signal ended it
 */
export async function trainChild(
  args: readonly string[],
  { root, signal, say }: TrainChildOptions,
): Promise<number | null> {
  const main = [join(root, 'cli', 'main.ts'), ...args];
  const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', ...main], {
    cwd: root,
    stdio: ['ignore', 'inherit', 'pipe'],
  });
  // A terminal has told the child already; it takes two signals at once for one.
  const interrupt = (): void => void child.kill('SIGINT');
  signal.addEventListener('abort', interrupt, { once: true });
  if (signal.aborted) interrupt();
  createInterface({ input: child.stderr }).on('line', say);
  const [code] = (await once(child, 'close')) as [number | null];
  signal.removeEventListener('abort', interrupt);
  return code;
}
