import type { Database } from '../sqlite/database.ts';
import { GRAIN_MS } from './grain.ts';

/** How long counts are kept, by their grain, back from the newest tweet; and how large the file may be. */
export interface Retention {
  readonly minuteDays: number;
  readonly hourDays: number;
  readonly dayDays: number;
  /** Example tweets and who is mentioned with whom. */
  readonly exampleDays: number;
  /** Ids of packs that were counted, against counting them again: longer than a message can come back. */
  readonly packDays: number;
  /** Size above which rare names are forgotten. */
  readonly maxBytes: number;
}

/**
 * A day of minutes shows the last hours at full resolution; five weeks of hours are the past that a window is compared
 * with, several times over. The size is some weeks of a busy stream on a small disk.
 */
export const DEFAULT_RETENTION: Retention = {
  minuteDays: 2,
  hourDays: 35,
  dayDays: 400,
  exampleDays: 8,
  packDays: 14,
  maxBytes: 2 * 1024 ** 3,
};

/** Rows looked at in one step: about a millisecond, done after each pack, and more than a pack adds. */
const STEP_ROWS = 2_000;

/** Names in fewer tweets than this are forgotten first when room is short; doubled at each round. */
const FIRST_RARE = 2;
const MAX_RARE = 1_024;

/** How often names that nobody mentions any more are looked for, in steps. */
const NAMES_EVERY = 64;

interface Place {
  readonly grain: number;
  readonly bucket: number;
  readonly name: number;
}

const START: Place = { grain: -1, bucket: 0, name: 0 };

/** Removes what is too old, a little with each pack, and what is rarest when the file grows too large. */
export class Sweeper {
  readonly #db: Database;
  readonly #retention: Retention;
  #steps = 0;
  #place = START;
  #rare = FIRST_RARE;

  constructor(db: Database, retention: Retention) {
    this.#db = db;
    this.#retention = retention;
  }

  /** One step, inside a transaction of the caller. `newest` and `now` are in milliseconds. */
  step(newest: number, now: number): void {
    this.#steps += 1;
    this.#expire(newest, now);
    if (this.#steps % NAMES_EVERY === 0) this.#forgetNames(newest);
    if (this.#usedBytes() > this.#retention.maxBytes) this.#thin(newest);
    else this.#rare = FIRST_RARE;
  }

  #expire(newest: number, now: number): void {
    const { minuteDays, hourDays, dayDays, exampleDays, packDays } = this.#retention;
    const since = (days: number, unitMs: number): number => Math.floor((newest - days * GRAIN_MS.day) / unitMs);
    const horizons = [
      [0, since(minuteDays, GRAIN_MS.minute)],
      [1, since(hourDays, GRAIN_MS.hour)],
      [2, since(dayDays, GRAIN_MS.day)],
    ] as const;
    for (const [grain, bucket] of horizons) {
      this.#delete('counts', 'grain, bucket, name', 'grain = ? AND bucket < ?', [grain, bucket]);
      this.#delete('totals', 'grain, bucket', 'grain = ? AND bucket < ?', [grain, bucket]);
    }
    const hour = since(exampleDays, GRAIN_MS.hour);
    this.#delete('examples', 'hour, name, rank, id', 'hour < ?', [hour]);
    this.#delete('pairs', 'hour, a, b', 'hour < ?', [hour]);
    this.#delete('packs', 'id', 'at < ?', [now - packDays * GRAIN_MS.day]);
  }

  #delete(table: string, key: string, where: string, values: readonly number[]): void {
    const old = `SELECT ${key} FROM ${table} WHERE ${where} LIMIT ${STEP_ROWS}`;
    this.#db.prepare(`DELETE FROM ${table} WHERE (${key}) IN (${old})`).run(...values);
  }

  /** Names whose last day is no longer counted. Whoever remembers numbers of names is told. */
  #forgetNames(newest: number): void {
    const today = Math.floor(newest / GRAIN_MS.day);
    const gone = `SELECT n FROM names WHERE last_day < ?1 AND NOT EXISTS (
      SELECT 1 FROM counts WHERE grain = 2 AND bucket = names.last_day AND name = names.n) LIMIT ${STEP_ROWS}`;
    const { changes } = this.#db.prepare(`DELETE FROM names WHERE n IN (${gone})`).run(today);
    if (changes > 0) this.#db.prepare('UPDATE forgotten SET times = times + 1').run();
  }

  #usedBytes(): number {
    const pragma = (name: string): number => Number(this.#db.prepare(`PRAGMA ${name}`).get()![name]);
    return (pragma('page_count') - pragma('freelist_count')) * pragma('page_size');
  }

  /** Goes on through all counts of times that are over, and drops the rare ones; totals stay exact. */
  #thin(newest: number): void {
    const { grain, bucket, name } = this.#place;
    const to = this.#db
      .prepare(
        `SELECT grain, bucket, name FROM counts WHERE (grain, bucket, name) > (?, ?, ?)
         ORDER BY grain, bucket, name LIMIT 1 OFFSET ${STEP_ROWS}`,
      )
      .get(grain, bucket, name) as Place | undefined;
    const over = `bucket < CASE grain WHEN 0 THEN ? WHEN 1 THEN ? ELSE ? END`;
    const from = [grain, bucket, name];
    // What is less than three hours old is what trends are made of.
    const closed = newest - 3 * GRAIN_MS.hour;
    const open = [GRAIN_MS.minute, GRAIN_MS.hour, GRAIN_MS.day].map((unit) => Math.floor(closed / unit));
    const end = to === undefined ? [3, 0, 0] : [to.grain, to.bucket, to.name];
    this.#db
      .prepare(
        `DELETE FROM counts WHERE (grain, bucket, name) > (?, ?, ?) AND (grain, bucket, name) <= (?, ?, ?)
         AND tweets < ? AND ${over}`,
      )
      .run(...from, ...end, this.#rare, ...open);
    this.#place = to ?? START;
    if (to === undefined) this.#rare = Math.min(2 * this.#rare, MAX_RARE);
    const lonely = `SELECT hour, name, rank, id FROM examples WHERE hour < ? AND NOT EXISTS (
      SELECT 1 FROM counts WHERE grain = 1 AND bucket = examples.hour AND name = examples.name) LIMIT ${STEP_ROWS}`;
    this.#db.prepare(`DELETE FROM examples WHERE (hour, name, rank, id) IN (${lonely})`).run(open[1]!);
  }
}
