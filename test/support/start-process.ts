import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

const main = fileURLToPath(new URL('../../cli/main.ts', import.meta.url));

/** `tagwright start` as a process of its own. */
export interface StartProcess {
  readonly child: ChildProcess;
  /** All lines on stderr so far. */
  readonly lines: readonly string[];
  /** The first line, past or future, that matches; rejects when the process ends without one. */
  line(pattern: RegExp): Promise<RegExpMatchArray>;
  /** Sends the signal and resolves with the exit code, null when the signal ended it. */
  end(signal: NodeJS.Signals): Promise<number | null>;
}

export function startProcess(args: readonly string[]): StartProcess {
  const child = spawn(
    process.execPath,
    ['--disable-warning=ExperimentalWarning', main, 'start', '--port', '0', ...args],
    {
      stdio: ['ignore', 'ignore', 'pipe'],
    },
  );
  const lines: string[] = [];
  const waiting = new Set<() => void>();
  const notify = (): void => {
    for (const check of waiting) check();
  };
  let ended = false;
  createInterface({ input: child.stderr }).on('line', (line) => {
    lines.push(line);
    notify();
  });
  child.on('close', () => {
    ended = true;
    notify();
  });
  const line = (pattern: RegExp): Promise<RegExpMatchArray> =>
    new Promise((resolve, reject) => {
      const check = (): void => {
        const match = lines.map((text) => pattern.exec(text)).find((found) => found !== null);
        if (match === undefined && !ended) return;
        waiting.delete(check);
        if (match === undefined) reject(new Error(`start ended without ${String(pattern)}:\n${lines.join('\n')}`));
        else resolve(match);
      };
      waiting.add(check);
      check();
    });
  return {
    child,
    lines,
    line,
    end: async (signal) => {
      if (ended) return child.exitCode;
      const closed = once(child, 'close');
      child.kill(signal);
      const [code] = (await closed) as [number | null];
      return code;
    },
  };
}
