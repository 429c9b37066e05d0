import { Database } from '../sqlite/database.ts';

/**
 * A lock that processes share. Node has no flock, and a lock file outlives a killed process; the kernel frees SQLite's
 * lock with the process that held it.
 */
export class FolderLock {
  readonly #path: string;
  readonly #busyTimeoutMs: number | undefined;
  #database: Database | undefined;

  constructor(path: string, busyTimeoutMs?: number) {
    this.#path = path;
    this.#busyTimeoutMs = busyTimeoutMs;
  }

  /**
   * Runs `work`, which is synchronous and short, while no other process is in such a section.
   *
   * @throws E_DATABASE_LOCKED when another process does not leave its section, E_FILE_UNWRITABLE.
   */
  hold<T>(work: () => T): T {
    // Opened on first use, so that a store that is only read needs no write access.
    this.#database ??= new Database({
      path: this.#path,
      what: 'store',
      version: 1,
      schema: 'SELECT 1',
      ...(this.#busyTimeoutMs === undefined ? {} : { busyTimeoutMs: this.#busyTimeoutMs }),
    });
    return this.#database.transaction(work);
  }

  close(): void {
    this.#database?.close();
    this.#database = undefined;
  }
}
