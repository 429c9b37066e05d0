import { expect, test } from 'vitest';
import { relate } from '../../../training/analysis/name-relation.ts';

test.each([
  ['wal mart', 'walmart', 'spacing'],
  ['hilary clinton', 'hillary clinton', 'spelling'],
  ['markiplyer', 'markiplier', 'spelling'],
  ['barrys', 'barry', 'spelling'],
  ['clinton', 'hillary clinton', 'part'],
  ['hillary', 'hillary clinton', 'part'],
  ['model 3', 'tesla model 3', 'part'],
  ['ny', 'new york', 'initials'],
  // Another digit is another product, whatever else they share.
  ['iphone 7', 'iphone 8', undefined],
  ['iphone', 'iphone 7', undefined],
  ['model 3', 'model y', undefined],
  // An ending makes another word.
  ['africa', 'african', undefined],
  // A letter makes another word where words are short, and so does another first letter.
  ['iran', 'iraq', undefined],
  ['justin', 'austin', undefined],
  // Of the words in the middle nobody is called.
  ['of', 'league of legends', undefined],
  ['l', 'l catterton', undefined],
])('%s and %s: %s', (a, b, why) => {
  expect(relate(a, b)?.why).toBe(why);
  expect(relate(b, a)).toEqual(relate(a, b));
});

test('letters say how alike spellings are, and nothing of parts', () => {
  // Jaro-Winkler of `hilary` and `hillary` by hand: 6 letters match, none transposed, and the first three are the
  // same: (6/6 + 6/7 + 1) / 3 = 0.95238, and 3 * 0.1 * (1 - 0.95238) more is 0.96667.
  expect(relate('hilary clinton', 'hillary clinton')!.letters).toBeCloseTo(0.96667, 5);
  expect(relate('clinton', 'hillary clinton')!.letters).toBeUndefined();
  expect(relate('wal mart', 'walmart')!.letters).toBe(1);
});
