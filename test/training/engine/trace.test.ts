import { describe, expect, test } from 'vitest';
import { apply } from '../../../training/engine/apply.ts';
import * as E from '../../../training/engine/index.ts';
import { interpret } from '../../../training/engine/interpret.ts';
import type { Graph } from '../../../training/engine/ir.ts';
import { ndArray } from '../../../training/engine/nd-array.ts';
import { scan } from '../../../training/engine/scan.ts';
import {
  bool,
  call,
  constant,
  float32,
  int32,
  int64,
  trace,
  type Tensor,
  type Tensors,
} from '../../../training/engine/trace.ts';
import { expectFails } from '../../support/expect-fails.ts';

/** Traces one expression over inputs a [8, 64] and so on. */
function tracing(inputs: Record<string, ReturnType<typeof float32>>, fn: (x: Tensors) => Tensor): () => Graph {
  return () => trace('test', inputs, (x) => ({ y: fn(x) }));
}

describe('trace', () => {
  test('keeps the names and order of inputs and outputs', () => {
    const graph = trace('names', { b: float32(), a: float32() }, ({ a, b }) => ({ z: E.add(a, b), y: a }));
    expect(graph.inputs.map((input) => input.name)).toEqual(['b', 'a']);
    expect(graph.outputs.map((output) => output.name)).toEqual(['z', 'y']);
  });

  test('computes outside of a scan what depends on outer tensors only', () => {
    const graph = trace('hoist', { w: float32(3), x: float32('T', 3) }, ({ w, x }) => {
      const { states } = scan({ states: { s: E.full(0, [3]) }, inputs: { x } }, ({ s }, step) => ({
        states: { s: E.add(s, E.mul(step.x, E.exp(w))) },
      }));
      return { y: states.s };
    });
    expect(graph.nodes.map((node) => node.op)).toContain('Exp');
    const body = graph.nodes.find((node) => node.op === 'Scan')!.attributes['body'] as Graph;
    expect(body.nodes.map((node) => node.op)).toEqual(['Mul', 'Add']);
  });

  test('fails when a tensor of another trace is used', () => {
    let leaked: Tensor | undefined;
    trace('first', { x: float32() }, ({ x }) => ({ y: (leaked = x) }));
    expectFails(
      tracing({ x: float32() }, ({ x }) => E.add(x!, leaked!)),
      'E_GRAPH_INVALID',
      'a tensor of another graph',
    );
  });

  test('fails when nothing is returned', () => {
    expectFails(
      () => trace('empty', { x: float32() }, () => ({})),
      'E_GRAPH_INVALID',
      "trace: 'empty' returns nothing",
    );
  });

  test('fails when a tensor is made outside of a trace', () => {
    expectFails(() => E.full(0, [2]), 'E_GRAPH_INVALID', 'full: called outside of a trace');
    expectFails(() => constant(float32(), [1]), 'E_GRAPH_INVALID', 'constant: called outside of a trace');
  });
});

describe('call', () => {
  const square = trace('square', { x: float32('N') }, ({ x }) => ({ y: E.mul(x, x) }));

  test('runs a graph within another one', () => {
    const graph = trace('outer', { x: float32('N') }, ({ x }) => call(square, { x: E.add(x, 1) }));
    expect([...interpret(graph, { x: ndArray('float32', [2], [1, 2]) })['y']!.data]).toEqual([4, 9]);
  });

  test('fails when an input is missing', () => {
    expectFails(
      () => trace('outer', { x: float32() }, ({ x }) => call(square, { z: x })),
      'E_GRAPH_INVALID',
      "input 'x' of 'square' is missing",
    );
  });

  test('fails when an input has another type than the graph was traced with', () => {
    expectFails(
      () => trace('outer', { x: float32('M') }, ({ x }) => call(square, { x })),
      'E_SHAPE_MISMATCH',
      "call: input 'x' of 'square'",
    );
    expectFails(
      () => trace('outer', { x: int64('N') }, ({ x }) => call(square, { x })),
      'E_DTYPE_MISMATCH',
      "call: input 'x' of 'square'",
    );
  });
});

