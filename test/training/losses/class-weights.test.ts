import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { balancedClassWeights } from '../../../training/losses/class-weights.ts';
import { expectClose } from '../../support/close.ts';
import { tolerance } from '../../support/tolerance.ts';

describe('balancedClassWeights', () => {
  test('are those of scikit-learn: y = [1, 1, 1, 1, 0, 0] gives [1.5, 0.75]', () => {
    expect(balancedClassWeights([2, 4])).toEqual([1.5, 0.75]);
  });

  test('leave out a label that never occurs', () => {
    expect(balancedClassWeights([2, 0, 4])).toEqual([1.5, 0, 0.75]);
    expect(balancedClassWeights([0, 0])).toEqual([0, 0]);
  });

  test('make all labels that occur count alike, and all positions together as many as there are', () => {
    const counts = fc.array(fc.integer({ min: 0, max: 10_000 }), { minLength: 1, maxLength: 9 });
    fc.assert(
      fc.property(counts, (found) => {
        const present = found.filter((count) => count > 0);
        const total = present.reduce((sum, count) => sum + count, 0);
        const shares = balancedClassWeights(found).map((weight, i) => weight * found[i]!);
        expectClose(
          shares.filter((share) => share > 0),
          present.map(() => total / present.length),
          tolerance.exactFloat64,
        );
      }),
      { seed: 1 },
    );
  });
});
