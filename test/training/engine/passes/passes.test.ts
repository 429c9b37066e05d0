import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { apply } from '../../../../training/engine/apply.ts';
import * as E from '../../../../training/engine/index.ts';
import { gradients } from '../../../../training/engine/grad.ts';
import { interpret } from '../../../../training/engine/interpret.ts';
import type { Graph, Node } from '../../../../training/engine/ir.ts';
import { ndArray } from '../../../../training/engine/nd-array.ts';
import { copyTransposes, optimize, passes } from '../../../../training/engine/passes/index.ts';
import { print } from '../../../../training/engine/print.ts';
import { scan } from '../../../../training/engine/scan.ts';
import { float32, int64, trace, type Tensor } from '../../../../training/engine/trace.ts';
import { verify } from '../../../../training/engine/verify.ts';
import { expectClose } from '../../../support/close.ts';
import { randomFeeds } from '../../../support/engine.ts';
import { tolerance } from '../../../support/tolerance.ts';

const LENGTHS = { B: 2, T: 3 };
const opsOf = (graph: Graph): readonly string[] => graph.nodes.map((node) => node.op);

/** One more tensor [B, 3] made from those there are, by number; repeats and identities included on purpose. */
const steps: readonly ((pool: readonly Tensor[], i: number) => Tensor)[] = [
  (pool, i) => E.add(pick(pool, i), pick(pool, i + 1)),
  (pool, i) => E.mul(pick(pool, i), pick(pool, i * 3 + 1)),
  (pool, i) => E.sub(pick(pool, i), 0),
  (pool, i) => E.mul(1, pick(pool, i)),
  (pool, i) => E.tanh(pick(pool, i)),
  (pool, i) => E.div(pick(pool, i), E.add(E.mul(E.full(2, ['B', 3]), 0.5), 1)),
  (pool, i) => E.reshape(E.reshape(pick(pool, i), ['3*B']), ['B', 3]),
  (pool, i) => E.expand(E.reduceMean(pick(pool, i), { axes: [0], keepDims: true }), ['B', 3]),
  (pool, i) => E.softmax(E.identity(pick(pool, i)), 1),
  (pool, i) => {
    const { states, outputs } = scan(
      { states: { s: pick(pool, i) }, inputs: { x: pick(pool, i + 1) } },
      ({ s }, { x }) => ({
        states: { s: E.sigmoid(E.add(s, x)) },
        outputs: { y: E.mul(x, 2), unused: s },
      }),
    );
    return E.add(states.s, outputs['y']!);
  },
];

function pick(pool: readonly Tensor[], i: number): Tensor {
  return pool[i % pool.length]!;
}

/** A random program and the gradient of the sum of what it computes. */
const programs: fc.Arbitrary<Graph> = fc
  .array(fc.tuple(fc.nat(steps.length - 1), fc.nat(20)), { minLength: 1, maxLength: 8 })
  .map((choices) =>
    trace('random', { x: float32('B', 3), y: float32('B', 3) }, ({ x, y }) => {
      const pool = [x, y];
      for (const [step, i] of choices) pool.push(steps[step]!(pool, i));
      const loss = E.reduceSum(pool.at(-1)!);
      return { loss, last: pool.at(-1)!, d_x: gradients(loss, { x }).x };
    }),
  );

describe.each(Object.entries({ ...passes, optimize }))('%s', (_, pass) => {
  test('keeps what a graph computes, and that it verifies', () => {
    fc.assert(
      fc.property(programs, (graph) => {
        const feeds = randomFeeds(graph, LENGTHS);
        const result = verify(pass(graph));
        const [before, after] = [interpret(graph, feeds), interpret(result, feeds)];
        for (const { name } of graph.outputs) {
          expect(after[name]!.shape).toEqual(before[name]!.shape);
          expectClose(after[name]!.data, before[name]!.data, tolerance.exactFloat64);
        }
        expect(result.inputs).toEqual(graph.inputs);
        expect(result.nodes.length).toBeLessThanOrEqual(graph.nodes.length);
      }),
      { numRuns: 60 },
    );
  });
});

