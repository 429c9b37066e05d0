import {
  addDims,
  broadcastShapes,
  divDims,
  formatShape,
  normalizeAxes,
  sizeOf,
  type Dim,
  type Shape as Lengths,
} from '../dim.ts';
import type { TensorType } from '../ir.ts';
import { broadcastStrides, countOf, forEachIndex, stridesOf, type NdArray } from '../nd-array.ts';
import type { EvaluateContext, InferContext, OpDef } from '../op-def.ts';
import type { NoAttributes } from './elementwise.ts';
import { knownDims, knownNumbers } from './known-values.ts';

/** The same elements under another shape, the elements known to stay so. */
export function reshaped(type: TensorType, shape: Lengths): TensorType {
  const { dtype, value } = type;
  return value && shape.length <= 1 ? { dtype, shape, value } : { dtype, shape };
}

function relabel(c: EvaluateContext, shape: readonly number[]): readonly NdArray[] {
  return [{ ...c.x[0]!, shape }];
}

/** The shape that Reshape gives: 0 copies a length, one -1 takes what is left. */
export function resolveReshape(from: Lengths, target: readonly Dim[]): Lengths | undefined {
  const copied = target.map((dim, i) => (dim === 0 ? (from[i] ?? 0) : dim));
  const open = copied.indexOf(-1);
  if (open < 0) return sizeOf(copied) === sizeOf(from) ? copied : undefined;
  const rest = divDims(sizeOf(from), sizeOf(copied.filter((_, i) => i !== open)));
  return rest === undefined ? undefined : copied.map((dim, i) => (i === open ? rest : dim));
}

/** y = the elements of x in the same order under another shape. */
export const Reshape: OpDef<['x', 'shape'], NoAttributes, 'one'> = {
  inputs: ['x', 'shape'],
  outputs: 1,
  returns: 'one',
  attributes: {},
  sinceOpset: 14,
  infer: (c) => {
    const target = knownDims(c, c.x[1]!, 'lengths');
    const { shape } = c.x[0]!;
    const resolved = resolveReshape(shape, target);
    if (!resolved) {
      c.shapeError(
        `the number of elements changes, got ${formatShape(shape)} to ${formatShape(target)}; expected the same`,
      );
    }
    return [reshaped(c.x[0]!, resolved!)];
  },
  vjp: ({ b, dy, x }) => [b.reshape(dy, x[0]!.type.shape), null],
  evaluate: (c) => relabel(c, resolveReshape(c.x[0]!.shape, [...c.x[1]!.data]) as readonly number[]),
};

/** Places where Unsqueeze puts its axes, in the output. */
function insertAxes(shape: Lengths, axes: readonly number[]): Lengths | undefined {
  const places = normalizeAxes(axes, shape.length + axes.length);
  if (!places) return undefined;
  const rest = [...shape];
  return Array.from({ length: shape.length + axes.length }, (_, i) => (places.includes(i) ? 1 : rest.shift()!));
}

/** y = x with axes of length 1 put in. */
export const Unsqueeze: OpDef<['x', 'axes'], NoAttributes, 'one'> = {
  inputs: ['x', 'axes'],
  outputs: 1,
  returns: 'one',
  attributes: {},
  sinceOpset: 13,
  infer: (c) => {
    const axes = knownNumbers(c, c.x[1]!, 'axes');
    const { shape } = c.x[0]!;
    const out = insertAxes(shape, axes);
    return [
      reshaped(
        c.x[0]!,
        out ?? c.shapeError(`axes out of range or repeated, got [${axes.join(', ')}] for ${formatShape(shape)}`),
      ),
    ];
  },
  vjp: ({ b, dy, x }) => [b.reshape(dy, x[0]!.type.shape), null],
  evaluate: (c) => relabel(c, insertAxes(c.x[0]!.shape, [...c.x[1]!.data]) as readonly number[]),
};

/** y = x without axes of length 1. */
export const Squeeze: OpDef<['x', 'axes'], NoAttributes, 'one'> = {
  inputs: ['x', 'axes'],
  outputs: 1,
  returns: 'one',
  attributes: {},
  sinceOpset: 13,
  infer: (c) => {
    const { shape } = c.x[0]!;
    const given = knownNumbers(c, c.x[1]!, 'axes');
    const axes = normalizeAxes(given, shape.length);
    if (!axes?.every((axis) => shape[axis] === 1)) {
      c.shapeError(`axes are not all of length 1, got [${given.join(', ')}] of ${formatShape(shape)}`);
    }
    return [
      reshaped(
        c.x[0]!,
        shape.filter((_, axis) => !axes!.includes(axis)),
      ),
    ];
  },
  vjp: ({ b, dy, x }) => [b.reshape(dy, x[0]!.type.shape), null],
  evaluate: (c) => {
    const { shape } = c.x[0]!;
    const axes = normalizeAxes([...c.x[1]!.data], shape.length)!;
    return relabel(
      c,
      shape.filter((_, axis) => !axes.includes(axis)),
    );
  },
};

/** y = x with its axes in another order: axis i of y is axis perm[i] of x. */
export const Transpose: OpDef<['x'], { readonly perm: readonly number[] }, 'one'> = {
  inputs: ['x'],
  outputs: 1,
  returns: 'one',
  attributes: { perm: 'ints' },
  sinceOpset: 13,
  infer: (c) => {
    const { dtype, shape } = c.x[0]!;
    const { perm } = c.attributes;
    const places = normalizeAxes(perm, shape.length);
    if (places?.length !== shape.length || perm.some((axis) => axis < 0)) {
      c.shapeError(`not a permutation of the axes, got [${perm.join(', ')}] for ${formatShape(shape)}`);
    }
    return [{ dtype, shape: perm.map((axis) => shape[axis]!) }];
  },
  vjp: ({ b, dy, attributes: { perm } }) => [b.Transpose(dy, { perm: perm.map((_, axis) => perm.indexOf(axis)) })],
  evaluate: (c) => {
    const { dtype, shape, data } = c.x[0]!;
    const { perm } = c.attributes;
    const strides = stridesOf(shape);
    const target = perm.map((axis) => shape[axis]!);
    const out = new Float64Array(data.length);
    forEachIndex(target, [perm.map((axis) => strides[axis]!)], (i, [at]) => {
      out[i] = data[at!]!;
    });
    return [{ dtype, shape: target, data: out }];
  },
};