describe('constant', () => {
  test('holds its elements, whatever its type', () => {
    const graph = trace('constants', {}, () => ({
      f: constant(float32(2), [1.5, 2]),
      i: constant(int32(2), [1, -2]),
      l: constant(int64(), [3]),
      b: constant(bool(2), [1, 0]),
    }));
    const result = interpret(graph, {});
    expect(Object.values(result).map(({ dtype, data }) => [dtype, ...data])).toEqual([
      ['float32', 1.5, 2],
      ['int32', 1, -2],
      ['int64', 3],
      ['bool', 1, 0],
    ]);
  });

  test('uses a Float32Array without a copy', () => {
    const data = Float32Array.of(1, 2);
    const graph = trace('constants', {}, () => ({ f: constant(float32(2), data) }));
    expect(graph.constants[0]!.data).toBe(data);
  });

  test('fails when the elements do not fill the shape, or the shape is symbolic', () => {
    expectFails(
      () => trace('f', {}, () => ({ y: constant(float32(3), [1]) })),
      'E_SHAPE_MISMATCH',
      'got 1; expected 3 for [3]',
    );
    expectFails(
      () => trace('f', {}, () => ({ y: constant(float32('B'), [1]) })),
      'E_SHAPE_MISMATCH',
      'the shape is symbolic',
    );
  });
});

describe('scan', () => {
  const loop = (states: Record<string, string>, step: (s: Tensors, x: Tensors) => Tensors) => (): Graph =>
    trace('loop', { s: float32('B'), x: float32('T', 'B'), n: float32() }, (all) => {
      const named = Object.fromEntries(Object.entries(states).map(([name, input]) => [name, all[input as 's']]));
      return { ...scan({ states: named, inputs: { x: all.x } }, (s, x) => ({ states: step(s, x) })).states, y: all.x };
    });

  test('fails when the step returns other states than it is given', () => {
    expectFails(
      loop({ s: 's' }, () => ({})),
      'E_GRAPH_INVALID',
      'scan: the step returns other states, got ; expected s',
    );
    expectFails(
      loop({ s: 's' }, ({ s }) => ({ s: s!, t: s! })),
      'E_GRAPH_INVALID',
      'got s, t; expected s',
    );
  });

  test('fails when a state changes its shape', () => {
    expectFails(
      loop({ s: 'n' }, ({ s }, { x }) => ({ s: E.add(s!, x!) })),
      'E_SHAPE_MISMATCH',
      "scan: state 's' changes, got float32[] at first and float32[B] after a step",
    );
  });

  test('fails when a scan input has no axis, or inputs differ in length', () => {
    const over = (name: string, type: ReturnType<typeof float32>): (() => Graph) =>
      tracing({ x: float32('T'), [name]: type }, (x) => {
        const inputs = { x: x['x']!, [name]: x[name]! };
        return scan({ states: { s: E.full(0, []) }, inputs }, ({ s }) => ({ states: { s } })).states.s;
      });
    expectFails(over('y', float32()), 'E_SHAPE_MISMATCH', "scan: input 'y' is a scalar");
    expectFails(over('y', float32('U')), 'E_SHAPE_MISMATCH', 'scan: scan input 1 does not fit');
  });

  test('fails when there is nothing to scan over', () => {
    const make = tracing(
      { s: float32() },
      ({ s }) => scan({ states: { s: s! }, inputs: {} }, (states) => ({ states })).states.s,
    );
    expectFails(make, 'E_SHAPE_MISMATCH', 'scan: there is nothing to scan over');
  });
});

const A = { a: float32(8, 64), b: float32(32, 64), n: int64(8), c: bool(8, 64), s: float32('B', 'T') };

