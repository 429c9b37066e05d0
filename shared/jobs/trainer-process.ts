import { spawn } from 'node:child_process';
import { constants, setPriority } from 'node:os';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { environmentWith } from '../env.ts';

/** How a trainer ended. */
export type TrainerExit =
  | { readonly kind: 'exit'; readonly code: number }
  | { readonly kind: 'killed'; readonly signal: string }
  | { readonly kind: 'unstarted'; readonly reason: string };

export interface TrainerOptions {
  readonly command: readonly string[];
  /** Variables besides ours. */
  readonly env: Readonly<Record<string, string>>;
  /** Told of each line on stdout and stderr. */
  readonly onLine: (line: string) => void;
}

export interface TrainerProcess {
  readonly pid: number | undefined;
  readonly ended: Promise<TrainerExit>;
  /** SIGTERM, and SIGKILL for one that is still there after so long. */
  stop(graceMs: number): void;
}

/** The container's entry, on the Node that runs us. */
export const TRAINER_COMMAND: readonly string[] = [
  process.execPath,
  '--disable-warning=ExperimentalWarning',
  fileURLToPath(new URL('../../training/job/container/main.ts', import.meta.url)),
];

/**
 * Starts `COMMAND train` as SageMaker starts a container. It has a session of its own, so that Ctrl-C in our terminal is
 * ours alone to act on, and a channel to us: when we die, however, the channel closes, and the trainer saves and ends.
 */
export function startTrainer({ command, env, onLine }: TrainerOptions): TrainerProcess {
  const [program, ...args] = command;
  const child = spawn(program!, [...args, 'train'], {
    detached: true,
    windowsHide: true,
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    env: environmentWith(env),
  });
  // Whoever serves beside it comes first; the threads that it makes later take this over.
  if (child.pid !== undefined) setPriority(child.pid, constants.priority.PRIORITY_BELOW_NORMAL);
  for (const output of [child.stdout!, child.stderr!]) createInterface({ input: output }).on('line', onLine);
  let kill: NodeJS.Timeout | undefined;
  const ended = new Promise<TrainerExit>((resolve) => {
    child.once('error', (error) => {
      // Signals that do not arrive are errors too, and no reason to think it gone.
      if (child.pid === undefined) resolve({ kind: 'unstarted', reason: error.message });
    });
    child.once('close', (code, signal) => {
      clearTimeout(kill);
      resolve(code === null ? { kind: 'killed', signal: signal ?? 'nobody' } : { kind: 'exit', code });
    });
  });
  return {
    pid: child.pid,
    ended,
    stop(graceMs) {
      child.kill('SIGTERM');
      kill ??= setTimeout(() => child.kill('SIGKILL'), graceMs);
    },
  };
}
