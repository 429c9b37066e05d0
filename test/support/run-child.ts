import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

export interface ChildResult {
  readonly stdout: string;
  readonly stderr: string;
  readonly code: number | null;
  readonly signal: string | null;
}

/** A TypeScript file as a process of its own, on the Node that runs the tests; `through` is a command to start it with. */
export function startChild(script: URL, args: readonly string[], through: readonly string[] = []): ChildProcess {
  const [command, ...rest] = [...through, process.execPath, fileURLToPath(script), ...args];
  return spawn(command!, rest, { stdio: ['pipe', 'pipe', 'pipe'] });
}

/** All it printed and how it ended. */
export async function childResult(child: ChildProcess): Promise<ChildResult> {
  let stdout = '';
  let stderr = '';
  child.stdout?.on('data', (chunk: Buffer) => (stdout += chunk.toString('utf8')));
  child.stderr?.on('data', (chunk: Buffer) => (stderr += chunk.toString('utf8')));
  const [code, signal] = (await once(child, 'close')) as [number | null, string | null];
  return { stdout, stderr, code, signal };
}
