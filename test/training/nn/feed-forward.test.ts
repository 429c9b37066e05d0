import { describe, expect, test } from 'vitest';
import { createRng } from '../../../shared/random.ts';
import { feedForward, feedForwardParameters } from '../../../training/nn/feed-forward.ts';
import { normal } from '../../../training/nn/parameter.ts';
import { expectClose } from '../../support/close.ts';
import { randomArray } from '../../support/engine.ts';
import { expectGradient, valueOf } from '../../support/layer-check.ts';
import { tolerance } from '../../support/tolerance.ts';
import { ndArray } from '../../../training/engine/index.ts';

const rng = createRng(1, 'feed-forward');
const specs = feedForwardParameters('own', [2, 3], normal(1));

describe('feedForward', () => {
  test('is two layers with the exact gelu between them', () => {
    // W_inner x = [1, -1, 0.5]; gelu by scipy 1.17: x * norm.cdf(x); W_outer sums, and gives the second twice.
    const y = valueOf(
      {
        x: ndArray('float32', [1, 2], [1, 0.5]),
        'own.inner.weight': ndArray('float32', [3, 2], [1, 0, -1, 0, 0, 1]),
        'own.inner.bias': ndArray('float32', [3], [0, 0, 0]),
        'own.outer.weight': ndArray('float32', [2, 3], [1, 1, 1, 0, 2, 0]),
        'own.outer.bias': ndArray('float32', [2], [0.25, 0]),
      },
      (p) => feedForward(p, 'own', p['x']!),
    );
    const [a, b, c] = [0.8413447460685429, -0.15865525393145707, 0.34573123063700656];
    expectClose(y.data, [a + b + c + 0.25, 2 * b], tolerance.exactFloat64);
  });

  test('has the right gradient', () => {
    const feeds = Object.fromEntries(specs.map(({ name, shape }) => [name, randomArray(rng, shape)]));
    expectGradient({ ...feeds, x: randomArray(rng, [2, 2, 2]) }, (p) => feedForward(p, 'own', p['x']!));
  });

  test('has a weight and a bias for each layer', () => {
    expect(specs.map(({ name, shape }) => [name, shape])).toEqual([
      ['own.inner.weight', [3, 2]],
      ['own.inner.bias', [3]],
      ['own.outer.weight', [2, 3]],
      ['own.outer.bias', [2]],
    ]);
  });
});
