import { mkdirSync } from 'node:fs';
import { readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PREFIXES } from '../../shared/contracts/layout.ts';
import { NerError } from '../../shared/ner-error.ts';
import type { ObjectStore } from '../../shared/store/object-store.ts';
import { TrendStore } from '../../shared/trends/trend-store.ts';

/** The file with all counts. */
export const TRENDS_KEY = `${PREFIXES.trends}trends.sqlite`;

/** Where a function keeps its copy: the disk that its environment has to itself. */
export const TRENDS_FOLDER = join(tmpdir(), 'tagwright-trends');

/** Writers that may be first, one after the other, before a change is given up. */
const MAX_TRIES = 5;

export interface StoredTrendsOptions {
  readonly store: ObjectStore;
  /** Folder for the copy; nobody else writes in it. */
  readonly folder: string;
  readonly clock: () => Date;
  /** Told each time that another writer was first. */
  readonly onConflict?: () => void;
}

/** What a change came to, and whether the file is another one now. */
export interface Changed<T> {
  readonly value: T;
  readonly isChanged: boolean;
}

/**
 * Trends that lie as one SQLite file in the object store, and are counted and asked in a copy on the local disk.
 *
 * A change goes back as a whole by compare-and-swap: if another writer was first, the work is done again on that writer's
 * file. So the work has to be idempotent, which counting is by the packs' ids. The price is a download an environment and an
 * upload a change of the whole file, which retention bounds; so changes should come seldom and bring much.
 */
export class StoredTrends {
  readonly #options: StoredTrendsOptions;
  readonly #path: string;
  /** Of the object that the copy is; null where there is none in the store, undefined where the copy is of no use. */
  #etag: string | null | undefined;
  #opened: TrendStore | undefined;

  constructor(options: StoredTrendsOptions) {
    this.#options = options;
    mkdirSync(options.folder, { recursive: true });
    this.#path = join(options.folder, 'trends.sqlite');
  }

  /** Asks the newest counts. */
  async ask<T>(question: (trends: TrendStore) => T): Promise<T> {
    await this.#refresh();
    return question(this.#open());
  }

  /**
   * Works on the newest counts and stores what came of it before it resolves.
   *
   * @throws {E_STORE_CONFLICT} other writers were first each time
   */
  async change<T>(work: (trends: TrendStore) => Changed<T>): Promise<T> {
    for (let tries = 1; ; tries += 1) {
      await this.#refresh();
      try {
        const { value, isChanged } = work(this.#open());
        if (isChanged) await this.#store();
        return value;
      } catch (error) {
        // The copy has what the store has not.
        this.#forget();
        if (!isConflict(error) || tries === MAX_TRIES) throw error;
        this.#options.onConflict?.();
      }
    }
  }

  close(): void {
    this.#opened?.close();
    this.#opened = undefined;
  }

  #open(): TrendStore {
    return (this.#opened ??= new TrendStore({ path: this.#path, clock: this.#options.clock }));
  }

  #forget(): void {
    this.close();
    this.#etag = undefined;
  }

  /** Brings the object, if it is another than the copy's. */
  async #refresh(): Promise<void> {
    const { store } = this.#options;
    const etag = (await store.head(TRENDS_KEY))?.etag ?? null;
    if (etag === this.#etag) return;
    this.#forget();
    for (const end of ['', '-wal', '-shm']) await rm(this.#path + end, { force: true });
    const object = etag === null ? undefined : await store.get(TRENDS_KEY);
    if (object !== undefined) await writeFile(this.#path, object.body);
    this.#etag = object?.etag ?? null;
  }

  async #store(): Promise<void> {
    // Closing writes the log into the file, which is whole then.
    this.close();
    const body = await readFile(this.#path);
    const condition = typeof this.#etag === 'string' ? { ifMatch: this.#etag } : { ifNoneMatch: '*' as const };
    this.#etag = (await this.#options.store.put(TRENDS_KEY, body, condition)).etag;
  }
}

function isConflict(error: unknown): boolean {
  return error instanceof NerError && error.code === 'E_STORE_CONFLICT';
}
