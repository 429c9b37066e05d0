import { mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { DatabaseSync } from 'node:sqlite';

/** Held by the one process that runs jobs in a folder; the kernel frees it with the process. */
export interface RunnerLock {
  release(): void;
}

const SQLITE_BUSY = 5;

/** The lock, or undefined while another process has it. */
export function takeRunnerLock(path: string): RunnerLock | undefined {
  mkdirSync(dirname(path), { recursive: true });
  const database = new DatabaseSync(path, { timeout: 0 });
  try {
    database.exec('BEGIN EXCLUSIVE');
  } catch (error) {
    database.close();
    if (error instanceof Error && 'errcode' in error && error.errcode === SQLITE_BUSY) return undefined;
    throw error;
  }
  return {
    release: () => {
      database.close();
    },
  };
}