describe('an operation that does not fit its operands fails', () => {
  test.each<[string, (x: Tensors) => Tensor, string]>([
    [
      'inner sizes',
      ({ a, b }) => E.matMul(a!, b!),
      'matMul: inner sizes differ, got [8, 64] x [32, 64]; expected [8, K] x [K, 32]. Transpose the second operand?',
    ],
    [
      'a vector in a product',
      ({ a, n }) => E.matMul(a!, E.cast(n!, 'float32')),
      'matMul: operands need two axes or more, got [8, 64] x [8]',
    ],
    [
      'batches',
      ({ s }) => E.matMul(E.expand(E.reshape(s!, ['B', 'T', 1]), ['B', 'T', 4]), E.full(0, ['T', 4, 2])),
      'matMul: leading axes do not broadcast',
    ],
    [
      'a bias',
      ({ a, b }) => E.gemm(a!, E.transpose(b!), b),
      'gemm: the bias does not fit, got [32, 64]; expected [8, 32]',
    ],
    ['broadcasting', ({ a, b }) => E.add(a!, b!), 'add: shapes do not broadcast, got [8, 64] and [32, 64]'],
    ['symbols', ({ a, s }) => E.mul(a!, s!), 'mul: shapes do not broadcast, got [8, 64] and [B, T]'],
    [
      'a choice',
      ({ a, b, c }) => E.where(c!, a!, b!),
      'where: shapes do not broadcast, got [8, 64], [8, 64], [32, 64]',
    ],
    ['an axis', ({ a }) => E.softmax(a!, 2), 'softmax: axis out of range, got 2 for [8, 64]'],
    [
      'a reduced axis',
      ({ a }) => E.reduceSum(a!, { axes: [0, -2] }),
      'reduceSum: axes out of range or repeated, got [0, -2] for [8, 64]',
    ],
    ['an axis of the greatest', ({ a }) => E.argMax(a!, -3), 'argMax: axis out of range, got -3 for [8, 64]'],
    ['a running sum', ({ a }) => E.cumSum(a!, 5), 'cumSum: axis unknown or out of range, got 5 for [8, 64]'],
    [
      'a scale',
      ({ a }) => E.layerNormalization(a!, { scale: E.full(1, [8]) }),
      'layerNormalization: the scale does not fit, got [8]; expected [64]',
    ],
    ['elements', ({ a }) => E.reshape(a!, [8, 65]), 'reshape: the number of elements changes, got [8, 64] to [8, 65]'],
    [
      'symbolic elements',
      ({ s }) => E.reshape(s!, ['B', 'B']),
      'reshape: the number of elements changes, got [B, T] to [B, B]',
    ],
    [
      'a permutation',
      ({ a }) => E.transpose(a!, [0, 0]),
      'transpose: not a permutation of the axes, got [0, 0] for [8, 64]',
    ],
    ['an axis put in', ({ a }) => E.unsqueeze(a!, 4), 'unsqueeze: axes out of range or repeated, got [4] for [8, 64]'],
    ['an axis taken out', ({ a }) => E.squeeze(a!, 0), 'squeeze: axes are not all of length 1, got [0] of [8, 64]'],
    ['an expansion', ({ a }) => E.expand(a!, [8, 32]), 'expand: does not broadcast, got [8, 64] to [8, 32]'],
    ['parts', ({ a, b }) => E.concat([a!, b!], 1), 'concat: parts differ beside axis 1, got [8, 64], [32, 64]'],
    ['no parts', () => E.concat([], 0), 'concat: there are no parts'],
    ['sizes', ({ a }) => E.split(a!, [3, 4], 0)[0]!, 'split: sizes must add up to 8, the length of axis 0, got [3, 4]'],
    ['a slice', ({ s }) => E.slice(s!, 0, [0], 2), 'slice: cannot slice [B, T], got starts [0]'],
    ['pads', ({ a }) => E.pad(a!, 0, [-1, 0]), 'pad: pads are negative, got [-1, 0, 0, 0]. Use slice'],
    ['ranks', ({ a, n }) => E.gatherElements(a!, n!, 1), 'gatherElements: ranks differ, got [8, 64] and indices [8]'],
    [
      'indices',
      ({ a }) => E.gatherElements(a!, E.full(0, [9, 2], 'int64'), 1),
      'gatherElements: indices reach beyond axis 0, got [9, 2] for [8, 64]',
    ],
    [
      'updates',
      ({ a }) => E.scatterAdd(a!, E.full(0, [8, 2], 'int64'), [E.full(0, [8, 3]), 1]),
      'scatterElements: updates and indices differ, got [8, 3] and [8, 2]',
    ],
    ['an axis of entries', ({ a, n }) => E.gather(a!, n!, 2), 'gather: axis out of range, got 2 for [8, 64]'],
    ['a length', ({ a }) => E.reshape(a!, ['Q', -1]), "dims: no tensor of the graph has an axis of length 'Q'"],
    ['a target that is computed', ({ a, n }) => apply('Reshape', [a!, n!]), 'reshape: the lengths are not known'],
    [
      'axes that are symbolic',
      ({ s }) => apply('Unsqueeze', [s!, E.shapeOf(s!)]),
      'unsqueeze: the axes are symbolic, got [B, T]',
    ],
    [
      'a length from elements',
      ({ n }) => apply('Range', [E.constant(int64(), [0]), E.reduceSum(n!), E.constant(int64(), [1])]),
      'range: the length is not known',
    ],
    ['no axes', ({ a }) => apply('Shape', [a!], { start: 1, end: 1 }), 'shape: no axes [1, 1), got [8, 64]'],
    [
      'reduced axes that are computed',
      ({ a, n }) => apply('ReduceSum', [a!, n!], { keepdims: 0 }),
      'reduceSum: the axes are not known',
    ],
    [
      'the number of pads',
      ({ a }) => apply('Pad', [a!, [0, 0], 0]),
      'pad: wrong number of pads, got 2 for [8, 64]; expected 4',
    ],
    [
      'a product of more than matrices',
      ({ s }) => E.gemm(E.unsqueeze(s!, 0), E.unsqueeze(E.transpose(s!), 0)),
      'gemm: takes matrices only, got [1, B, T]. Use matMul',
    ],
  ])('in %s', (_, fn, message) => {
    expectFails(tracing(A, fn), 'E_SHAPE_MISMATCH', message);
  });
});

