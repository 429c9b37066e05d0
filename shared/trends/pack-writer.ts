import type { Database } from '../sqlite/database.ts';
import { bucketOf, GRAIN_MS, GRAINS, type Grain } from './grain.ts';
import { EXAMPLES_KEPT, mergeMinutes, type MinuteCount, type NameCounts, type TrendCounts } from './trend-counts.ts';

/** The number of each grain in the tables. */
export const GRAIN_NUMBER: Readonly<Record<Grain, number>> = { minute: 0, hour: 1, day: 2 };

/** Names whose number is remembered; those of a busy day fit. */
const CACHE_SIZE = 100_000;

const UPSERT_NAME = `
  INSERT INTO names (type, form, first, last_day) VALUES (?, ?, ?, ?)
  ON CONFLICT (type, form) DO UPDATE SET first = min(first, excluded.first), last_day = max(last_day, excluded.last_day)
  RETURNING n, first, last_day`;

const ADD_TOTAL = `
  INSERT INTO totals VALUES (?, ?, ?)
  ON CONFLICT (grain, bucket) DO UPDATE SET tweets = tweets + excluded.tweets`;

const ADD_COUNT = `
  INSERT INTO counts VALUES (?, ?, ?, ?, ?)
  ON CONFLICT (grain, bucket, name) DO UPDATE SET
    tweets = tweets + excluded.tweets,
    authors = CASE
      WHEN length(excluded.authors) = 0 THEN authors
      WHEN length(authors) = 0 THEN excluded.authors
      ELSE merge_authors(authors, excluded.authors) END`;

const ADD_SURFACE = `
  INSERT INTO surfaces VALUES (?, ?, ?)
  ON CONFLICT (name, text) DO UPDATE SET tweets = tweets + excluded.tweets`;

const ADD_PAIR = `
  INSERT INTO pairs VALUES (?, ?, ?, ?)
  ON CONFLICT (hour, a, b) DO UPDATE SET tweets = tweets + excluded.tweets`;

/** What is remembered of a name so that it need not be looked up for every pack. */
interface KnownName {
  readonly n: number;
  readonly first: number;
  readonly lastDay: number;
}

/** Adds counts to the tables, inside a transaction of the caller. */
export class PackWriter {
  readonly #db: Database;
  readonly #known = new Map<string, KnownName>();
  #forgotten = 0;

  constructor(db: Database) {
    this.#db = db;
  }

  write({ tweets, names, pairs }: TrendCounts): void {
    this.#dropStaleNumbers();
    const total = this.#db.prepare(ADD_TOTAL);
    for (const grain of GRAINS) {
      for (const [bucket, n] of coarser(tweets, grain, (a, b) => a + b)) total.run(GRAIN_NUMBER[grain], bucket, n);
    }
    const numbers = new Map<string, number>();
    for (const [key, name] of names) {
      const n = this.#numberOf(key, name);
      numbers.set(key, n);
      this.#writeName(n, name);
    }
    const pair = this.#db.prepare(ADD_PAIR);
    for (const { hour, a, b, tweets: together } of pairs.values()) {
      const [one, other] = [numbers.get(a)!, numbers.get(b)!];
      // Both ways, so that all companions of a name lie side by side.
      pair.run(hour, one, other, together);
      pair.run(hour, other, one, together);
    }
  }

  /** Forgets all numbers: those given out in a transaction that was undone are nobody's. */
  reset(): void {
    this.#known.clear();
  }

  /** Another process may have deleted names, and a number that is gone must not be counted under. */
  #dropStaleNumbers(): void {
    const times = Number(this.#db.prepare('SELECT times FROM forgotten').get()!['times']);
    if (times !== this.#forgotten || this.#known.size > CACHE_SIZE) this.#known.clear();
    this.#forgotten = times;
  }

  #numberOf(key: string, { type, form, first, minutes }: NameCounts): number {
    const lastDay = Math.floor((Math.max(...minutes.keys()) * GRAIN_MS.minute) / GRAIN_MS.day);
    const known = this.#known.get(key);
    if (known !== undefined && known.first <= first && known.lastDay >= lastDay) return known.n;
    const row = this.#db.prepare(UPSERT_NAME).get(type, form, first, lastDay)!;
    const found = { n: Number(row['n']), first: Number(row['first']), lastDay: Number(row['last_day']) };
    this.#known.set(key, found);
    return found.n;
  }

  #writeName(n: number, { minutes, surfaces, examples }: NameCounts): void {
    const count = this.#db.prepare(ADD_COUNT);
    for (const grain of GRAINS) {
      for (const [bucket, { tweets, authors }] of coarser<MinuteCount>(minutes, grain, mergeMinutes)) {
        count.run(GRAIN_NUMBER[grain], bucket, n, tweets, authors);
      }
    }
    const surface = this.#db.prepare(ADD_SURFACE);
    for (const [text, tweets] of surfaces) surface.run(n, text, tweets);
    for (const [hour, shown] of examples) {
      const insert = this.#db.prepare('INSERT INTO examples VALUES (?, ?, ?, ?, ?) ON CONFLICT DO NOTHING');
      // A tweet that would not stay is not written at all, which spares a busy name most of the work.
      const worst = this.#db
        .prepare('SELECT rank FROM examples WHERE hour = ? AND name = ? ORDER BY rank, id LIMIT 1 OFFSET ?')
        .get(hour, n, EXAMPLES_KEPT - 1)?.['rank'];
      const fresh = shown.filter(({ rank }) => worst === undefined || rank <= Number(worst));
      if (fresh.length === 0) continue;
      for (const { rank, tweet } of fresh) insert.run(hour, n, rank, tweet.id, JSON.stringify(tweet));
      // Room for one was left, and one was put there.
      if (worst !== undefined || fresh.length > 1) this.#dropExamples(hour, n);
    }
  }

  #dropExamples(hour: number, n: number): void {
    this.#db
      .prepare(
        `DELETE FROM examples WHERE hour = ?1 AND name = ?2 AND (rank, id) >
         (SELECT rank, id FROM examples WHERE hour = ?1 AND name = ?2 ORDER BY rank, id LIMIT 1 OFFSET ?3)`,
      )
      .run(hour, n, EXAMPLES_KEPT - 1);
  }
}

/** Counts by minute as counts by a longer grain. */
function coarser<T>(minutes: ReadonlyMap<number, T>, grain: Grain, add: (a: T, b: T) => T): ReadonlyMap<number, T> {
  if (grain === 'minute') return minutes;
  const sums = new Map<number, T>();
  for (const [minute, value] of minutes) {
    const bucket = bucketOf(minute * GRAIN_MS.minute, grain);
    const known = sums.get(bucket);
    sums.set(bucket, known === undefined ? value : add(known, value));
  }
  return sums;
}
