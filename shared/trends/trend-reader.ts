import type { Merge, TrendTweet } from '../contracts/trends.ts';
import type { Database } from '../sqlite/database.ts';
import { mergeAuthors, NO_AUTHORS, type AuthorSketch } from './author-sketch.ts';
import type { Grain } from './grain.ts';
import { GRAIN_NUMBER } from './pack-writer.ts';

/** A half-open range of minutes, hours or days. */
export interface Span {
  readonly grain: Grain;
  readonly from: number;
  readonly to: number;
}

/** A name as it is stored. */
export interface StoredName {
  readonly n: number;
  readonly type: string;
  readonly form: string;
  readonly first: number;
}

/** A name and the tweets of a span that mention it. */
export interface NameTotal extends StoredName {
  readonly tweets: number;
}

/** Tweets that mention a name in one minute, hour or day. */
export interface NameCount {
  readonly n: number;
  readonly bucket: number;
  readonly tweets: number;
}

/** A spelling and how often it was met. */
export interface Surface {
  readonly n: number;
  readonly text: string;
  readonly tweets: number;
}

/** A name that is mentioned with another. */
export interface Companion {
  readonly n: number;
  readonly tweets: number;
}

type Row = Readonly<Record<string, unknown>>;

/** Reads of the tables, none of which changes anything. Lists of numbers go in as JSON. */
export class TrendReader {
  readonly #db: Database;

  constructor(db: Database) {
    this.#db = db;
  }

  /** The minute of the newest tweet; undefined when none is counted. */
  newestMinute(): number | undefined {
    const row = this.#rows('SELECT max(bucket) AS newest FROM totals WHERE grain = 0')[0];
    return row?.['newest'] === null ? undefined : Number(row!['newest']);
  }

  /** All tweets by bucket, with names or without. */
  totals({ grain, from, to }: Span): ReadonlyMap<number, number> {
    const rows = this.#rows(
      'SELECT bucket, tweets FROM totals WHERE grain = ? AND bucket >= ? AND bucket < ?',
      GRAIN_NUMBER[grain],
      from,
      to,
    );
    return new Map(rows.map((row) => [Number(row['bucket']), Number(row['tweets'])]));
  }

  /** Every name of a span. */
  namesIn({ grain, from, to }: Span): readonly NameTotal[] {
    const rows = this.#rows(
      `SELECT n, type, form, first, tweets FROM names JOIN (
         SELECT name, sum(tweets) AS tweets FROM counts WHERE grain = ? AND bucket >= ? AND bucket < ? GROUP BY name
       ) ON n = name`,
      GRAIN_NUMBER[grain],
      from,
      to,
    );
    return rows as readonly unknown[] as readonly NameTotal[];
  }

  /** Counts of some names by bucket; what is not there is 0. */
  countsOf(names: readonly number[], { grain, from, to }: Span): readonly NameCount[] {
    // Both lists by IN: each pair is one step into the primary key, whatever else was counted in that time.
    const buckets = Array.from({ length: Math.max(0, to - from) }, (_, i) => from + i);
    const rows = this.#rows(
      `SELECT name AS n, bucket, tweets FROM counts WHERE grain = ?
       AND bucket IN (SELECT value FROM json_each(?)) AND name IN (SELECT value FROM json_each(?))`,
      GRAIN_NUMBER[grain],
      JSON.stringify(buckets),
      JSON.stringify(names),
    );
    return rows as readonly unknown[] as readonly NameCount[];
  }

  /** The authors of all tweets of a span that mention any of the names. */
  authorsOf(names: readonly number[], { grain, from, to }: Span): AuthorSketch {
    const buckets = Array.from({ length: Math.max(0, to - from) }, (_, i) => from + i);
    const rows = this.#rows(
      `SELECT authors FROM counts WHERE grain = ? AND length(authors) > 0
       AND bucket IN (SELECT value FROM json_each(?)) AND name IN (SELECT value FROM json_each(?))`,
      GRAIN_NUMBER[grain],
      JSON.stringify(buckets),
      JSON.stringify(names),
    );
    return rows.reduce<AuthorSketch>((sum, row) => mergeAuthors(sum, row['authors'] as AuthorSketch), NO_AUTHORS);
  }

  /** A name by type and form. */
  name(type: string, form: string): StoredName | undefined {
    const row = this.#rows('SELECT n, type, form, first FROM names WHERE type = ? AND form = ?', type, form)[0];
    return row as unknown as StoredName | undefined;
  }

  names(numbers: readonly number[]): readonly StoredName[] {
    const rows = this.#rows(
      'SELECT n, type, form, first FROM names WHERE n IN (SELECT value FROM json_each(?))',
      JSON.stringify(numbers),
    );
    return rows as readonly unknown[] as readonly StoredName[];
  }

  /** The spellings of names, most frequent first. */
  surfaces(names: readonly number[]): readonly Surface[] {
    const rows = this.#rows(
      `SELECT name AS n, text, tweets FROM surfaces WHERE name IN (SELECT value FROM json_each(?))
       ORDER BY tweets DESC, text`,
      JSON.stringify(names),
    );
    return rows as readonly unknown[] as readonly Surface[];
  }

  /** Tweets that mention any of the names between two hours, a sample of each hour, newest first. */
  examples(names: readonly number[], fromHour: number, toHour: number): readonly TrendTweet[] {
    const rows = this.#rows(
      `SELECT DISTINCT hour, id, tweet FROM examples WHERE hour >= ? AND hour < ?
       AND name IN (SELECT value FROM json_each(?)) ORDER BY hour DESC`,
      fromHour,
      toHour,
      JSON.stringify(names),
    );
    const tweets = new Map(rows.map((row) => [row['id'], JSON.parse(row['tweet'] as string) as TrendTweet]));
    return [...tweets.values()].sort((a, b) => Date.parse(b.createdAt) - Date.parse(a.createdAt));
  }

  /** Names that share tweets with any of these between two hours. */
  companions(names: readonly number[], fromHour: number, toHour: number): readonly Companion[] {
    const hours = Array.from({ length: Math.max(0, toHour - fromHour) }, (_, i) => fromHour + i);
    const rows = this.#rows(
      `SELECT b AS n, sum(tweets) AS tweets FROM pairs WHERE hour IN (SELECT value FROM json_each(?))
       AND a IN (SELECT value FROM json_each(?)) GROUP BY b ORDER BY tweets DESC, b`,
      JSON.stringify(hours),
      JSON.stringify(names),
    );
    return rows as readonly unknown[] as readonly Companion[];
  }

  /** Every merge, those that were undone too. */
  merges(): readonly Merge[] {
    const rows = this.#rows(
      'SELECT type, form, into_form AS "into", reason, score, state FROM merges ORDER BY type, form',
    );
    return rows as readonly unknown[] as readonly Merge[];
  }

  #rows(sql: string, ...values: readonly (number | string)[]): readonly Row[] {
    return this.#db.read(() => this.#db.prepare(sql).all(...values));
  }
}
