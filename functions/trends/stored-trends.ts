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

/**
 * Beyond this rare names are forgotten: the file is brought and written as a whole, lies in memory meanwhile, and beside its
 * log on a disk of 512 MB.
 */
const MAX_BYTES = 128 * 2 ** 20;

/** Writers that may be first, one after the other, before a change is given up. */
const MAX_TRIES = 5;

export interface StoredTrendsOptions {
  readonly store: ObjectStore;
  /** Folder for the copy; nobody else writes in it. */
  readonly folder: string;
  readonly clock: () => Date;
  /** How old the look may be that questions are answered by; 0, the default, looks for each. */
  readonly freshMs?: number;
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
  #lookedAt = -Infinity;
  #lastTurn: Promise<unknown> = Promise.resolve();

  constructor(options: StoredTrendsOptions) {
    this.#options = options;
    mkdirSync(options.folder, { recursive: true });
    this.#path = join(options.folder, 'trends.sqlite');
  }

  /** Asks the counts. */
  ask<T>(question: (trends: TrendStore) => T): Promise<T> {
    const { clock, freshMs = 0 } = this.#options;
    return this.#inTurn(async () => {
      if (this.#etag === undefined || clock().getTime() - this.#lookedAt >= freshMs) await this.#refresh();
      return question(this.#open());
    });
  }

  /**
   * Works on the newest counts and stores what came of it before it resolves.
   *
   * @throws {E_STORE_CONFLICT} other writers were first each time
   */
  change<T>(work: (trends: TrendStore) => Changed<T>): Promise<T> {
    return this.#inTurn(() => this.#change(work));
  }

  close(): void {
    this.#opened?.close();
    this.#opened = undefined;
  }

  /** There is one copy, which must not be replaced under somebody's hands. */
  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const turn = this.#lastTurn.then(work);
    this.#lastTurn = turn.catch(() => undefined);
    return turn;
  }

  async #change<T>(work: (trends: TrendStore) => Changed<T>): Promise<T> {
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

  #open(): TrendStore {
    const { clock } = this.#options;
    return (this.#opened ??= new TrendStore({ path: this.#path, clock, retention: { maxBytes: MAX_BYTES } }));
  }

  #forget(): void {
    this.close();
    this.#etag = undefined;
  }

  /** Brings the object, if it is another than the copy's. */
  async #refresh(): Promise<void> {
    const { store, clock } = this.#options;
    this.#lookedAt = clock().getTime();
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
