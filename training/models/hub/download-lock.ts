import { mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { setTimeout as wait } from 'node:timers/promises';
import { unwritable } from './cache-layout.ts';

const POLL_MS = 100;

/**
 * Runs `work` while no other process, and nobody else in this one, holds the lock of that file; waits for them. The kernel
 * frees SQLite's lock with the process that held it, so none outlives a crash. (FolderLock is for short synchronous work.)
 *
 * @throws {E_FILE_UNWRITABLE} when the file cannot be made
 */
export async function withDownloadLock<T>(
  path: string,
  signal: AbortSignal | undefined,
  work: () => Promise<T>,
): Promise<T> {
  const lock = openLock(path);
  try {
    while (!tryLock(lock, path)) await wait(POLL_MS, undefined, { signal });
    return await work();
  } finally {
    lock.close();
  }
}

/** SQLITE_BUSY: https://www.sqlite.org/rescode.html#busy */
const BUSY = 5;

function openLock(path: string): DatabaseSync {
  try {
    mkdirSync(dirname(path), { recursive: true });
    return new DatabaseSync(path, { timeout: 0 });
  } catch (error) {
    throw unwritable(path, error);
  }
}

function tryLock(lock: DatabaseSync, path: string): boolean {
  try {
    lock.exec('BEGIN EXCLUSIVE');
    return true;
  } catch (error) {
    if (error instanceof Error && 'errcode' in error && error.errcode === BUSY) return false;
    throw unwritable(path, error);
  }
}
