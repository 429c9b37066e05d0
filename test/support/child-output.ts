import { spawn } from 'node:child_process';
import { childResult } from './run-child.ts';

export interface ChildOutputOptions {
  /** What the process reads. */
  readonly input?: string;
  /** Variables that it has besides ours. */
  readonly env?: Readonly<Record<string, string>>;
}

/** What another program printed. Fails with what it complained of where it ends with anything but 0. */
export async function childOutput(
  [program, ...args]: readonly string[],
  { input = '', env = {} }: ChildOutputOptions = {},
): Promise<string> {
  const child = spawn(program!, args, { stdio: ['pipe', 'pipe', 'pipe'], env: { ...process.env, ...env } });
  child.stdin.end(input);
  const { stdout, stderr, code, signal } = await childResult(child);
  if (code === 0) return stdout;
  throw new Error(`${[program, ...args].join(' ')} ended with ${code ?? signal ?? 'nothing'}: ${stderr.slice(-2_000)}`);
}
