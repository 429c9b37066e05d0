import { describe, expect, test } from 'vitest';
import { createRng } from '../../../shared/random.ts';
import { ndArray } from '../../../training/engine/index.ts';
import { maxout2 } from '../../../training/nn/maxout.ts';
import { randomArray } from '../../support/engine.ts';
import { expectGradient, valueOf } from '../../support/layer-check.ts';

describe('maxout2', () => {
  test('takes the larger of the two halves of the last axis', () => {
    const x = ndArray('float32', [2, 1, 4], [1, -2, 3, -4, 0, 5, -1, 6]);
    const y = valueOf({ x }, (p) => maxout2(p['x']!));
    expect(y.shape).toEqual([2, 1, 2]);
    expect([...y.data]).toEqual([Math.max(1, 3), Math.max(-2, -4), Math.max(0, -1), Math.max(5, 6)]);
  });

  test('has the right gradient', () => {
    expectGradient({ x: randomArray(createRng(1, 'maxout'), [2, 3, 8]) }, (p) => maxout2(p['x']!));
  });
});
