import fc from 'fast-check';
import type { TrendRecord } from '../../shared/trends/trend-record.ts';
import { trendRecord } from './trend-records.ts';

const START = Date.parse('2026-11-20T22:30:00Z');

const NAMES = [
  { type: 'geo-loc', text: 'Paris' },
  { type: 'geo-loc', text: '#PARIS' },
  { type: 'person', text: 'Paris' },
  { type: 'person', text: 'Ann Lee' },
  { type: 'person', text: '#AnnLee' },
  { type: 'company', text: 'AT&T' },
] as const;

const tweet = fc.record({
  at: fc.integer({ min: 0, max: 3 * 3_600_000 }).map((ms) => START + ms),
  names: fc.array(fc.constantFrom(...NAMES), { maxLength: 4 }),
  author: fc.option(
    fc.integer({ min: 0, max: 200 }).map((n) => `user${n}`),
    { nil: undefined },
  ),
});

/** Packs of tagged tweets around a midnight, few names and authors in them; every tweet has an id of its own. */
export const somePacks: fc.Arbitrary<TrendRecord[][]> = fc
  .array(fc.array(tweet, { minLength: 1, maxLength: 25 }), { minLength: 1, maxLength: 8 })
  .map((packs) => packs.map((pack, p) => pack.map((made, i) => trendRecord({ ...made, id: `${p}-${i}` }))));
