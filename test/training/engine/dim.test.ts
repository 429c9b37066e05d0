import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  addDims,
  broadcastShapes,
  divDims,
  evaluateDim,
  mulDims,
  normalizeAxes,
  normalizeDim,
  sizeOf,
  subDims,
  symbolsOf,
  type Dim,
  type Shape,
} from '../../../training/engine/dim.ts';
import { full, range } from '../../../training/engine/tensor-shape.ts';
import { add } from '../../../training/engine/tensor.ts';
import { interpret } from '../../../training/engine/interpret.ts';
import { ndArray } from '../../../training/engine/nd-array.ts';
import { float32, trace } from '../../../training/engine/trace.ts';
import { expectFails } from '../../support/expect-fails.ts';

const LENGTHS = new Map([
  ['B', 7],
  ['T', 11],
  ['K', 13],
]);
const value = (dim: Dim): number => evaluateDim(dim, LENGTHS);

/** Sums of products of symbols and small integers. */
const dims: fc.Arbitrary<Dim> = fc.oneof(
  fc.integer({ min: -5, max: 9 }),
  fc.constantFrom<Dim>('B', 'T', 'K', 'B*T', 'T-1', '2*B', 'B*T+2*K-3', 'B*B'),
);

describe('dimensions', () => {
  test.each<[Dim, Dim]>([
    ['T*B', 'B*T'],
    ['2*3', 6],
    ['B - B', 0],
    ['1+T', 'T+1'],
    ['2*T*2', '4*T'],
    ['-1+B*2', '2*B-1'],
    ['B+T*B+3', 'B*T+B+3'],
    [5, 5],
  ])('have one normal form: %s is %s', (written, normal) => {
    expect(normalizeDim(written)).toBe(normal);
  });

  test('compute like the numbers they stand for', () => {
    fc.assert(
      fc.property(dims, dims, (a, b) => {
        expect(value(addDims(a, b))).toBe(value(a) + value(b));
        expect(value(subDims(a, b))).toBe(value(a) - value(b));
        expect(value(mulDims(a, b))).toBe(value(a) * value(b) + 0);
      }),
    );
  });

  test('are equal exactly if their normal forms are', () => {
    fc.assert(
      fc.property(dims, dims, dims, (a, b, c) => {
        expect(mulDims(a, addDims(b, c))).toBe(addDims(mulDims(a, b), mulDims(a, c)));
        expect(subDims(addDims(a, b), b)).toBe(normalizeDim(a));
      }),
    );
  });

  test('are divided where the quotient is exact', () => {
    fc.assert(
      fc.property(dims, dims, (a, b) => {
        fc.pre(b !== 0);
        expect(divDims(mulDims(a, b), b)).toBe(normalizeDim(a));
      }),
    );
    expect(divDims('B*T', 2)).toBeUndefined();
    expect(divDims('B', 'T')).toBeUndefined();
    expect(divDims('B+1', 'B')).toBeUndefined();
    expect(divDims('B', 0)).toBeUndefined();
    expect(divDims(7, 2)).toBeUndefined();
  });

  test('name their symbols once', () => {
    expect(symbolsOf('B*B*T+2*B')).toEqual(['B', 'T']);
    expect(symbolsOf(4)).toEqual([]);
    expect(sizeOf(['B', 2, 'T', 3])).toBe('6*B*T');
  });

  test.each(['', 'B T', 'B**T', 'B/2', '*B', 'B+'])("fails when '%s' is no dimension", (text) => {
    expectFails(() => normalizeDim(text), 'E_SHAPE_MISMATCH');
  });

  test('fails when a symbol has no length', () => {
    expectFails(
      () => evaluateDim('B*X', LENGTHS),
      'E_SHAPE_MISMATCH',
      "evaluateDim: no length is known for 'X', got 'B*X'",
    );
  });
});

describe('broadcasting', () => {
  const shapes: fc.Arbitrary<Shape> = fc.array(fc.constantFrom<Dim>(1, 2, 3, 'B', 'T'), { maxLength: 4 });

  test('is symmetric, and 1 changes nothing', () => {
    fc.assert(
      fc.property(shapes, shapes, (a, b) => {
        expect(broadcastShapes(a, b)).toEqual(broadcastShapes(b, a));
        expect(broadcastShapes(a, [])).toEqual(a);
        expect(broadcastShapes(a, a)).toEqual(a);
        expect(broadcastShapes(a, [1])).toEqual(a.length === 0 ? [1] : a);
      }),
    );
  });

  test('agrees with elementwise addition: where shapes broadcast, the sum has that shape', () => {
    const lengths: Readonly<Record<string, number>> = { B: 4, T: 5 };
    const length = (dim: Dim): number => (typeof dim === 'number' ? dim : lengths[dim]!);
    fc.assert(
      fc.property(shapes, shapes, (a, b) => {
        const joint = broadcastShapes(a, b);
        const make = (): ReturnType<typeof trace> =>
          trace('sum', { a: float32(...a), b: float32(...b) }, (x) => ({ sum: add(x.a, x.b) }));
        if (joint === undefined) {
          expectFails(make, 'E_SHAPE_MISMATCH');
          return;
        }
        const feed = (shape: Shape): ReturnType<typeof ndArray> => {
          const concrete = shape.map(length);
          return ndArray('float32', concrete, new Float64Array(concrete.reduce((n, dim) => n * dim, 1)).fill(1));
        };
        const { sum } = interpret(make(), { a: feed(a), b: feed(b) });
        expect(sum!.shape).toEqual(joint.map(length));
        expect(sum!.data.every((x) => x === 2)).toBe(true);
      }),
    );
  });
});

describe('axes', () => {
  test('count from the end when negative', () => {
    expect(normalizeAxes([-1, 0], 3)).toEqual([2, 0]);
  });

  test.each([[[3]], [[-4]], [[0, -3]], [[0.5]]])('are undefined when out of range or repeated: %j', (axes) => {
    expect(normalizeAxes(axes, 3)).toBeUndefined();
  });
});

describe('lengths as tensors', () => {
  test('are read from the inputs that carry the symbols, sums and products included', () => {
    const graph = trace('lengths', { x: float32('B', 3, 'T') }, () => ({
      r: range('B*T-T+2'),
      f: full(2, ['2*B', 'T']),
    }));
    const result = interpret(graph, { x: ndArray('float32', [2, 3, 4], new Float64Array(24)) });
    expect([...result['r']!.data]).toEqual([0, 1, 2, 3, 4, 5]);
    expect(result['f']).toMatchObject({ shape: [4, 4] });
  });

  test('fail when no tensor carries a symbol', () => {
    expectFails(
      () => trace('lengths', { x: float32('B') }, () => ({ r: range('T') })),
      'E_SHAPE_MISMATCH',
      "axis of length 'T'",
    );
  });
});
