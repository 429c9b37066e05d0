import { describe, expect, test } from 'vitest';
import { createRng } from '../../../shared/random.ts';
import { ndArray } from '../../../training/engine/index.ts';
import { window3 } from '../../../training/nn/window.ts';
import { randomArray } from '../../support/engine.ts';
import { expectGradient, valueOf } from '../../support/layer-check.ts';

describe('window3', () => {
  test('puts each position between its neighbours, zeros beyond the ends', () => {
    const x = ndArray('float32', [1, 3, 2], [1, 2, 3, 4, 5, 6]);
    const y = valueOf({ x }, (p) => window3(p['x']!));
    expect(y.shape).toEqual([1, 3, 6]);
    expect([...y.data]).toEqual([...[0, 0, 1, 2, 3, 4], ...[1, 2, 3, 4, 5, 6], ...[3, 4, 5, 6, 0, 0]]);
  });

  test('leaves a sentence of one word between zeros', () => {
    const y = valueOf({ x: ndArray('float32', [2, 1, 1], [7, 8]) }, (p) => window3(p['x']!));
    expect([...y.data]).toEqual([0, 7, 0, 0, 8, 0]);
  });

  test('has the right gradient', () => {
    expectGradient({ x: randomArray(createRng(1, 'window'), [2, 4, 3]) }, (p) => window3(p['x']!));
  });
});