describe('an operation on other types than it takes fails', () => {
  test.each<[string, (x: Tensors) => Tensor, string]>([
    ['numbers of two types', ({ a, n }) => E.add(a!, n!), 'add: operands have different types, got float32 and int64'],
    ['a sum of bools', ({ c }) => E.add(c!, c!), 'add: does not take bool'],
    ['a quotient of integers', ({ n }) => E.div(n!, 2), 'div: does not take int64; expected float32'],
    ['a function of integers', ({ n }) => E.exp(n!), 'exp: does not take int64; expected float32. Cast it first?'],
    ['the negative of a bool', ({ c }) => E.neg(c!), 'neg: does not take bool; expected numbers. Did you mean not?'],
    ['a connective of numbers', ({ a }) => E.and(a!, a!), 'and: does not take float32; expected bool'],
    ['not of a number', ({ a }) => E.not(a!), 'not: does not take float32; expected bool'],
    ['a condition of numbers', ({ a }) => E.where(a!, a!, a!), 'where: the condition is float32; expected bool'],
    [
      'a choice between two types',
      ({ a, c, n }) => E.where(c!, a!, E.unsqueeze(n!, 1)),
      'where: the choices differ in type, got float32 and int64',
    ],
    ['a choice between bools', ({ c }) => E.where(c!, c!, c!), 'where: does not choose between bools'],
    ['a remainder of floats', ({ a }) => E.mod(a!, 2), 'mod: does not take float32; expected int32 or int64'],
    [
      'a product of integers',
      ({ n }) => E.matMul(E.unsqueeze(n!, 0), E.unsqueeze(n!, 1)),
      'matMul: operands are not numbers, got int64 and int64',
    ],
    ['a sum over bools', ({ c }) => E.reduceSum(c!), 'reduceSum: does not take bool; expected numbers. Cast it first?'],
    ['a mean of integers', ({ n }) => E.reduceMean(n!), 'reduceMean: does not take int64; expected float32'],
    ['a softmax of integers', ({ n }) => E.softmax(n!, 0), 'softmax: does not take int64; expected float32'],
    [
      'a normalisation of integers',
      ({ n }) => E.layerNormalization(n!, { scale: n! }),
      'layerNormalization: does not take int64',
    ],
    ['a running sum of bools', ({ c }) => E.cumSum(c!, 0), 'cumSum: does not take bool'],
    ['parts of two types', ({ a, c }) => E.concat([a!, c!], 0), 'concat: parts differ in type, got float32 and bool'],
    [
      'indices that are floats',
      ({ a, b }) => E.gather(b!, a!),
      'gather: the indices are float32; expected int64 or int32. Swap the operands?',
    ],
    [
      'updates of another type',
      ({ a, c }) => E.scatterAdd(a!, E.full(0, [8, 64], 'int64'), [c!, 0]),
      'scatterElements: the updates are bool; expected float32',
    ],
    [
      'lengths that are floats',
      ({ a }) => apply('Reshape', [a!, a!]),
      'reshape: the lengths are float32; expected int64',
    ],
    [
      'a range of floats',
      ({ a }) => apply('Range', [E.reduceSum(a!), 1, 1]),
      'range: takes int64 scalars, got float32[]',
    ],
    [
      'a fill of another type',
      ({ n, a }) => apply('Pad', [n!, [0, 0], E.reduceSum(a!)]),
      'pad: the fill is float32[]; expected one int64',
    ],
    [
      'a product over floats',
      ({ a }) => apply('ReduceProd', [a!, [0]], { keepdims: 0 }),
      'reduceProd: does not take float32; expected int64',
    ],
  ])('%s', (_, fn, message) => {
    expectFails(tracing(A, fn), 'E_DTYPE_MISMATCH', message);
  });
});
