import type { TrendTweet } from '../contracts/trends.ts';
import { mergeAuthors, NO_AUTHORS, sketchAuthors, type AuthorSketch } from './author-sketch.ts';
import { bucketOf } from './grain.ts';
import { hash32 } from './hash32.ts';
import { normalForm } from './normal-form.ts';
import { timeOf, type TrendRecord } from './trend-record.ts';

/** Tweets that mention a name in one minute, and their authors. */
export interface MinuteCount {
  readonly tweets: number;
  readonly authors: AuthorSketch;
}

/** A tweet that shows how a name is used. The lowest ranks are kept: a sample that no order of arrival changes. */
export interface Example {
  /** Hash of the tweet's id. */
  readonly rank: number;
  readonly tweet: TrendTweet;
}

/** All that is counted of one name of one type. */
export interface NameCounts {
  readonly type: string;
  readonly form: string;
  /** Time of the first tweet. */
  readonly first: number;
  readonly minutes: ReadonlyMap<number, MinuteCount>;
  /** Tweets by spelling. */
  readonly surfaces: ReadonlyMap<string, number>;
  /** Some tweets of each hour. */
  readonly examples: ReadonlyMap<number, readonly Example[]>;
}

/** Two names of the same tweet. `a` and `b` are keys of names, a < b. */
export interface PairCount {
  readonly hour: number;
  readonly a: string;
  readonly b: string;
  readonly tweets: number;
}

/**
 * Counts of any set of packs. They add up: `mergeCounts` is associative and commutative, so that many may count, each
 * their packs, in any order. A pack must go into a sum once; TrendStore sees to that.
 */
export interface TrendCounts {
  /** All tweets by minute, with names or without. */
  readonly tweets: ReadonlyMap<number, number>;
  readonly names: ReadonlyMap<string, NameCounts>;
  readonly pairs: ReadonlyMap<string, PairCount>;
}

/** Example tweets kept for a name and hour. */
export const EXAMPLES_KEPT = 3;

/** Names of one tweet that are paired; a tweet with more is a list, and says little of any two. */
const PAIRED_NAMES = 8;

const MAX_SURFACE_LENGTH = 120;

/** The key of a name: its type, which has no colon here, and its form. */
export function nameKey(type: string, form: string): string {
  return `${type.replaceAll(':', ' ')}:${form}`;
}

/** Counts what one pack holds; `receivedAt`, in milliseconds, is when it came in. */
export function countRecords(records: readonly TrendRecord[], receivedAt?: number): TrendCounts {
  return records.reduce((sum, record) => addCounts(sum, countRecord(record, receivedAt)), nothing());
}

/** The sum of two counts; neither is changed. */
export function mergeCounts(a: TrendCounts, b: TrendCounts): TrendCounts {
  return addCounts(addCounts(nothing(), a), b);
}

/** Counts of which the outer maps may still change. */
interface Sum {
  readonly tweets: Map<number, number>;
  readonly names: Map<string, NameCounts>;
  readonly pairs: Map<string, PairCount>;
}

function nothing(): Sum {
  return { tweets: new Map(), names: new Map(), pairs: new Map() };
}

function countRecord(record: TrendRecord, receivedAt: number | undefined): TrendCounts {
  const time = timeOf(record, receivedAt);
  const [minute, hour] = [bucketOf(time, 'minute'), bucketOf(time, 'hour')];
  const authors = record.author === undefined ? NO_AUTHORS : sketchAuthors([record.author]);
  let example: Example | undefined;
  const names = new Map<string, NameCounts>();
  for (const { type, text } of record.entities) {
    const form = normalForm(text);
    if (form === '') continue;
    const key = nameKey(type, form);
    // A name counts once a tweet, under the spelling that comes first.
    if (names.has(key)) continue;
    example ??= exampleOf(record, time);
    names.set(key, {
      type,
      form,
      first: time,
      minutes: new Map([[minute, { tweets: 1, authors }]]),
      surfaces: new Map([[surfaceOf(text), 1]]),
      examples: new Map(example === undefined ? [] : [[hour, [example]]]),
    });
  }
  return { tweets: new Map([[minute, 1]]), names, pairs: pairsOf([...names.keys()], hour) };
}

function exampleOf({ id, text, author, entities }: TrendRecord, time: number): Example | undefined {
  if (text === undefined) return undefined;
  const tweet = {
    id,
    text,
    ...(author === undefined ? {} : { author }),
    createdAt: new Date(time).toISOString(),
    entities: entities.map(({ type, start, end }) => ({ type, start, end })),
  };
  return { rank: hash32(id), tweet };
}

function surfaceOf(text: string): string {
  return text.slice(0, MAX_SURFACE_LENGTH).toWellFormed().normalize('NFC').replace(/\s+/gu, ' ').trim();
}

function pairsOf(keys: readonly string[], hour: number): ReadonlyMap<string, PairCount> {
  const pairs = new Map<string, PairCount>();
  const paired = keys.slice(0, PAIRED_NAMES).sort();
  for (const [i, a] of paired.entries()) {
    for (const b of paired.slice(i + 1)) pairs.set(`${hour}\n${a}\n${b}`, { hour, a, b, tweets: 1 });
  }
  return pairs;
}

function addCounts(into: Sum, { tweets, names, pairs }: TrendCounts): Sum {
  for (const [minute, n] of tweets) into.tweets.set(minute, (into.tweets.get(minute) ?? 0) + n);
  for (const [key, name] of names) {
    const known = into.names.get(key);
    into.names.set(key, known === undefined ? name : mergeNames(known, name));
  }
  for (const [key, pair] of pairs) {
    into.pairs.set(key, { ...pair, tweets: pair.tweets + (into.pairs.get(key)?.tweets ?? 0) });
  }
  return into;
}

function mergeNames(a: NameCounts, b: NameCounts): NameCounts {
  return {
    type: a.type,
    form: a.form,
    first: Math.min(a.first, b.first),
    minutes: mergeMaps(a.minutes, b.minutes, mergeMinutes),
    surfaces: mergeMaps(a.surfaces, b.surfaces, (one, other) => one + other),
    examples: mergeMaps(a.examples, b.examples, (one, other) => keepExamples([...one, ...other])),
  };
}

/** The sum of two counts of the same time. */
export function mergeMinutes(a: MinuteCount, b: MinuteCount): MinuteCount {
  return { tweets: a.tweets + b.tweets, authors: mergeAuthors(a.authors, b.authors) };
}

/** Those of the lowest ranks, each tweet once. */
export function keepExamples(examples: readonly Example[]): readonly Example[] {
  const byId = new Map(examples.map((example) => [example.tweet.id, example]));
  return [...byId.values()]
    .sort((a, b) => a.rank - b.rank || (a.tweet.id < b.tweet.id ? -1 : 1))
    .slice(0, EXAMPLES_KEPT);
}

function mergeMaps<K, V>(a: ReadonlyMap<K, V>, b: ReadonlyMap<K, V>, merge: (a: V, b: V) => V): ReadonlyMap<K, V> {
  const sum = new Map(a);
  for (const [key, value] of b) {
    const known = sum.get(key);
    sum.set(key, known === undefined ? value : merge(known, value));
  }
  return sum;
}
