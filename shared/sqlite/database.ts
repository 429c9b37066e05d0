import { mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { DatabaseSync, type SQLInputValue, type SQLOutputValue, type StatementSync } from 'node:sqlite';
import { type ErrorCode, NerError } from '../ner-error.ts';

export interface DatabaseOptions {
  readonly path: string;
  /** What the file is to the user, for messages: `queue`, `ledger`. */
  readonly what: string;
  /** Raised when `schema` changes; a file with another version is refused. */
  readonly version: number;
  /** SQL that makes the tables of an empty file. */
  readonly schema: string;
  /** How long a call waits for another process before it fails with E_DATABASE_LOCKED. */
  readonly busyTimeoutMs?: number;
}

const DEFAULT_BUSY_TIMEOUT_MS = 5_000;
const OPEN_RETRY_MS = 5;

/** Primary result codes of https://www.sqlite.org/rescode.html that have a name of their own for the user. */
const SQLITE_CODES: Readonly<Record<number, { readonly code: ErrorCode; readonly advice: string }>> = {
  5: { code: 'E_DATABASE_LOCKED', advice: 'Another process holds it; end that process or wait.' },
  6: { code: 'E_DATABASE_LOCKED', advice: 'Another process holds it; end that process or wait.' },
  8: { code: 'E_FILE_UNWRITABLE', advice: 'Make the file and its folder writable.' },
  10: { code: 'E_FILE_UNWRITABLE', advice: 'Check the disk.' },
  11: { code: 'E_DATABASE_CORRUPT', advice: 'Move the file away; `sqlite3 FILE .recover` saves what is readable.' },
  13: { code: 'E_FILE_UNWRITABLE', advice: 'The disk is full: make room and try again.' },
  14: { code: 'E_FILE_UNWRITABLE', advice: 'Make the folder writable.' },
  26: { code: 'E_DATABASE_CORRUPT', advice: 'The file is no SQLite database: move it away.' },
};

/**
 * One SQLite file in WAL mode with synchronous=FULL: a transaction that returned survives `kill -9` and the loss of
 * power. FULL costs one fsync a transaction (0.2 to 10 ms); a transaction is a packed message of some hundred tweets,
 * so the rate does not suffer.
 *
 * @throws E_DATABASE_LOCKED, E_DATABASE_CORRUPT, E_FILE_UNWRITABLE from every method.
 */
export class Database {
  readonly #options: DatabaseOptions;
  readonly #db: DatabaseSync;
  /** Whether a commit waits for the disk, as it was set last. */
  #isDurable = true;
  readonly #statements = new Map<string, StatementSync>();

  constructor(options: DatabaseOptions) {
    this.#options = options;
    makeFolder(options);
    this.#db = this.#guard(
      () => new DatabaseSync(options.path, { timeout: options.busyTimeoutMs ?? DEFAULT_BUSY_TIMEOUT_MS }),
    );
    try {
      this.#guard(() => {
        this.#useWriteAheadLog();
      });
      this.transaction(() => {
        this.#createSchema();
      });
    } catch (error) {
      this.#db.close();
      throw error;
    }
  }

  /** The statement, prepared once. */
  prepare(sql: string): StatementSync {
    let statement = this.#statements.get(sql);
    if (statement === undefined) {
      statement = this.#db.prepare(sql);
      this.#statements.set(sql, statement);
    }
    return statement;
  }

  /** Makes a function of ours callable in SQL. The same arguments must always give the same result. */
  define(name: string, work: (...values: readonly SQLOutputValue[]) => SQLInputValue): void {
    this.#db.function(name, { deterministic: true }, work);
  }

  /**
   * Runs `work` with the write lock; what it did is kept as a whole, or, when it throws, not at all. One that is not
   * `durable` waits for no disk: it survives `kill -9`, and the loss of power only once a durable one has followed.
   */
  transaction<T>(work: () => T, { durable = true }: { readonly durable?: boolean } = {}): T {
    return this.#guard(() => {
      this.#synchronize(durable);
      this.#db.exec('BEGIN IMMEDIATE');
      try {
        const result = work();
        this.#db.exec('COMMIT');
        return result;
      } catch (error) {
        // After a full disk SQLite has rolled back by itself, and a second ROLLBACK would hide the reason.
        if (this.#db.isTransaction) this.#db.exec('ROLLBACK');
        throw error;
      }
    });
  }

  /** Runs `work`, which only reads. */
  read<T>(work: () => T): T {
    return this.#guard(work);
  }

  close(): void {
    if (!this.#db.isOpen) return;
    this.#guard(() => {
      this.#db.close();
    });
  }

  #useWriteAheadLog(): void {
    const deadline = performance.now() + (this.#options.busyTimeoutMs ?? DEFAULT_BUSY_TIMEOUT_MS);
    for (;;) {
      try {
        this.#db.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;');
        return;
      } catch (error) {
        // The switch to WAL does not wait for other openers as statements do.
        if (primaryCode(error) !== 5 || performance.now() >= deadline) throw error;
        Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, OPEN_RETRY_MS);
      }
    }
  }

  /** In WAL mode NORMAL flushes at checkpoints only (https://www.sqlite.org/pragma.html#pragma_synchronous). */
  #synchronize(durable: boolean): void {
    if (durable === this.#isDurable) return;
    this.#db.exec(`PRAGMA synchronous = ${durable ? 'FULL' : 'NORMAL'}`);
    this.#isDurable = durable;
  }

  #createSchema(): void {
    const { path, what, version, schema } = this.#options;
    const found = this.#db.prepare('PRAGMA user_version').get()?.['user_version'];
    if (found === version) return;
    if (found !== 0) {
      throw new NerError(
        'E_DATABASE_CORRUPT',
        `${what}: ${path} has another layout, got version ${String(found)}; expected ${version}. Move the file away.`,
      );
    }
    this.#db.exec(`${schema}; PRAGMA user_version = ${version};`);
  }

  #guard<T>(work: () => T): T {
    try {
      return work();
    } catch (error) {
      throw this.#explain(error);
    }
  }

  #explain(error: unknown): unknown {
    const primary = primaryCode(error);
    const known = primary === undefined ? undefined : SQLITE_CODES[primary];
    if (known === undefined) return error;
    const { path, what } = this.#options;
    return new NerError(known.code, `${what}: ${path} cannot be used, got '${messageOf(error)}'. ${known.advice}`, {
      cause: error,
    });
  }
}

function makeFolder({ path, what }: DatabaseOptions): void {
  try {
    mkdirSync(dirname(path), { recursive: true });
  } catch (error) {
    throw new NerError('E_FILE_UNWRITABLE', `${what}: ${path} cannot be made, got '${messageOf(error)}'.`, {
      cause: error,
    });
  }
}

function primaryCode(error: unknown): number | undefined {
  // The low byte is the primary code, the rest says which kind of it.
  if (error instanceof Error && 'errcode' in error && typeof error.errcode === 'number') return error.errcode & 0xff;
  return undefined;
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