describe('dropDeadCode', () => {
  const drop = passes.dropDeadCode;

  test('drops nodes and constants that no output depends on, and keeps all inputs', () => {
    const graph = trace('dead', { x: float32(2), unused: float32() }, ({ x }) => {
      E.exp(E.mul(x, 3));
      return { y: E.add(x, 1) };
    });
    const result = drop(graph);
    expect(opsOf(result)).toEqual(['Add']);
    expect(result.constants).toHaveLength(1);
    expect(result.inputs).toHaveLength(2);
  });

  test('drops states, slices, outputs and captures of a scan that nothing reads', () => {
    const graph = trace(
      'loop',
      { a: float32(), b: float32(), x: float32('T'), y: float32('T'), c: float32() },
      (all) => {
        const { states } = scan(
          { states: { a: all.a, b: all.b }, inputs: { x: all.x, y: all.y } },
          ({ a, b }, { x, y }) => ({
            // b reads itself and a capture, and no one else reads b.
            states: { a: E.add(a, x), b: E.mul(b, E.add(y, all.c)) },
            outputs: { z: E.exp(y) },
          }),
        );
        return { a: states.a };
      },
    );
    const [loop] = drop(graph).nodes as [Node];
    expect(print(drop(graph))).toMatchInlineSnapshot(`
      "{ lambda a:float32[] b:float32[] x:float32[T] y:float32[T] c:float32[] .
        let d:float32[] = Scan a x { body={ lambda a:float32[] x:float32[] .
              let b:float32[] = Add a x
              in ( a=b ) } states=1 inputDirections=[0] outputDirections=[] }
        in ( a=d ) }"
    `);
    expect(loop.inputs).toHaveLength(2);
  });

  test('keeps a state that another one needs', () => {
    const graph = trace('loop', { a: float32(), b: float32(), x: float32('T') }, (all) => {
      const { states } = scan({ states: { a: all.a, b: all.b }, inputs: { x: all.x } }, ({ a, b }, { x }) => ({
        states: { a: E.add(a, b), b: E.mul(b, x) },
      }));
      return { a: states.a };
    });
    expect(drop(graph).nodes[0]!.inputs).toHaveLength(3);
  });
});

describe('commonSubexpressions', () => {
  test('computes equal expressions once, and keeps those that differ in an attribute', () => {
    const graph = trace('equal', { x: float32(2, 2) }, ({ x }) => {
      const sum = E.add(E.softmax(x, 0), E.add(E.softmax(x, 0), E.softmax(x, 1)));
      return { y: E.add(sum, 2), z: E.add(E.mul(x, 2), 2) };
    });
    const result = passes.commonSubexpressions(graph);
    expect(opsOf(result).filter((op) => op === 'Softmax')).toHaveLength(2);
    expect(result.constants).toHaveLength(1);
  });

  test('keeps constants of equal numbers and different types apart', () => {
    const graph = trace('types', { x: float32(1), n: int64(1) }, ({ x, n }) => ({ x: E.add(x, 0), n: E.add(n, 0) }));
    expect(passes.commonSubexpressions(graph).constants).toHaveLength(2);
  });
});

