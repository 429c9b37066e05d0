import type { ChildProcess } from 'node:child_process';
import { expect, onTestFinished } from 'vitest';
import { type CliOptions, startCli } from './cli.ts';
import { childResult, type ChildResult } from './run-child.ts';

/** `tagwright serve` as a process of its own. */
export interface Served {
  readonly child: ChildProcess;
  readonly url: string;
  readonly ended: Promise<ChildResult>;
}

/** Starts it on a free port and waits until it says where it serves. */
export async function serve(args: readonly string[], options: CliOptions = {}): Promise<Served> {
  const child = startCli(['serve', '--port', '0', ...args], { input: '', ...options });
  onTestFinished(() => void child.kill('SIGKILL'));
  const ended = childResult(child);
  const url = new Promise<string>((resolve) => {
    let stderr = '';
    child.stderr!.on('data', (chunk: Buffer) => {
      stderr += chunk.toString('utf8');
      const found = /^tagwright serves at (http:\/\/127\.0\.0\.1:\d+)\n/m.exec(stderr)?.[1];
      if (found !== undefined) resolve(found);
    });
  });
  const first = await Promise.race([url, ended]);
  if (typeof first !== 'string') throw new Error(`serve ended: ${first.stderr}`);
  return { child, url: first, ended };
}

/** Ends it as an operator does, and expects the exit code. */
export async function endServed({ child, ended }: Served, code = 0): Promise<ChildResult> {
  child.kill('SIGTERM');
  const result = await ended;
  expect(result).toMatchObject({ code, stdout: '' });
  return result;
}
