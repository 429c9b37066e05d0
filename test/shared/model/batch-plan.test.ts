import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { planBatches } from '../../../shared/model/batch-plan.ts';
import type { GraphWindow } from '../../../shared/model/graph-input.ts';

const lengths = fc.array(fc.integer({ min: 1, max: 100 }), { maxLength: 40 });
const options = fc.record({
  maxLength: fc.integer({ min: 100, max: 128 }),
  maxRows: fc.integer({ min: 1, max: 9 }),
  lengthStep: fc.constantFrom(1, 4, 8),
});

/** A window of one sentence for each length. */
function windowsOf(sentences: readonly number[]): GraphWindow[] {
  const places = new Int32Array(0);
  return sentences.map((length, sentence) => ({ sentence, length, keepStart: 0, keepEnd: length, places }));
}

describe('planBatches', () => {
  test('puts each window into one batch, within rows and lengths', () => {
    fc.assert(
      fc.property(lengths, options, (sentences, plan) => {
        const batches = planBatches(windowsOf(sentences), plan);
        for (const { windows, paddedLength } of batches) {
          expect(windows.length).toBeLessThanOrEqual(plan.maxRows);
          expect(paddedLength).toBeLessThanOrEqual(plan.maxLength);
          for (const { length } of windows) expect(length).toBeLessThanOrEqual(paddedLength);
        }
        const placed = batches.flatMap(({ windows }) => windows.map(({ sentence }) => sentence));
        expect(placed.sort((a, b) => a - b)).toEqual([...sentences.keys()]);
      }),
    );
  });

  test('pads a window by its own length only', () => {
    fc.assert(
      fc.property(lengths, options, fc.integer({ min: 1, max: 100 }), (others, plan, length) => {
        const paddedAs = (sentences: readonly number[]): number[] =>
          planBatches(windowsOf(sentences), plan).flatMap(({ windows, paddedLength }) =>
            windows.filter(({ sentence }) => sentence === 0).map(() => paddedLength),
          );
        expect(paddedAs([length, ...others])).toEqual(paddedAs([length]));
      }),
    );
  });

  test('pads nothing with a step of 1', () => {
    fc.assert(
      fc.property(lengths, fc.integer({ min: 1, max: 9 }), (sentences, maxRows) => {
        for (const { windows, paddedLength } of planBatches(windowsOf(sentences), {
          maxLength: 100,
          maxRows,
          lengthStep: 1,
        })) {
          expect(new Set(windows.map(({ length }) => length))).toEqual(new Set([paddedLength]));
        }
      }),
    );
  });

  test('makes few batches of many windows, the longest first', () => {
    const plan = planBatches(windowsOf([3, 20, 8, 128, 9, 5]), { maxLength: 128, maxRows: 2, lengthStep: 8 });
    const shape = plan.map(({ windows, paddedLength }) => [paddedLength, windows.map(({ sentence }) => sentence)]);
    expect(shape).toEqual([
      [128, [3]],
      [24, [1]],
      [16, [4]],
      [8, [0, 2]],
      [8, [5]],
    ]);
  });
});
