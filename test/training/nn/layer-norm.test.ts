import { describe, expect, test } from 'vitest';
import { createRng } from '../../../shared/random.ts';
import { layerNorm, layerNormParameters } from '../../../training/nn/layer-norm.ts';
import { expectClose } from '../../support/close.ts';
import { randomArray } from '../../support/engine.ts';
import { expectGradient, valueOf } from '../../support/layer-check.ts';
import { tolerance } from '../../support/tolerance.ts';

const rng = createRng(1, 'layer norm');
const feeds = { x: randomArray(rng, [3, 6]), 'norm.weight': randomArray(rng, [6]), 'norm.bias': randomArray(rng, [6]) };

describe('layerNorm', () => {
  test('takes out mean and variance of each row, then scales and shifts', () => {
    const y = valueOf(feeds, (p) => layerNorm(p, 'norm', p['x']!));
    const expected = [0, 1, 2].flatMap((row) => {
      const values = Array.from(feeds.x.data.subarray(row * 6, row * 6 + 6));
      const mean = values.reduce((sum, value) => sum + value, 0) / 6;
      const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / 6;
      return values.map(
        (value, i) =>
          ((value - mean) / Math.sqrt(variance + 1e-5)) * feeds['norm.weight'].data[i]! + feeds['norm.bias'].data[i]!,
      );
    });
    expect(y.shape).toEqual([3, 6]);
    expectClose(y.data, expected, tolerance.exactFloat64);
  });

  test('has the right gradient', () => {
    expectGradient(feeds, (p) => layerNorm(p, 'norm', p['x']!));
  });

  test('starts as the plain normalisation: weight one, bias zero', () => {
    const values = layerNormParameters('norm', 3).map(({ name, shape, init }) => [name, [...init(rng, shape)]]);
    expect(values).toEqual([
      ['norm.weight', [1, 1, 1]],
      ['norm.bias', [0, 0, 0]],
    ]);
  });
});
