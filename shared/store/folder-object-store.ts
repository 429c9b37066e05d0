import { randomUUID } from 'node:crypto';
import { linkSync, mkdirSync, readFileSync, renameSync, rmdirSync, statSync, unlinkSync } from 'node:fs';
import { type FileHandle, mkdir, open, readdir, stat, unlink } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { NerError } from '../ner-error.ts';
import { flushFolder, readExactly, writeFlushed } from './durable-file.ts';
import { EtagCache, etagOf } from './etag-cache.ts';
import { FolderLock } from './folder-lock.ts';
import type { ByteRange, ObjectInfo, ObjectStore, PutCondition, StoredObject } from './object-store.ts';
import { keySegments } from './store-key.ts';

export interface FolderObjectStoreOptions {
  /** Made when it is not there. */
  readonly root: string;
  readonly clock: () => Date;
  /** How long a write waits for another process. */
  readonly busyTimeoutMs?: number;
}

/** A temporary file older than this was left by a process that died: no write takes so long. */
const ABANDONED_MS = 60 * 60 * 1_000;

/**
 * Objects as files under `root`, readable with any tool. Several processes may use one folder: bytes go to a temporary
 * file, are flushed, and take their name in a section that one process at a time is in, where conditions are checked.
 * `close` frees the lock's file handle.
 */
export class FolderObjectStore implements ObjectStore {
  readonly #root: string;
  readonly #temporary: string;
  readonly #clock: () => Date;
  readonly #lock: FolderLock;
  readonly #etags: EtagCache;
  #ready: Promise<void> | undefined;

  constructor({ root, clock, busyTimeoutMs }: FolderObjectStoreOptions) {
    this.#root = root;
    this.#temporary = join(root, '.store', 'tmp');
    this.#clock = clock;
    this.#lock = new FolderLock(join(root, '.store', 'lock.db'), busyTimeoutMs);
    this.#etags = new EtagCache(clock);
  }

