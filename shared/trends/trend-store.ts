import type { Merge, MergeRequest } from '../contracts/trends.ts';
import { Database } from '../sqlite/database.ts';
import { mergeAuthors } from './author-sketch.ts';
import { GRAIN_MS } from './grain.ts';
import { MergeDecisions } from './merge-decisions.ts';
import { PackWriter } from './pack-writer.ts';
import { DEFAULT_RETENTION, Sweeper, type Retention } from './retention.ts';
import { countRecords, mergeCounts } from './trend-counts.ts';
import { TrendReader } from './trend-reader.ts';
import type { TrendRecord } from './trend-record.ts';
import type { WordVector } from './variants.ts';
import { TREND_SCHEMA, TREND_SCHEMA_VERSION } from './trend-schema.ts';

export interface TrendStoreOptions {
  /** Made when it is not there. */
  readonly path: string;
  readonly clock: () => Date;
  readonly retention?: Partial<Retention>;
  readonly busyTimeoutMs?: number;
}

/** A pack's id and what was tagged of it. */
export interface CountedPack {
  readonly packId: string;
  /** When its tweets came in: the time of those that do not say, or not believably, when they were written. */
  readonly receivedAt?: Date;
  readonly records: readonly TrendRecord[];
}

/**
 * Counts of names in one SQLite file, for any number of writers and readers on one machine.
 *
 * A pack is counted in one transaction that first notes its id: a pack that comes again, from whichever writer, finds
 * its id and counts nothing. So deliveries that come at least once give sums that are exactly right.
 *
 * @throws E_DATABASE_LOCKED, E_DATABASE_CORRUPT, E_FILE_UNWRITABLE from the constructor and every method.
 */
export class TrendStore {
  /** What is counted, to be asked. */
  readonly reader: TrendReader;
  readonly #db: Database;
  readonly #clock: () => Date;
  readonly #writer: PackWriter;
  readonly #sweeper: Sweeper;
  readonly #merges: MergeDecisions;

  constructor({ path, clock, retention, busyTimeoutMs }: TrendStoreOptions) {
    const timeout = busyTimeoutMs === undefined ? {} : { busyTimeoutMs };
    this.#db = new Database({ path, what: 'trends', version: TREND_SCHEMA_VERSION, schema: TREND_SCHEMA, ...timeout });
    this.#db.define('merge_authors', (a, b) => mergeAuthors(a as Uint8Array, b as Uint8Array));
    this.#clock = clock;
    this.#writer = new PackWriter(this.#db);
    this.#sweeper = new Sweeper(this.#db, { ...DEFAULT_RETENTION, ...retention });
    this.#merges = new MergeDecisions(this.#db);
    this.reader = new TrendReader(this.#db);
  }

  /** Counts a pack's records, once; false when it was counted before. Durable when it returns. */
  add(packId: string, records: readonly TrendRecord[]): boolean {
    return this.addAll([{ packId, records }])[0]!;
  }

  /**
   * Counts several packs in one transaction, for each as `add` does. What packs have in common is written once, and the
   * disk is waited for once.
   */
  addAll(packs: readonly CountedPack[]): readonly boolean[] {
    // Outside the transaction: other writers need not wait for it.
    const counts = packs.map(({ records, receivedAt }) => countRecords(records, receivedAt?.getTime()));
    const now = this.#clock().getTime();
    try {
      return this.#db.transaction(() => {
        const note = this.#db.prepare('INSERT INTO packs VALUES (?, ?) ON CONFLICT DO NOTHING');
        const isNew = packs.map(({ packId }) => note.run(Buffer.from(packId), now).changes > 0);
        const fresh = counts.filter((_, i) => isNew[i]);
        if (fresh.length === 0) return isNew;
        this.#writer.write(fresh.reduce(mergeCounts));
        const newest = this.reader.newestMinute();
        if (newest !== undefined) this.#sweeper.step(newest * GRAIN_MS.minute, now);
        return isNew;
      });
    } catch (error) {
      this.#writer.reset();
      throw error;
    }
  }

  /** Looks for spellings that belong together; some tenths of a second for ten thousand names. */
  findVariants(vectorOf?: WordVector): void {
    const newest = this.reader.newestMinute();
    if (newest === undefined) return;
    this.#merges.find(Math.floor((newest * GRAIN_MS.minute) / GRAIN_MS.day), vectorOf);
  }

  /**
   * Undoes a merge for good, or pins one. Counts stay as they are, so that undoing is exact.
   *
   * @throws {E_MERGE_UNKNOWN} when there is no such merge, or no such name
   */
  decide(request: MergeRequest): Merge {
    return this.#merges.decide(request);
  }

  close(): void {
    this.#db.close();
  }
}
