import { type ChildProcess, spawn } from 'node:child_process';
import { join } from 'node:path';
import { childResult, type ChildResult } from './run-child.ts';

const ROOT = join(import.meta.dirname, '..', '..');

/** The entry file of `tagwright`. */
export const MAIN = join(ROOT, 'cli', 'main.ts');

/** Processes that need not strip types from the same files again start twice as fast. */
const COMPILE_CACHE = join(ROOT, 'node_modules', '.cache', 'tagwright-tests');

export interface CliOptions {
  readonly cwd?: string;
  /** What the process reads from standard input; by default nothing. */
  readonly input?: string | Uint8Array;
  /** Variables added to the environment; undefined removes one. */
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** Arguments of Node itself. */
  readonly node?: readonly string[];
}

/** Starts `tagwright` as a process of its own, on the Node that runs the tests; runs are not recorded unless the test says so. */
export function startCli(args: readonly string[], options: CliOptions = {}): ChildProcess {
  const { cwd, input, env, node = [] } = options;
  const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', ...node, MAIN, ...args], {
    ...(cwd === undefined ? {} : { cwd }),
    env: {
      ...process.env,
      NO_COLOR: '1',
      TERM: 'dumb',
      NODE_COMPILE_CACHE: COMPILE_CACHE,
      TAGWRIGHT_RECORD: 'off',
      ...env,
    },
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  // A process that fails early does not read its input.
  child.stdin.on('error', () => undefined);
  if (input !== undefined) child.stdin.end(input);
  return child;
}

/** Runs `tagwright` to its end. */
export async function cli(args: readonly string[], options: CliOptions = {}): Promise<ChildResult> {
  return childResult(startCli(args, { input: '', ...options }));
}