  async get(key: string, range: ByteRange = {}): Promise<StoredObject | undefined> {
    const { start = 0, end = Infinity } = range;
    if (!(start >= 0 && end >= start)) {
      throw new NerError(
        'E_INTERNAL',
        `internal: get: byte range, got [${start}, ${end}); expected 0 <= start <= end.`,
      );
    }
    return this.#withFile(key, async (file, path) => {
      const { size: sizeBytes } = await file.stat();
      const from = Math.min(start, sizeBytes);
      const body = await readExactly(file, from, Math.min(end, sizeBytes));
      const etag = await this.#etags.etag(path, file, body.length === sizeBytes ? body : undefined);
      return { key, sizeBytes, etag, body };
    });
  }

  async head(key: string): Promise<ObjectInfo | undefined> {
    return this.#withFile(key, async (file, path) => {
      const { size: sizeBytes } = await file.stat();
      return { key, sizeBytes, etag: await this.#etags.etag(path, file) };
    });
  }

  async put(key: string, body: Uint8Array, condition: PutCondition = {}): Promise<{ readonly etag: string }> {
    const path = this.#path(key);
    return guardWrite(key, async () => {
      await this.#prepareOnce();
      const temporary = join(this.#temporary, randomUUID());
      try {
        await writeFlushed(temporary, body);
        this.#lock.hold(() => {
          this.#place(temporary, { key, path, condition });
        });
      } finally {
        await unlink(temporary).catch(ignoreMissing);
      }
      return { etag: etagOf(body) };
    });
  }

  async *list(prefix: string): AsyncIterable<ObjectInfo> {
    for await (const key of this.keys(prefix)) {
      // Gone between the listing of its folder and now: as good as deleted before.
      const info = await this.head(key);
      if (info !== undefined) yield info;
    }
  }

  keys(prefix: string): AsyncIterable<string> {
    return this.#walk('', prefix);
  }

  async delete(key: string): Promise<void> {
    const path = this.#path(key);
    if ((await stat(path).catch(ignoreMissing)) === undefined) return;
    await guardWrite(key, async () => {
      this.#lock.hold(() => {
        if (!unlinkIfThere(path)) return;
        flushFolder(dirname(path));
        this.#removeEmptyFolders(dirname(path));
      });
    });
  }

  close(): void {
    this.#lock.close();
  }

  #path(key: string): string {
    return join(this.#root, ...keySegments(key));
  }

  async #withFile<T>(key: string, work: (file: FileHandle, path: string) => Promise<T>): Promise<T | undefined> {
    const path = this.#path(key);
    try {
      const file = await open(path, 'r').catch(ignoreMissing);
      if (file === undefined) return undefined;
      try {
        return (await file.stat()).isFile() ? await work(file, path) : undefined;
      } finally {
        await file.close();
      }
    } catch (error) {
      if (error instanceof NerError) throw error;
      throw new NerError('E_FILE_UNREADABLE', `store: ${key} cannot be read, got '${messageOf(error)}'.`, {
        cause: error,
      });
    }
  }

  /** Inside the lock: checks the condition and gives the temporary file its name. */
  #place(temporary: string, { key, path, condition }: { key: string; path: string; condition: PutCondition }): void {
    const folder = dirname(path);
    if (condition.ifMatch !== undefined) {
      const current = readIfThere(path);
      if (current === undefined || etagOf(current) !== condition.ifMatch) {
        throw conflict(key, current === undefined ? 'no object' : etagOf(current), condition.ifMatch);
      }
    }
    const made = mkdirSync(folder, { recursive: true });
    try {
      if (condition.ifNoneMatch === undefined) renameSync(temporary, path);
      else linkSync(temporary, path);
    } catch (error) {
      if (codeOf(error) === 'EEXIST' && !statSync(path).isDirectory()) throw conflict(key, 'an object', 'none');
      throw error;
    }
    flushFolder(folder);
    // A folder that was just made is an entry of its parent, which must be on disk too.
    for (let at = folder; made !== undefined && at.length >= made.length; at = dirname(at)) flushFolder(dirname(at));
  }

  #removeEmptyFolders(folder: string): void {
    for (let at = folder; at !== this.#root; at = dirname(at)) {
      try {
        rmdirSync(at);
      } catch (error) {
        if (codeOf(error) === 'ENOTEMPTY' || codeOf(error) === 'EEXIST') return;
        throw error;
      }
    }
  }

  async *#walk(folder: string, prefix: string): AsyncIterable<string> {
    const entries = await readdir(join(this.#root, folder), { withFileTypes: true }).catch(ignoreMissing);
    if (entries === undefined) return;
    const names = entries
      .filter((entry) => !entry.name.startsWith('.'))
      // A folder stands where its keys stand: 'a-b' < 'a/b', but 'a' < 'a-b'.
      .map((entry) => folder + entry.name + (entry.isDirectory() ? '/' : ''))
      .sort(compareText);
    for (const name of names) {
      if (name.endsWith('/')) {
        if (name.startsWith(prefix) || prefix.startsWith(name)) yield* this.#walk(name, prefix);
      } else if (name.startsWith(prefix)) yield name;
    }
  }

  #prepareOnce(): Promise<void> {
    this.#ready ??= this.#prepare().catch((error: unknown) => {
      // The folder may become writable later.
      this.#ready = undefined;
      throw unwritable(this.#root, error);
    });
    return this.#ready;
  }

  async #prepare(): Promise<void> {
    await mkdir(this.#temporary, { recursive: true });
    const now = this.#clock().getTime();
    for (const name of await readdir(this.#temporary)) {
      const path = join(this.#temporary, name);
      const stats = await stat(path).catch(ignoreMissing);
      if (stats !== undefined && now - stats.mtimeMs > ABANDONED_MS) await unlink(path).catch(ignoreMissing);
    }
  }
}

function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

function readIfThere(path: string): Uint8Array | undefined {
  try {
    return readFileSync(path);
  } catch (error) {
    ignoreMissing(error);
    return undefined;
  }
}

function unlinkIfThere(path: string): boolean {
  try {
    unlinkSync(path);
    return true;
  } catch (error) {
    ignoreMissing(error);
    return false;
  }
}

function conflict(key: string, found: string, expected: string): NerError {
  return new NerError(
    'E_STORE_CONFLICT',
    `store: ${key} was changed by someone else, got ${found}; expected ${expected}. Read it again and decide anew.`,
  );
}

async function guardWrite<T>(key: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof NerError) throw error;
    const code = codeOf(error);
    if (code === 'ENOTDIR' || code === 'EISDIR' || code === 'EEXIST' || code === 'ENOTEMPTY') {
      throw new NerError('E_STORE_KEY', `store: ${key} is the folder of another key, or another key is its folder.`, {
        cause: error,
      });
    }
    throw unwritable(key, error);
  }
}

function unwritable(what: string, error: unknown): NerError {
  return new NerError('E_FILE_UNWRITABLE', `store: ${what} cannot be written, got '${messageOf(error)}'.`, {
    cause: error,
  });
}

function ignoreMissing(error: unknown): undefined {
  const code = codeOf(error);
  if (code === 'ENOENT' || code === 'ENOTDIR') return undefined;
  throw error;
}

function codeOf(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined;
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