/** y = x broadcast to a shape; an axis may also keep its length where the target says 1. */
export const Expand: OpDef<['x', 'shape'], NoAttributes, 'one'> = {
  inputs: ['x', 'shape'],
  outputs: 1,
  returns: 'one',
  attributes: {},
  sinceOpset: 13,
  infer: (c) => {
    const target = knownDims(c, c.x[1]!, 'lengths');
    const { dtype, shape } = c.x[0]!;
    const out = broadcastShapes(shape, target);
    return [
      { dtype, shape: out ?? c.shapeError(`does not broadcast, got ${formatShape(shape)} to ${formatShape(target)}`) },
    ];
  },
  // Summed down to the shape of x in grad.ts.
  vjp: ({ dy }) => [dy, null],
  evaluate: (c) => {
    const { dtype, shape, data } = c.x[0]!;
    const target = broadcastShapes(shape, [...c.x[1]!.data]) as readonly number[];
    const out = new Float64Array(countOf(target));
    forEachIndex(target, [broadcastStrides(shape, target)], (i, [at]) => {
      out[i] = data[at!]!;
    });
    return [{ dtype, shape: target, data: out }];
  },
};

/** y = the lengths of axes [start, end) of x as an int64 vector. */
export const Shape: OpDef<['x'], { readonly start: number; readonly end: number }, 'one'> = {
  inputs: ['x'],
  outputs: 1,
  returns: 'one',
  attributes: { start: 'int', end: 'int' },
  sinceOpset: 15,
  infer: (c) => {
    const { start, end } = c.attributes;
    const { shape } = c.x[0]!;
    if (start < 0 || end <= start || end > shape.length) {
      c.shapeError(`no axes [${start}, ${end}), got ${formatShape(shape)}; expected 0 <= start < end <= rank`);
    }
    return [{ dtype: 'int64', shape: [end - start], value: shape.slice(start, end) }];
  },
  vjp: null,
  why: 'lengths do not depend on elements',
  evaluate: (c) => {
    const lengths = c.x[0]!.shape.slice(c.attributes.start, c.attributes.end);
    return [{ dtype: 'int64', shape: [lengths.length], data: Float64Array.from(lengths) }];
  },
};

/** Pads in ONNX's order: what goes before each axis, then what goes after each. */
function splitPads<T>(pads: readonly T[]): readonly [before: readonly T[], after: readonly T[]] {
  return [pads.slice(0, pads.length / 2), pads.slice(pads.length / 2)];
}

function inferPad(c: InferContext): readonly [TensorType] {
  const { dtype, shape } = c.x[0]!;
  const pads = knownDims(c, c.x[1]!, 'pads');
  if (pads.length !== 2 * shape.length) {
    c.shapeError(`wrong number of pads, got ${pads.length} for ${formatShape(shape)}; expected ${2 * shape.length}`);
  }
  if (pads.some((pad) => typeof pad === 'number' && pad < 0))
    c.shapeError(`pads are negative, got [${pads.join(', ')}]. Use slice`);
  const fill = c.x[2]!;
  if (fill.dtype !== dtype || fill.shape.length > 0) {
    c.dtypeError(`the fill is ${fill.dtype}${formatShape(fill.shape)}; expected one ${dtype}`);
  }
  const [before, after] = splitPads(pads);
  return [{ dtype, shape: shape.map((dim, axis) => addDims(addDims(dim, before[axis]!), after[axis]!)) }];
}

/** y = x with `pads` (what goes before each axis, then after each) filled with a number. */
export const Pad: OpDef<['x', 'pads', 'fill'], NoAttributes, 'one'> = {
  inputs: ['x', 'pads', 'fill'],
  outputs: 1,
  returns: 'one',
  attributes: {},
  sinceOpset: 18,
  infer: inferPad,
  vjp: ({ b, dy, x, wants }) => {
    const { shape } = x[0]!.type;
    const [before] = splitPads(x[1]!.type.value!);
    const axes = shape.map((_, axis) => axis);
    const ends = shape.map((dim, axis) => addDims(before[axis]!, dim));
    const inside = b.Slice(
      dy,
      b.dims(before),
      b.dims(ends),
      axes,
      axes.map(() => 1),
    );
    const total = (value: typeof dy) => b.ReduceSum(value, axes, { keepdims: 0 });
    return [inside, null, wants(2) ? b.Sub(total(dy), total(inside)) : null];
  },
  evaluate: (c) => {
    const [x, pads, fill] = [c.x[0]!, c.x[1]!, c.x[2]!];
    const [before, after] = splitPads([...pads.data]);
    const shape = x.shape.map((length, axis) => before[axis]! + length + after[axis]!);
    const data = new Float64Array(countOf(shape)).fill(fill.data[0]!);
    const strides = stridesOf(shape);
    const start = before.reduce((sum, pad, axis) => sum + pad * strides[axis]!, 0);
    forEachIndex(x.shape, [strides], (i, [at]) => {
      data[start + at!] = x.data[i]!;
    });
    return [{ dtype: x.dtype, shape, data }];
  },
};
