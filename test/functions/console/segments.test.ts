import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { segmentsOf } from '../../../functions/console/app/segments.ts';

const entity = (
  type: string,
  start: number,
  end: number,
): { type: string; start: number; end: number; score: number } => ({
  type,
  start,
  end,
  score: 0.5,
});

describe('segments of a tweet', () => {
  test('cut the text at its entities, whatever their order', () => {
    expect(segmentsOf('Tess in Lisbon 😀', [entity('geo-loc', 8, 14), entity('person', 0, 4)])).toEqual([
      { text: 'Tess', type: 'person', score: 0.5 },
      { text: ' in ' },
      { text: 'Lisbon', type: 'geo-loc', score: 0.5 },
      { text: ' 😀' },
    ]);
  });

  test('leave out entities that overlap an earlier one, are empty or reach beyond the text', () => {
    const odd = [entity('a', 0, 3), entity('b', 2, 4), entity('c', 3, 3), entity('d', 4, 9)];
    expect(segmentsOf('abcde', odd)).toEqual([{ text: 'abc', type: 'a', score: 0.5 }, { text: 'de' }]);
  });

  test('put together are the text, whatever the entities', () => {
    const entities = fc.array(fc.tuple(fc.nat(30), fc.nat(30)));
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 20 }), entities, (text, ranges) => {
        const segments = segmentsOf(
          text,
          ranges.map(([start, end]) => entity('a', start, end)),
        );
        expect(segments.map((segment) => segment.text).join('')).toBe(text);
      }),
    );
  });
});
