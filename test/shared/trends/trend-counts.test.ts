import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { countRecords, EXAMPLES_KEPT, mergeCounts } from '../../../shared/trends/trend-counts.ts';
import { timeOf } from '../../../shared/trends/trend-record.ts';
import { trendRecord } from '../../support/trend-records.ts';
import { somePacks } from '../../support/trend-packs.ts';

const AT = Date.parse('2026-11-20T12:34:56Z');
const paris = { type: 'geo-loc', text: 'Paris' };

describe('the time that a tweet counts at', () => {
  const record = (createdAt: string | undefined) => ({
    ...trendRecord({ id: '1', at: AT, names: [] }),
    createdAt,
  });
  test.each([
    ['its own', '2026-11-20T10:00:00+02:00', '2026-11-20T08:00:00.000Z'],
    ['its own, of months ago', '2026-03-01T00:00:00Z', '2026-03-01T00:00:00.000Z'],
    ['its own, when clocks are a minute apart', '2026-11-20T12:35:56Z', '2026-11-20T12:35:56.000Z'],
    ['when it was tagged, if it says to be of the future', '2026-11-20T13:00:00Z', '2026-11-20T12:34:56.000Z'],
    ['when it was tagged, if it says to be years old', '2006-03-21T00:00:00Z', '2026-11-20T12:34:56.000Z'],
    ['when it was tagged, if it says nothing', undefined, '2026-11-20T12:34:56.000Z'],
    ['when it was tagged, if it says no time', 'yesterday', '2026-11-20T12:34:56.000Z'],
  ])('is %s', (_, createdAt, expected) => {
    expect(new Date(timeOf(record(createdAt))).toISOString()).toBe(expected);
  });
});

test('the time that a tweet counts at is when it came in, where that is known and it does not say when it was written', () => {
  const record = { ...trendRecord({ id: '1', at: AT, names: [] }), createdAt: undefined };
  expect(timeOf(record, AT - 60_000)).toBe(AT - 60_000);
});

describe('the counts of a pack', () => {
  test('have each name once a tweet, whatever its spellings', () => {
    const counts = countRecords([
      trendRecord({ id: '1', at: AT, author: 'ann', names: [paris, { ...paris, text: '#PARIS' }] }),
      trendRecord({ id: '2', at: AT + 60_000, author: 'bob', names: [{ ...paris, text: 'paris' }] }),
      trendRecord({ id: '3', at: AT, names: [] }),
    ]);
    const name = counts.names.get('geo-loc:paris')!;
    expect([...name.minutes.values()].map(({ tweets }) => tweets)).toEqual([1, 1]);
    expect(Object.fromEntries(name.surfaces)).toEqual({ Paris: 1, paris: 1 });
    expect(name.first).toBe(AT);
    expect([...counts.tweets.values()]).toEqual([2, 1]);
  });

  test('keep types apart, and leave out what has no letters', () => {
    const names = [paris, { type: 'person', text: 'Paris' }, { type: 'other', text: '\u{1F5FD}' }];
    expect([...countRecords([trendRecord({ id: '1', at: AT, names })]).names.keys()]).toEqual([
      'geo-loc:paris',
      'person:paris',
    ]);
  });

  test('pair the names of a tweet, each pair once', () => {
    const names = ['a', 'b', 'c'].map((text) => ({ type: 'person', text }));
    const { pairs } = countRecords([
      trendRecord({ id: '1', at: AT, names }),
      trendRecord({ id: '2', at: AT, names: names.slice(0, 2) }),
    ]);
    expect([...pairs.values()].map(({ a, b, tweets }) => [a, b, tweets])).toEqual([
      ['person:a', 'person:b', 2],
      ['person:a', 'person:c', 1],
      ['person:b', 'person:c', 1],
    ]);
  });

  test('keep few examples, those of the lowest hashes, in any order of arrival', () => {
    const records = Array.from({ length: 40 }, (_, i) => trendRecord({ id: String(i), at: AT, names: [paris] }));
    const ids = (counts: ReturnType<typeof countRecords>): readonly string[] =>
      [...counts.names.get('geo-loc:paris')!.examples.values()].flat().map(({ tweet }) => tweet.id);
    const kept = ids(countRecords(records));
    expect(kept).toHaveLength(EXAMPLES_KEPT);
    expect(ids(countRecords(records.toReversed()))).toEqual(kept);
  });
});

test('counts of packs add up to the count of all, in any order and any grouping', () => {
  fc.assert(
    fc.property(somePacks, fc.integer({ min: 1, max: 4 }), (packs, writers) => {
      const whole = countRecords(packs.flat());
      const parts = Array.from({ length: writers }, (_, w) =>
        packs
          .filter((_pack, i) => i % writers === w)
          .map((pack) => countRecords(pack))
          .reduce(mergeCounts, countRecords([])),
      );
      const plain = (counts: typeof whole) => ({
        tweets: Object.fromEntries([...counts.tweets].sort(([a], [b]) => a - b)),
        names: [...counts.names.entries()]
          .sort(([a], [b]) => (a < b ? -1 : 1))
          .map(([key, name]) => [
            key,
            name.first,
            [...name.minutes].sort(([a], [b]) => a - b),
            [...name.surfaces].sort(([a], [b]) => (a < b ? -1 : 1)),
            [...name.examples].sort(([a], [b]) => a - b),
          ]),
        pairs: [...counts.pairs.values()].sort((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1)),
      });
      expect(plain(parts.reduceRight((sum, part) => mergeCounts(part, sum)))).toEqual(plain(whole));
      expect(plain(parts.reduce(mergeCounts))).toEqual(plain(whole));
    }),
    { numRuns: 60 },
  );
});
