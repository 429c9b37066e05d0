import { describe, expect, test } from 'vitest';
import { createRng } from '../../../shared/random.ts';
import { float32, optimize, trace } from '../../../training/engine/index.ts';
import { gradientGraph, mul, reduceSum } from '../../../training/engine/index.ts';
import { dense, denseParameters } from '../../../training/nn/dense.ts';
import { normal } from '../../../training/nn/parameter.ts';
import { expectClose } from '../../support/close.ts';
import { randomArray } from '../../support/engine.ts';
import { expectGradient, valueOf } from '../../support/layer-check.ts';
import { tolerance } from '../../support/tolerance.ts';

const rng = createRng(1, 'dense');
const feeds = {
  x: randomArray(rng, [2, 3, 4]),
  'out.weight': randomArray(rng, [5, 4]),
  'out.bias': randomArray(rng, [5]),
};

describe('dense', () => {
  test('is x W^T + b over the last axis', () => {
    const y = valueOf(feeds, (p) => dense(p, 'out', p['x']!));
    const { x, 'out.weight': weight, 'out.bias': bias } = feeds;
    const expected: number[] = [];
    for (let row = 0; row < 6; row++) {
      for (let o = 0; o < 5; o++) {
        let sum = bias.data[o]!;
        for (let i = 0; i < 4; i++) sum += x.data[row * 4 + i]! * weight.data[o * 4 + i]!;
        expected.push(sum);
      }
    }
    expect(y.shape).toEqual([2, 3, 5]);
    expectClose(y.data, expected, tolerance.exactFloat64);
  });

  test('has the right gradient', () => {
    expectGradient(feeds, (p) => dense(p, 'out', p['x']!));
  });

  test('copies no transposed matrix, forward or backward', () => {
    const types = { x: float32('B', 'T', 4), 'out.weight': float32(5, 4), 'out.bias': float32(5) };
    const forward = trace('dense', types, (p) => {
      const y = dense(p, 'out', p.x);
      return { loss: reduceSum(mul(y, y)) };
    });
    const graph = optimize(gradientGraph(forward, { of: 'loss', wrt: Object.keys(types) }));
    const operations = graph.nodes.map(({ op }) => op);
    expect(operations).not.toContain('Transpose');
    expect(operations.filter((op) => op === 'Gemm' || op === 'MatMul')).toHaveLength(3);
  });

  test('starts with the given weight [nOut, nIn] and a bias of zero', () => {
    const values = denseParameters('out', [4, 3], normal(0.02)).map((spec) => ({
      ...spec,
      init: spec.init(createRng(1), spec.shape),
    }));
    expect(values.map(({ name, shape }) => [name, shape])).toEqual([
      ['out.weight', [3, 4]],
      ['out.bias', [3]],
    ]);
    expect([...values[0]!.init]).toEqual([...normal(0.02)(createRng(1), [3, 4])]);
    expect([...values[1]!.init]).toEqual([0, 0, 0]);
  });
});
