import { describe, expect, test } from 'vitest';
import * as E from '../../../training/engine/index.ts';
import { interpret } from '../../../training/engine/interpret.ts';
import { ndArray } from '../../../training/engine/nd-array.ts';
import { scan } from '../../../training/engine/scan.ts';
import { float32, int64, trace } from '../../../training/engine/trace.ts';
import { expectClose } from '../../support/close.ts';
import { expectFails } from '../../support/expect-fails.ts';
import { tolerance } from '../../support/tolerance.ts';

const graph = trace('product', { x: float32('B', 'T'), y: float32('T', 2), n: float32('B*T') }, ({ x, y }) => ({
  z: E.matMul(x, y),
}));
const x = ndArray('float32', [1, 2], [1, 2]);
const y = ndArray('float32', [2, 2], [1, 2, 3, 4]);
const n = ndArray('float32', [2], [0, 0]);

describe('interpret', () => {
  test('computes in float64', () => {
    const sum = trace('sum', { x: float32(2) }, (all) => ({ y: E.reduceSum(all.x) }));
    expect(interpret(sum, { x: ndArray('float32', [2], [1, 1e-12]) })['y']!.data[0]).toBe(1 + 1e-12);
  });

  test('fails when a feed is missing', () => {
    expectFails(() => interpret(graph, { x, n }), 'E_SHAPE_MISMATCH', "interpret: input 'y' is missing, got x, n");
  });

  test('fails when a feed has another type', () => {
    const feeds = { x: { ...x, dtype: 'int64' } as const, y, n };
    expectFails(
      () => interpret(graph, feeds),
      'E_DTYPE_MISMATCH',
      "interpret: input 'x' has another type, got int64; expected float32",
    );
  });

  test('fails when a feed has another shape, or a symbol would have two lengths', () => {
    const tall = ndArray('float32', [3, 2], new Float64Array(6));
    expectFails(
      () => interpret(graph, { x, y: tall, n }),
      'E_SHAPE_MISMATCH',
      "interpret: input 'y' has another shape, got [3, 2]; expected [T, 2] with B = 1, T = 2",
    );
    expectFails(
      () => interpret(graph, { x, y, n: ndArray('float32', [3], [0, 0, 0]) }),
      'E_SHAPE_MISMATCH',
      "input 'n' has another shape, got [3]; expected [B*T]",
    );
    expectFails(
      () => interpret(graph, { x, y: ndArray('float32', [4], [1, 2, 3, 4]), n }),
      'E_SHAPE_MISMATCH',
      "input 'y'",
    );
  });

  test('stacks nothing for a scan of no steps', () => {
    const loop = trace('loop', { x: float32('T', 3), s: float32(3) }, (all) => {
      const { states, outputs } = scan({ states: { s: all.s }, inputs: { x: all.x } }, (state, step) => ({
        states: { s: E.add(state.s, step.x) },
        outputs: { y: step.x },
      }));
      return { s: states.s, y: outputs['y']! };
    });
    const result = interpret(loop, { x: ndArray('float32', [0, 3], []), s: ndArray('float32', [3], [1, 2, 3]) });
    expect([...result['s']!.data]).toEqual([1, 2, 3]);
    expect(result['y']).toMatchObject({ shape: [0, 3] });
  });
});

describe('ndArray', () => {
  test('fails when the elements do not fill the shape', () => {
    expectFails(
      () => ndArray('float32', [2, 2], [1, 2, 3]),
      'E_SHAPE_MISMATCH',
      'ndArray: wrong number of elements, got 3; expected 4 for [2, 2]',
    );
  });
});

describe('the reference of', () => {
  /** One function of a vector. */
  const at = (f: (x: E.Tensor) => E.Tensor, values: readonly number[]): Float64Array => {
    const one = trace('one', { x: float32(values.length) }, (all) => ({ y: f(all.x) }));
    return interpret(one, { x: ndArray('float32', [values.length], values) })['y']!.data;
  };

  test('erf has the values of the tables', () => {
    // Python 3's math.erf; the reference changes its formula at 3.
    const points = [0, 0.5, 1, 2, 2.999, 3.001, 4, -1];
    const expected = [
      0.0, 0.5204998778130465, 0.8427007929497149, 0.9953222650189527, 0.9999777698314002, 0.9999780483390822,
      0.9999999845827421, -0.8427007929497149,
    ];
    expectClose(at(E.erf, points), expected, tolerance.exactFloat64);
    expect([...at(E.erf, [7, -7])]).toEqual([1, -1]);
  });

  test('softplus and logSumExp do not overflow', () => {
    expectClose(at(E.softplus, [1000, -1000, 0]), [1000, 0, Math.LN2], tolerance.exactFloat64);
    expectClose(
      at((v) => E.reduceLogSumExp(v), [1000, 1000]),
      [1000 + Math.LN2],
      tolerance.exactFloat64,
    );
    expectClose(
      at((v) => E.softmax(v, 0), [1000, 1000, -1000]),
      [0.5, 0.5, 0],
      tolerance.exactFloat64,
    );
  });

  test('gradients of equal greatest elements are shared', () => {
    const ties = trace('ties', { x: float32(4), y: float32(4) }, (all) => {
      const loss = E.add(E.reduceMax(all.x), E.reduceSum(E.add(E.maximum(all.x, all.y), E.minimum(all.x, all.y))));
      return {
        d_x: E.gradients(E.reduceMax(all.x), { x: all.x }).x,
        ...prefixed(E.gradients(E.sub(loss, E.reduceMax(all.x)), { x: all.x, y: all.y })),
      };
    });
    const result = interpret(ties, {
      x: ndArray('float32', [4], [3, 1, 3, 2]),
      y: ndArray('float32', [4], [3, 2, 1, 2]),
    });
    expect([...result['d_x']!.data]).toEqual([0.5, 0, 0.5, 0]);
    expect([...result['of_x']!.data]).toEqual([1, 1, 1, 1]);
    expect([...result['of_y']!.data]).toEqual([1, 1, 1, 1]);
  });

  test('a power has a finite gradient at 0', () => {
    const power = trace('power', { x: float32(3), p: float32() }, (all) =>
      prefixed(E.gradients(E.reduceSum(E.pow(all.x, all.p)), all)),
    );
    const result = interpret(power, { x: ndArray('float32', [3], [0, 1, 2]), p: ndArray('float32', [], [2]) });
    expect([...result['of_x']!.data]).toEqual([0, 2, 4]);
    expectClose(result['of_p']!.data, [4 * Math.LN2], tolerance.exactFloat64);
  });

  test('indices count from the end when negative', () => {
    const last = trace('last', { x: float32(3), i: int64(2) }, (all) => ({ y: E.gather(all.x, all.i) }));
    expect([
      ...interpret(last, { x: ndArray('float32', [3], [1, 2, 3]), i: ndArray('int64', [2], [-1, 0]) })['y']!.data,
    ]).toEqual([3, 1]);
  });
});

function prefixed(tensors: E.Tensors): E.Tensors {
  return Object.fromEntries(Object.entries(tensors).map(([name, tensor]) => [`of_${name}`, tensor]));
}
