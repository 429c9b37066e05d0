import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Invocation, InvocationResult } from './lambda-child.ts';

export interface LambdaProcessOptions {
  /** Folder with the function's `index.mjs`. */
  readonly folder: string;
  /** Its variables; it has no others but those that the platform gives. */
  readonly environment: Readonly<Record<string, string>>;
}

/** A bundled function in a process of its own, as one environment of the platform. */
export interface LambdaProcess {
  /** What the handler answers. */
  invoke(event: unknown, timeoutMs?: number): Promise<unknown>;
  /** All that it has written to stdout and stderr. */
  output(): string;
  /** Kills it, if it has not ended. */
  end(): Promise<void>;
}

/** Resolves when the function is loaded, as far as the platform waits for it. */
export async function startLambda({ folder, environment }: LambdaProcessOptions): Promise<LambdaProcess> {
  const child = fork(fileURLToPath(new URL('./lambda-child.ts', import.meta.url)), [join(folder, 'index.mjs')], {
    cwd: folder,
    env: {
      PATH: process.env['PATH'],
      TMPDIR: process.env['TMPDIR'],
      AWS_LAMBDA_FUNCTION_MEMORY_SIZE: '1769',
      ...environment,
    },
    execArgv: ['--disable-warning=ExperimentalWarning'],
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  });
  let output = '';
  for (const stream of [child.stdout!, child.stderr!]) {
    stream.on('data', (chunk: Buffer) => (output += chunk.toString('utf8')));
  }
  const ended = once(child, 'exit');
  await answerOf(child, ended, () => output);
  return {
    invoke: async (event, timeoutMs = 30_000) => {
      const answer = answerOf(child, ended, () => output);
      child.send({ event, timeoutMs } satisfies Invocation);
      const result = (await answer) as InvocationResult;
      if ('error' in result) throw new Error(`the function failed: ${result.error}`);
      return result.result;
    },
    output: () => output,
    end: async () => {
      child.kill('SIGKILL');
      await ended;
    },
  };
}

async function answerOf(child: ChildProcess, ended: Promise<unknown>, output: () => string): Promise<unknown> {
  const heard = new AbortController();
  const message = once(child, 'message', { signal: heard.signal });
  const gone = ended.then(() => {
    throw new Error(`the function's process has ended: ${output().slice(-2_000)}`);
  });
  try {
    return ((await Promise.race([message, gone])) as readonly unknown[])[0];
  } finally {
    heard.abort();
  }
}
