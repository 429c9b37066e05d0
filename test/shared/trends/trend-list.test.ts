import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { trendsQuerySchema, trendsResponseSchema, type TrendsQuery } from '../../../shared/contracts/trends.ts';
import { GRAIN_MS } from '../../../shared/trends/grain.ts';
import { describeTrend } from '../../../shared/trends/trend-detail.ts';
import { listTrends } from '../../../shared/trends/trend-list.ts';
import { TrendStore } from '../../../shared/trends/trend-store.ts';
import { tempFolder } from '../../support/temp-folder.ts';
import { trendRecord, type MadeName } from '../../support/trend-records.ts';
import { dayWave, streamTo, type StreamedName } from '../../support/trend-stream.ts';

const { minute, hour, day } = GRAIN_MS;
const END = Date.parse('2026-11-20T15:00:00Z');

function openStore(): TrendStore {
  const store = new TrendStore({ path: join(tempFolder(), 'trends.sqlite'), clock: () => new Date(END) });
  onTestFinished(() => {
    store.close();
  });
  return store;
}

function list(store: TrendStore, query: Partial<TrendsQuery> = {}) {
  return trendsResponseSchema.parse(listTrends(store.reader, trendsQuerySchema.parse(query)));
}

const named = (type: string, text: string): MadeName => ({ type, text });

/** Steady names from rare to very frequent, names with a day of their own, and what the test plants. */
function plant(planted: readonly StreamedName[], seed = 1): TrendStore {
  const steady = [0.2, 1, 4, 12].map((mean, i) => ({
    ...named('company', `Steady ${i}`),
    rate: (time: number) => mean * dayWave(time),
  }));
  const daily = [2, 8].map((mean, i) => ({
    ...named('tvshow', `Daily ${i}`),
    // Twelve hours from the stream's own tide, and at its height when the stream ends.
    rate: (time: number) => mean * (1 + Math.sin((2 * Math.PI * ((time - END) / hour + 6)) / 24)),
  }));
  const store = openStore();
  streamTo(store, {
    from: END - 3 * day,
    to: END,
    names: [...steady, ...daily, ...planted],
    others: (time) => Math.round(30 * dayWave(time)),
    seed,
  });
  return store;
}

describe('what rises', () => {
  test('is nothing while all goes its usual way, ebb and flow of the day included', { timeout: 60_000 }, () => {
    const store = plant([]);
    for (const window of ['10m', '1h'] as const)
      expect(list(store, { window }).trends.map(({ name }) => name)).toEqual([]);
  });

  test('is what is planted, the most unusual first, and not what is merely frequent', { timeout: 60_000 }, () => {
    const began = END - 40 * minute;
    const store = plant([
      { ...named('person', 'New Person'), rate: (time) => (time >= began ? 6 : 0) },
      { ...named('geo-loc', 'Known Place'), rate: (time) => (time >= began ? 8 : 0.5) },
      { ...named('person', 'Twice'), rate: () => 0.05 },
    ]);
    const { trends, past } = list(store, { window: '1h' });
    expect(past).toBeGreaterThan(60);
    expect(trends.map(({ name }) => name)).toEqual(['New Person', 'Known Place']);
    expect(trends.map(({ isNew }) => isNew)).toEqual([true, false]);
    for (const { risingSince, tweets, expected, series, authors } of trends) {
      expect(Math.abs(Date.parse(risingSince!) - began)).toBeLessThanOrEqual(5 * minute);
      expect(tweets).toBeGreaterThan(5 * expected!);
      expect(series.at(-1)).toBeGreaterThan(0);
      expect(authors).toBeGreaterThan(10);
    }
    const frequent = list(store, { order: 'count', limit: 1 }).trends[0]!;
    expect(frequent.name).toBe('Steady 3');
    expect(frequent.score).toBeLessThan(3);
  });

  test('is seen in ten minutes and over a day too', { timeout: 60_000 }, () => {
    const store = plant([
      { ...named('person', 'Just Now'), rate: (time) => (time >= END - 10 * minute ? 8 : 0) },
      { ...named('person', 'All Day'), rate: (time) => (time >= END - 20 * hour ? 2 : 0) },
    ]);
    expect(list(store, { window: '10m' }).trends.map(({ name }) => name)).toEqual(['Just Now']);
    expect(list(store, { window: '1d' }).trends.map(({ name }) => name)).toContain('All Day');
  });

  test('cannot be said while there is no past', () => {
    const store = openStore();
    store.add(
      'a',
      Array.from({ length: 20 }, (_, i) => trendRecord({ id: String(i), at: END, names: [named('person', 'Ann')] })),
    );
    expect(list(store)).toMatchObject({ past: 0, trends: [], tweets: 20 });
    expect(list(store, { order: 'count' }).trends).toMatchObject([
      { name: 'Ann', tweets: 20, expected: null, score: null, risingSince: null },
    ]);
  });

  test('compares a stream that has just begun with its own first minutes', () => {
    const store = openStore();
    streamTo(store, {
      from: END - 90 * minute,
      to: END,
      names: [
        { ...named('person', 'Steady'), rate: () => 5 },
        { ...named('person', 'Burst'), rate: (time) => (time >= END - 10 * minute ? 10 : 0) },
      ],
      others: () => 30,
      seed: 3,
    });
    expect(list(store, { window: '10m' }).trends.map(({ name }) => name)).toEqual(['Burst']);
  });
});

