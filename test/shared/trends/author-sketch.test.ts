import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { countAuthors, mergeAuthors, NO_AUTHORS, sketchAuthors } from '../../../shared/trends/author-sketch.ts';

const authors = (from: number, to: number): string[] => Array.from({ length: to - from }, (_, i) => `user${from + i}`);

describe('a sketch of authors', () => {
  test.each([0, 1, 2, 17, 64])('counts %i authors exactly', (n) => {
    expect(countAuthors(sketchAuthors([...authors(0, n), ...authors(0, n)]))).toBe(n);
  });

  // Four standard errors of 1.04 / sqrt(1024): one in 16,000 sketches would be further off.
  test.each([65, 200, 1_000, 2_500, 10_000, 100_000])('counts %i authors within 13 percent', (n) => {
    const counted = countAuthors(sketchAuthors(authors(0, n)));
    expect(Math.abs(counted - n) / n).toBeLessThan(4 * (1.04 / Math.sqrt(1024)));
  });

  test('is at most a kilobyte', () => {
    expect(sketchAuthors(authors(0, 100_000)).length).toBe(1024);
  });

  const some = fc.array(
    fc.integer({ min: 0, max: 150 }).map((n) => `user${n}`),
    { maxLength: 200 },
  );

  test('follows from the set of authors alone: in any order, any parts, any number of times', () => {
    fc.assert(
      fc.property(some, some, some, (a, b, c) => {
        const [sa, sb, sc] = [sketchAuthors(a), sketchAuthors(b), sketchAuthors(c)];
        const all = sketchAuthors([...c, ...a, ...b]);
        expect(mergeAuthors(mergeAuthors(sa, sb), sc)).toEqual(all);
        expect(mergeAuthors(sa, mergeAuthors(sc, sb))).toEqual(all);
        expect(mergeAuthors(all, sb)).toEqual(all);
        expect(mergeAuthors(NO_AUTHORS, sa)).toEqual(sa);
      }),
    );
  });
});
