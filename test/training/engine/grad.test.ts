import { describe, expect, test } from 'vitest';
import { gradients } from '../../../training/engine/grad.ts';
import * as E from '../../../training/engine/index.ts';
import { interpret } from '../../../training/engine/interpret.ts';
import type { Graph } from '../../../training/engine/ir.ts';
import { ndArray } from '../../../training/engine/nd-array.ts';
import { scan } from '../../../training/engine/scan.ts';
import { float32, int64, trace, type Tensor } from '../../../training/engine/trace.ts';
import { verify } from '../../../training/engine/verify.ts';
import { expectClose } from '../../support/close.ts';
import { lossGraph, randomFeeds, slopes } from '../../support/engine.ts';
import { tolerance } from '../../support/tolerance.ts';
import { expectFails } from '../../support/expect-fails.ts';

const squares = (x: Tensor): Tensor => E.reduceSum(E.mul(x, x));

describe('gradients', () => {
  test('adds up the uses of a tensor and undoes broadcasting', () => {
    const graph = lossGraph('uses', { x: float32('B', 3), row: float32(3), s: float32() }, (x) =>
      E.reduceSum(E.mul(E.add(E.mul(x['x']!, x['row']!), x['s']!), x['row']!)),
    );
    const feeds = randomFeeds(graph, { B: 2 });
    const { computed, measured } = slopes(graph, feeds, ['x', 'row', 's']);
    expectClose([computed], [measured], tolerance.gradientFloat64);
  });

  test('gives zeros for a tensor that the loss does not depend on', () => {
    const graph = lossGraph('independent', { x: float32('B'), y: float32('B', 2) }, (x) => squares(x['x']!));
    const result = interpret(graph, {
      x: ndArray('float32', [2], [1, 2]),
      y: ndArray('float32', [2, 2], [1, 2, 3, 4]),
    });
    expect([...result['d_x']!.data]).toEqual([2, 4]);
    expect(result['d_y']).toEqual(ndArray('float32', [2, 2], [0, 0, 0, 0]));
  });

  test('can be taken of gradients: d2/dx2 of sum(x^3) is 6 x', () => {
    const graph = trace('second', { x: float32(3) }, ({ x }) => {
      const first = gradients(E.reduceSum(E.mul(x, E.mul(x, x))), { x }).x;
      return { second: gradients(E.reduceSum(first), { x }).x };
    });
    expect([...interpret(graph, { x: ndArray('float32', [3], [1, -2, 0.5]) })['second']!.data]).toEqual([6, -12, 3]);
  });

  test('fails when the loss is not one number', () => {
    expectFails(
      () => trace('f', { x: float32(2) }, ({ x }) => gradients(x, { x })),
      'E_SHAPE_MISMATCH',
      'gradients: the loss is not one number, got [2]',
    );
  });

  test('fails when a tensor is no float', () => {
    expectFails(() => trace('f', { x: float32(), n: int64() }, ({ x, n }) => gradients(x, { n })), 'E_DTYPE_MISMATCH');
  });

  test('fails when a scan body differentiates with respect to what it captures', () => {
    const make = (): Graph =>
      trace('f', { x: float32('T'), w: float32() }, ({ x, w }) => {
        const { states } = scan({ states: { s: w }, inputs: { x } }, ({ s }, step) => ({
          states: { s: gradients(E.mul(E.mul(s, step.x), w), { w }).w },
        }));
        return { s: states.s };
      });
    expectFails(make, 'E_GRAPH_INVALID', "'w' belongs to another graph");
  });

  test('fails at the mean of a layer normalisation, which has no gradient', () => {
    const make = (): Graph =>
      trace('f', { x: float32(2, 3), scale: float32(3) }, ({ x, scale }) => {
        const { b } = x.scope;
        const mean = b.LayerNormalization(x.value, scale.value, undefined, { axis: -1, epsilon: 1e-5 })[1]!;
        const loss = { ...x, value: b.ReduceSum(mean, [0, 1], { keepdims: 0 }), shape: [] };
        return gradients(loss, { x });
      });
    expectFails(make, 'E_GRAPH_INVALID');
  });
});

describe('gradientGraph', () => {
  test('adds the gradients to the outputs of a graph', () => {
    const graph = trace('half', { x: float32(2), y: float32(2) }, ({ x, y }) => ({
      loss: E.reduceSum(E.mul(x, y)),
      sum: E.add(x, y),
    }));
    const both = verify(E.gradientGraph(graph, { of: 'loss', wrt: ['y'] }));
    const result = interpret(both, { x: ndArray('float32', [2], [1, 2]), y: ndArray('float32', [2], [3, 4]) });
    expect(Object.keys(result)).toEqual(['loss', 'sum', 'd_y']);
    expect([...result['d_y']!.data]).toEqual([1, 2]);
  });

  test.each([
    { of: 'nothing', wrt: ['x'] },
    { of: 'loss', wrt: ['z'] },
  ])('fails when a name is unknown ($of, $wrt)', (options) => {
    const graph = trace('half', { x: float32() }, ({ x }) => ({ loss: x }));
    expectFails(() => E.gradientGraph(graph, options), 'E_GRAPH_INVALID');
  });
});
