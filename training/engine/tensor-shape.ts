import { apply, applyMany } from './apply.ts';
import { normalizeDim, type Dim, type Shape } from './dim.ts';
import type { DType, Value } from './ir.ts';
import { tensorOf, type Tensor } from './trace.ts';
import { innermost } from './scope-stack.ts';

// What model code calls: shapes, joining, indexing. Lengths may be symbolic wherever a shape is given.

/** Lengths as an operand: a constant, or computed in the scope of `x` from tensors that carry the symbols. */
function lengths(x: Tensor, dims: readonly Dim[]): Value | readonly number[] {
  const normal = dims.map(normalizeDim);
  return normal.every((dim) => typeof dim === 'number') ? normal : x.scope.b.dims(normal);
}

/** The same elements in the same order under another shape: `reshape(x, ['B*T', 64])`. One length may be -1. */
export function reshape(x: Tensor, shape: readonly Dim[]): Tensor {
  const target = shape.map(normalizeDim);
  if (target.includes(-1)) return apply('Reshape', [x, lengths(x, target)]);
  return tensorOf(x.scope, x.scope.b.reshape(x.value, target));
}

/** x with its axes in another order: axis i of the result is axis perm[i] of x. Default: reversed. */
export const transpose = (x: Tensor, perm: readonly number[] = x.shape.map((_, i) => x.shape.length - 1 - i)): Tensor =>
  apply('Transpose', [x], { perm });

/** x with axes of length 1 put in at these places of the result. */
export const unsqueeze = (x: Tensor, ...axes: readonly number[]): Tensor => apply('Unsqueeze', [x, axes]);
/** x without these axes, which have length 1. */
export const squeeze = (x: Tensor, ...axes: readonly number[]): Tensor => apply('Squeeze', [x, axes]);
/** x broadcast to a shape. */
export const expand = (x: Tensor, shape: Shape): Tensor => apply('Expand', [x, lengths(x, shape)]);
/** The lengths of x as an int64 vector. */
export const shapeOf = (x: Tensor): Tensor => apply('Shape', [x], { start: 0, end: x.shape.length });

/** A tensor filled with one number, in the innermost graph. Symbols must be lengths of tensors of the trace. */
export function full(value: number, shape: Shape, dtype: DType = 'float32'): Tensor {
  const scope = innermost('full');
  return tensorOf(scope, scope.b.full(value, dtype, shape.map(normalizeDim)));
}

/** A tensor of the shape and type of x filled with one number. */
export const fullLike = (x: Tensor, value: number): Tensor =>
  tensorOf(x.scope, x.scope.b.full(value, x.dtype, x.shape));

export const concat = (parts: readonly Tensor[], axis: number): Tensor => apply('Concat', parts, { axis });
/** Pieces of the given sizes along an axis. */
export const split = (x: Tensor, sizes: readonly Dim[], axis: number): readonly Tensor[] =>
  applyMany('Split', [x, lengths(x, sizes)], { axis });
/** The tensors, all of one shape, along a new axis. */
export const stack = (parts: readonly Tensor[], axis: number): Tensor =>
  concat(
    parts.map((part) => unsqueeze(part, axis)),
    axis,
  );

/**
 * x over [start, end) along one axis. A negative bound counts from the end; without `end`, to the end. With step -1 the
 * whole axis is reversed.
 */
export function slice(x: Tensor, axis: number, [start, end]: readonly [Dim, Dim?], step = 1): Tensor {
  const far = step < 0 ? -FAR : FAR;
  return apply('Slice', [x, lengths(x, [start]), lengths(x, [end ?? far]), [axis], [step]]);
}

/** Beyond every axis: ONNX clips slice bounds. */
const FAR = 2 ** 31 - 1;

/** x with an axis read backwards. */
export const reverse = (x: Tensor, axis: number): Tensor => slice(x, axis, [FAR], -1);

/** x with `before` and `after` entries of a number added along an axis. */
export function pad(x: Tensor, axis: number, [before, after]: readonly [Dim, Dim], value = 0): Tensor {
  const at = axis < 0 ? axis + x.shape.length : axis;
  const pads = [before, after].flatMap((length) => x.shape.map((_, i) => (i === at ? length : 0)));
  return apply('Pad', [x, lengths(x, pads), value]);
}

/** The entries of x at the indices along an axis, which is replaced by the axes of the indices. Default axis 0. */
export const gather = (x: Tensor, indices: Tensor, axis = 0): Tensor => apply('Gather', [x, indices], { axis });
/** One element per index, along an axis: ranks are equal. */
export const gatherElements = (x: Tensor, indices: Tensor, axis: number): Tensor =>
  apply('GatherElements', [x, indices], { axis });
/** x with the updates added at the indices along an axis; indices may repeat. */
export const scatterAdd = (x: Tensor, indices: Tensor, [updates, axis]: readonly [Tensor, number]): Tensor =>
  apply('ScatterElements', [x, indices, updates], { axis, reduction: 'add' });

/** 0, 1, ... below a length, int64. The length may be symbolic. */
export function range(length: Dim): Tensor {
  const scope = innermost('range');
  const limit = scope.b.reshape(scope.b.dims([normalizeDim(length)]), []);
  return tensorOf(scope, scope.b.Range(scope.b.int64(0), limit, scope.b.int64(1)));
}

/** 1 where the last axis equals the index, float32: shape of the indices, then `depth`. */
export function oneHot(indices: Tensor, depth: number): Tensor {
  const { scope } = indices;
  const classes = scope.b.constant(
    'int64',
    [depth],
    BigInt64Array.from({ length: depth }, (_, i) => BigInt(i)),
  );
  const column = scope.b.Unsqueeze(scope.b.Cast(indices.value, { to: 'int64' }), [-1]);
  return tensorOf(scope, scope.b.Cast(scope.b.Equal(column, classes), { to: 'float32' }));
}