describe('foldConstants', () => {
  const fold = (graph: Graph): Graph => passes.dropDeadCode(passes.foldConstants(graph));

  test('computes lengths and expressions of constants', () => {
    const graph = trace('lengths', { x: float32(4, 6) }, ({ x }) => {
      const rows = E.slice(E.shapeOf(x), 0, [0, 1]);
      return { y: E.mul(x, E.exp(E.full(0, [1]))), rows: E.mul(rows, 2) };
    });
    const result = fold(graph);
    expect(opsOf(result)).toEqual([]);
    expect(result.outputs[0]!.value).toBe(graph.inputs[0]);
    expect(result.constants.map(({ data }) => data)).toEqual([BigInt64Array.of(8n)]);
  });

  test('leaves large results to be computed', () => {
    const graph = trace('zeros', { x: float32(64, 64) }, ({ x }) => ({ y: E.concat([x, E.full(0, [64, 64])], 0) }));
    expect(opsOf(fold(graph))).toEqual(['Expand', 'Concat']);
  });

  test.each<[string, (x: Tensor) => Tensor]>([
    ['x + 0', (x) => E.add(x, 0)],
    ['0 + x', (x) => E.add(0, x)],
    ['x - 0', (x) => E.sub(x, 0)],
    ['x * 1', (x) => E.mul(x, E.full(1, ['B', 3]))],
    ['x / 1', (x) => E.div(x, 1)],
    ['the same permutation', (x) => E.transpose(x, [0, 1])],
    ['the same type', (x) => apply('Cast', [x], { to: 'float32' })],
    ['the same shape', (x) => E.expand(x, ['B', 3])],
    ['nothing', (x) => E.identity(x)],
  ])('drops what changes nothing: %s', (_, apply) => {
    const graph = trace('same', { x: float32('B', 3) }, ({ x }) => ({ y: apply(x) }));
    expect(opsOf(fold(graph))).toEqual([]);
  });

  test.each<[string, (x: Tensor) => Tensor]>([
    ['0 - x', (x) => E.sub(E.full(0, [3]), x)],
    ['1 / x', (x) => E.div(E.full(1, [3]), x)],
    ['x + 0 of a larger shape', (x) => E.add(x, E.full(0, [2, 3]))],
    ['another permutation', (x) => E.transpose(E.unsqueeze(x, 0), [1, 0])],
  ])('keeps what changes something: %s', (_, apply) => {
    const graph = trace('other', { x: float32(3) }, ({ x }) => ({ y: apply(x) }));
    const feeds = randomFeeds(graph, {});
    expect(interpret(fold(graph), feeds)).toEqual(interpret(graph, feeds));
    expect(opsOf(fold(graph)).length).toBeGreaterThan(0);
  });

  test('does not expand what arithmetic broadcasts by itself', () => {
    const graph = trace('expand', { x: float32('B', 3), row: float32(3) }, ({ x, row }) => ({
      y: E.mul(x, E.expand(row, ['B', 3])),
    }));
    expect(opsOf(fold(graph))).toEqual(['Mul']);
    const alone = trace('alone', { x: float32(1, 3), row: float32(3) }, ({ x, row }) => ({
      y: E.mul(x, E.expand(row, [2, 3])),
    }));
    expect(opsOf(fold(alone))).toEqual(['Expand', 'Mul']);
  });

  test('knows lengths inside of a scan that were computed outside', () => {
    const graph = trace('inside', { x: float32('T', 4), s: float32(4) }, ({ x, s }) => {
      const lengths = E.shapeOf(s);
      const { states } = scan({ states: { s }, inputs: { x } }, (state, step) => ({
        states: { s: E.mul(E.add(state.s, step.x), E.cast(E.mul(lengths, E.shapeOf(step.x)), 'float32')) },
      }));
      return { s: states.s };
    });
    const result = optimize(graph);
    expect(opsOf(result)).toEqual(['Scan']);
    expect(opsOf(result.nodes[0]!.attributes['body'] as Graph)).toEqual(['Add', 'Mul']);
    const feeds = {
      x: ndArray('float32', [2, 4], new Float64Array(8).fill(1)),
      s: ndArray('float32', [4], [1, 2, 3, 4]),
    };
    expect(interpret(result, feeds)).toEqual(interpret(graph, feeds));
  });
});

describe('copyTransposes', () => {
  const graph = trace('weight', { dy: float32('B', 4), x: float32('B', 3), w: float32(4, 3) }, ({ dy, x, w }) => ({
    dw: E.gemm(dy, x, undefined, { transA: true }),
    both: E.gemm(dy, x, w, { transA: true }),
    right: E.gemm(x, w, undefined, { transB: true }),
  }));

  test('copies transposed left operands, once each, and leaves right ones alone', () => {
    expect(opsOf(optimize(copyTransposes(graph)))).toEqual(['Transpose', 'Gemm', 'Gemm', 'Gemm']);
  });

  test('keeps what a graph computes, inside of a scan, too', () => {
    const looped = trace('looped', { dy: float32('T', 'B', 4), x: float32('T', 'B', 3), w: float32(4, 3) }, (all) => {
      const { states } = scan({ states: { w: all.w }, inputs: { dy: all.dy, x: all.x } }, ({ w }, { dy, x }) => ({
        states: { w: E.gemm(dy, x, w, { transA: true }) },
      }));
      return states;
    });
    for (const one of [graph, looped]) {
      const feeds = randomFeeds(one, LENGTHS);
      expect(interpret(verify(copyTransposes(one)), feeds)).toEqual(interpret(one, feeds));
    }
  });
});
