import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { planBatches, windowsOf } from '../../../shared/model/batch-plan.ts';

const lengths = fc.array(fc.nat(100), { maxLength: 40 });
const options = fc.record({ maxWords: fc.integer({ min: 2, max: 64 }), maxRows: fc.integer({ min: 1, max: 9 }) });

describe('planBatches', () => {
  test('keeps each word of each sentence exactly once, within rows and window sizes', () => {
    fc.assert(
      fc.property(lengths, options, (sentences, { maxWords, maxRows }) => {
        const seen = sentences.map((length) => new Uint8Array(length));
        for (const { windows, paddedLength } of planBatches(sentences, { maxWords, maxRows })) {
          expect(windows.length).toBeLessThanOrEqual(maxRows);
          expect(paddedLength).toBeLessThanOrEqual(maxWords);
          for (const { sentence, start, end, keepStart, keepEnd } of windows) {
            expect(end - start).toBeLessThanOrEqual(paddedLength);
            expect([keepStart >= start, keepEnd <= end]).toEqual([true, true]);
            for (let word = keepStart; word < keepEnd; word++) seen[sentence]![word]!++;
          }
        }
        for (const counts of seen) expect(counts.every((count) => count === 1)).toBe(true);
      }),
    );
  });

  test('pads a sentence by its own length only', () => {
    fc.assert(
      fc.property(lengths, options, fc.nat(100), (others, plan, length) => {
        const paddedAs = (sentences: readonly number[]): number[] =>
          planBatches(sentences, plan).flatMap(({ windows, paddedLength }) =>
            windows.filter(({ sentence }) => sentence === 0).map(() => paddedLength),
          );
        expect(paddedAs([length, ...others])).toEqual(paddedAs([length]));
      }),
    );
  });

  test('gives every word of a long sentence at least a quarter window of context on both sides', () => {
    fc.assert(
      fc.property(fc.integer({ min: 4, max: 64 }), fc.nat(400), (maxWords, length) => {
        for (const { start, end, keepStart, keepEnd } of windowsOf(0, length, maxWords)) {
          const quarter = Math.floor(maxWords / 4);
          if (start > 0) expect(keepStart - start).toBeGreaterThanOrEqual(quarter);
          if (end < length) expect(end - keepEnd).toBeGreaterThanOrEqual(quarter);
        }
      }),
    );
  });

  test('makes few batches of many sentences, the longest first', () => {
    const plan = planBatches([3, 20, 8, 0, 130, 9, 5], { maxWords: 128, maxRows: 2 });
    const shape = plan.map(({ windows, paddedLength }) => [paddedLength, windows.map(({ sentence }) => sentence)]);
    expect(shape).toEqual([
      [128, [4, 4]],
      [24, [1]],
      [16, [5]],
      [8, [0, 2]],
      [8, [6]],
    ]);
  });
});