describe('a list of trends', () => {
  const store = (): TrendStore => {
    const opened = openStore();
    const mention = (id: string, ...names: readonly MadeName[]) => trendRecord({ id, at: END, author: id, names });
    opened.add('a', [
      mention('1', named('geo-loc', 'New York'), named('person', 'Ann Lee')),
      mention('2', named('geo-loc', '#NewYork'), named('person', 'Ann Lee')),
      mention('3', named('geo-loc', '#newyork'), named('facility', 'Yankee Stadium')),
      mention('4', named('person', 'Bob')),
      mention('5'),
    ]);
    return opened;
  };

  test('is empty where nothing is counted', () => {
    expect(list(openStore())).toMatchObject({ newest: null, tweets: 0, trends: [], types: [] });
  });

  test('brings spellings together, shows the usual one, and undoes that exactly', () => {
    const opened = store();
    const before = list(opened, { order: 'count' });
    expect(before.trends.map(({ name, tweets }) => [name, tweets])).toEqual([
      ['New York', 2],
      ['Ann Lee', 2],
      ['Yankee Stadium', 1],
      ['#newyork', 1],
      ['Bob', 1],
    ]);
    opened.findVariants();
    expect(opened.reader.merges()).toEqual([
      { type: 'geo-loc', form: 'newyork', into: 'new york', reason: 'spacing', score: 1, state: 'auto' },
    ]);
    const merged = list(opened, { order: 'count' });
    expect(merged.trends[0]).toMatchObject({
      key: 'geo-loc:new york',
      name: 'New York',
      tweets: 3,
      merged: 1,
      authors: 3,
    });
    opened.decide({ action: 'undo', type: 'geo-loc', form: 'newyork' });
    expect(list(opened, { order: 'count' })).toEqual(before);
    // What a person undid is not found again.
    opened.findVariants();
    expect(list(opened, { order: 'count' })).toEqual(before);
    opened.decide({ action: 'pin', type: 'geo-loc', form: 'newyork', into: 'new york' });
    expect(list(opened, { order: 'count' })).toEqual(merged);
  });

  test('says who and where, in the same tweets', () => {
    const opened = store();
    opened.findVariants();
    const [newYork] = list(opened, { order: 'count', q: 'NEWYORK' }).trends;
    expect(newYork).toMatchObject({
      people: [{ key: 'person:ann lee', name: 'Ann Lee', tweets: 2 }],
      places: [{ key: 'facility:yankee stadium', tweets: 1 }],
    });
  });

  test('is cut to a type, a name and a length', () => {
    const opened = store();
    const names = (query: Partial<TrendsQuery>): string[] =>
      list(opened, { order: 'count', ...query }).trends.map(({ name }) => name);
    expect(names({ type: 'person' })).toEqual(['Ann Lee', 'Bob']);
    expect(names({ q: 'yank' })).toEqual(['Yankee Stadium']);
    expect(names({ q: 'nobody' })).toEqual([]);
    expect(names({ limit: 1 })).toHaveLength(1);
    expect(list(opened).types).toEqual([
      { type: 'geo-loc', tweets: 3 },
      { type: 'person', tweets: 3 },
      { type: 'facility', tweets: 1 },
    ]);
  });

  test('can end in the past', () => {
    const opened = store();
    opened.add('b', [trendRecord({ id: '9', at: END - 5 * hour, names: [named('person', 'Earlier')] })]);
    const until = new Date(END - 5 * hour + minute).toISOString();
    expect(list(opened, { order: 'count', until }).trends.map(({ name }) => name)).toEqual(['Earlier']);
  });

  test('leads to one name: its history, spellings, company and tweets', () => {
    const opened = store();
    opened.findVariants();
    const detail = describeTrend(opened.reader, 'geo-loc:newyork', { window: '1h' })!;
    expect(detail.trend.key).toBe('geo-loc:new york');
    expect(detail.variants.map(({ form, tweets, reason }) => [form, tweets, reason])).toEqual([
      ['new york', 2, null],
      ['newyork', 1, 'spacing'],
    ]);
    expect(detail.history.tweets.reduce((a, b) => a + b, 0)).toBe(3);
    expect(detail.history.expected).toEqual([]);
    expect(detail.with.map(({ key }) => key)).toEqual(['person:ann lee', 'facility:yankee stadium']);
    expect(detail.examples.map(({ id }) => id).sort()).toEqual(['1', '2', '3']);
    expect(describeTrend(opened.reader, 'geo-loc:nowhere', { window: '1h' })).toBeUndefined();
    expect(describeTrend(opened.reader, 'nonsense', { window: '1h' })).toBeUndefined();
  });
});
