import { describe, expect, test } from 'vitest';
import { createRng } from '../../../shared/random.ts';
import { linear, linearParameters } from '../../../training/nn/linear.ts';
import { expectClose } from '../../support/close.ts';
import { randomArray } from '../../support/engine.ts';
import { expectGradient, valueOf } from '../../support/layer-check.ts';
import { tolerance } from '../../support/tolerance.ts';

const rng = createRng(1, 'linear');
const feeds = {
  x: randomArray(rng, [2, 3, 4]),
  'out.weight': randomArray(rng, [4, 5]),
  'out.bias': randomArray(rng, [5]),
};

describe('linear', () => {
  test('is x W + b over the last axis', () => {
    const y = valueOf(feeds, (p) => linear(p, 'out', p['x']!));
    const { x, 'out.weight': weight, 'out.bias': bias } = feeds;
    const expected: number[] = [];
    for (let row = 0; row < 6; row++) {
      for (let o = 0; o < 5; o++) {
        let sum = bias.data[o]!;
        for (let i = 0; i < 4; i++) sum += x.data[row * 4 + i]! * weight.data[i * 5 + o]!;
        expected.push(sum);
      }
    }
    expect(y.shape).toEqual([2, 3, 5]);
    expectClose(y.data, expected, tolerance.exactFloat64);
  });

  test('has the right gradient', () => {
    expectGradient(feeds, (p) => linear(p, 'out', p['x']!));
  });

  test('starts uniform within 1/sqrt(nIn), weight [nIn, nOut] and bias [nOut]', () => {
    const specs = linearParameters('out', 16, 3);
    expect(specs.map(({ name, shape }) => [name, shape])).toEqual([
      ['out.weight', [16, 3]],
      ['out.bias', [3]],
    ]);
    for (const { init } of specs) {
      const values = init(createRng(1), [4_000]);
      expect(Math.max(...values.map(Math.abs))).toBeLessThanOrEqual(1 / 4);
      expect(Math.max(...values.map(Math.abs))).toBeGreaterThan(0.99 / 4);
    }
  });
});
