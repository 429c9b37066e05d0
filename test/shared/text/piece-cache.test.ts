import fc from 'fast-check';
import { expect, test } from 'vitest';
import { PieceCache } from '../../../shared/text/piece-cache.ts';

const text = fc.string({ unit: fc.constantFrom('a', 'b', 'é', '\ud83d', '\ude00', '\0'), maxLength: 18 });
const record = fc
  .array(fc.tuple(fc.nat(), fc.nat(), fc.nat(), fc.nat()), { maxLength: 6 })
  .map((pieces) => Int32Array.from([pieces.length, ...pieces.flat()]));

function found(cache: PieceCache, whole: string, start: number, end: number): number[] | undefined {
  const at = cache.find(whole, start, end);
  return at < 0 ? undefined : [...cache.numbers.slice(at, at + 1 + 4 * cache.numbers[at]!)];
}

test('a cache gives the last record of a text or none, and forgets only to make room', () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(text, record)), fc.constantFrom(0, 1, 2, 8), (added, capacity) => {
      const cache = new PieceCache(capacity);
      const last = new Map<string, number[]>();
      for (const [key, value] of added) {
        cache.add(key, value);
        const fits = key.length <= 16 && value[0]! <= 5 && capacity > 0;
        if (fits) {
          last.set(key, [...value]);
          expect(found(cache, `<${key}>`, 1, 1 + key.length)).toEqual([...value]);
        }
      }
      for (const [key] of added) expect([undefined, last.get(key)]).toContainEqual(found(cache, key, 0, key.length));
    }),
    { numRuns: 1000 },
  );
});

test('a cache tells texts apart that end in U+0000', () => {
  const cache = new PieceCache(1);
  cache.add('a', Int32Array.of(0));
  expect(cache.find('a\0', 0, 2)).toBe(-1);
  expect(cache.find('a\0', 0, 1)).toBeGreaterThanOrEqual(0);
});
