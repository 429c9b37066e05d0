import { formatShape, mulDims, normalizeAxes, sameShape, sizeOf, subDims, type Dim, type Shape } from '../dim.ts';
import type { TensorType, Value } from '../ir.ts';
import { broadcastStrides, countOf, forEachIndex, stridesOf, type NdArray } from '../nd-array.ts';
import type { InferContext, OpDef, VjpContext } from '../op-def.ts';
import type { NoAttributes } from './elementwise.ts';

type Axis = {
  readonly axis: number;
};

function axisOf(c: { readonly attributes: Axis }, shape: Shape): number {
  return normalizeAxes([c.attributes.axis], shape.length)?.[0] ?? -1;
}

function checkIndexing(c: InferContext<Axis>): number {
  const [x, indices] = [c.x[0]!, c.x[1]!];
  const axis = axisOf(c, x.shape);
  if (axis < 0) c.shapeError(`axis out of range, got ${c.attributes.axis} for ${formatShape(x.shape)}`);
  if (indices.dtype !== 'int64' && indices.dtype !== 'int32') {
    c.dtypeError(`the indices are ${indices.dtype}; expected int64 or int32. Swap the operands?`);
  }
  return axis;
}

/** A place on an axis; negative ones count from the end. */
function place(index: number, length: number): number {
  return index < 0 ? index + length : index;
}

/** y = the entries of x at the indices along an axis: the axis is replaced by the axes of the indices. */
export const Gather: OpDef<['x', 'indices'], Axis, 'one'> = {
  inputs: ['x', 'indices'],
  outputs: 1,
  returns: 'one',
  attributes: { axis: 'int' },
  sinceOpset: 13,
  infer: (c) => {
    const axis = checkIndexing(c);
    const [x, indices] = [c.x[0]!, c.x[1]!];
    const shape = [...x.shape.slice(0, axis), ...indices.shape, ...x.shape.slice(axis + 1)];
    const value = shape.length <= 1 ? gatherKnown(x, indices) : undefined;
    return [{ dtype: x.dtype, shape, ...(value ? { value } : {}) }];
  },
  vjp: (c) => [gatherGradient(c), null],
  evaluate: (c) => {
    const [x, indices] = [c.x[0]!, c.x[1]!];
    const axis = axisOf(c, x.shape);
    const length = x.shape[axis]!;
    const inner = countOf(x.shape.slice(axis + 1));
    const outer = countOf(x.shape.slice(0, axis));
    const data = new Float64Array(outer * indices.data.length * inner);
    for (let i = 0; i < outer; i++) {
      indices.data.forEach((index, j) => {
        const from = (i * length + place(index, length)) * inner;
        data.set(x.data.subarray(from, from + inner), (i * indices.data.length + j) * inner);
      });
    }
    return [{ dtype: x.dtype, shape: [...x.shape.slice(0, axis), ...indices.shape, ...x.shape.slice(axis + 1)], data }];
  },
};

function gatherKnown(x: TensorType, indices: TensorType): readonly Dim[] | undefined {
  if (!x.value || !indices.value?.every((index) => typeof index === 'number')) return undefined;
  return indices.value.map((index) => x.value![place(index, x.value!.length)]!);
}

/**
 * Adds the rows of dy up at the indices. ScatterElements, because ScatterND with add loses updates when indices repeat
 * and more than one thread runs. Rows are scattered as one flat vector, in 0.45 ms where the matrix takes 0.7 (2,000
 * rows of 64 into 10,000, one thread) and a product with the one-hot matrix 95.
 */
function gatherGradient({ b, dy, x, attributes }: VjpContext<Axis>): Value {
  const { shape } = x[0]!.type;
  const axis = axisOf({ attributes }, shape);
  const indices = b.Cast(x[1]!, { to: 'int64' });
  const count = sizeOf(indices.type.shape);
  const width = sizeOf(shape.slice(1));
  if (axis === 0 && typeof width === 'number') {
    const columns = b.constant(
      'int64',
      [width],
      BigInt64Array.from({ length: width }, (_, i) => BigInt(i)),
    );
    const places = b.Add(b.Mul(b.reshape(indices, [count, 1]), width), columns);
    const size = mulDims(count, width);
    const flat = b.full(0, 'float32', [mulDims(shape[0]!, width)]);
    const sums = b.ScatterElements(flat, b.reshape(places, [size]), b.reshape(dy, [size]), {
      axis: 0,
      reduction: 'add',
    });
    return b.reshape(sums, shape);
  }
  const updates = b.reshape(dy, [...shape.slice(0, axis), count, ...shape.slice(axis + 1)]);
  const column = b.reshape(indices, [count, ...shape.slice(axis + 1).map(() => 1)]);
  const places = b.Expand(column, b.dims(updates.type.shape));
  return b.ScatterElements(b.zerosLike(x[0]!), places, updates, { axis, reduction: 'add' });
}

function inferElements(c: InferContext<Axis>): TensorType {
  const axis = checkIndexing(c);
  const [x, indices] = [c.x[0]!, c.x[1]!];
  if (indices.shape.length !== x.shape.length) {
    c.shapeError(
      `ranks differ, got ${formatShape(x.shape)} and indices ${formatShape(indices.shape)}; expected equal ranks. ` +
        `Unsqueeze axis ${axis}?`,
    );
  }
  const unequal = x.shape.findIndex((dim, i) => {
    const other = indices.shape[i]!;
    if (i === axis || dim === other) return false;
    return typeof dim !== 'number' || typeof other !== 'number' || other > dim;
  });
  if (unequal >= 0) {
    c.shapeError(
      `indices reach beyond axis ${unequal}, got ${formatShape(indices.shape)} for ${formatShape(x.shape)}; ` +
        `expected at most the lengths of the first operand beside axis ${axis}`,
    );
  }
  return { dtype: x.dtype, shape: indices.shape };
}

/** Visits each element of the indices with the place it points at in an array of `shape`. */
function forEachElement(
  shape: readonly number[],
  indices: NdArray,
  axis: number,
  visit: (i: number, target: number) => void,
): void {
  const strides = stridesOf(shape);
  const besideAxis = strides.map((stride, i) => (i === axis ? 0 : stride));
  forEachIndex(indices.shape, [besideAxis], (i, [at]) => {
    visit(i, at! + place(indices.data[i]!, shape[axis]!) * strides[axis]!);
  });
}

/** y[..., i, ...] = x[..., indices[..., i, ...], ...] along an axis. */
export const GatherElements: OpDef<['x', 'indices'], Axis, 'one'> = {
  inputs: ['x', 'indices'],
  outputs: 1,
  returns: 'one',
  attributes: { axis: 'int' },
  sinceOpset: 13,
  infer: (c) => [inferElements(c)],
  vjp: ({ b, dy, x, attributes: { axis } }) => [
    b.ScatterElements(b.zerosLike(x[0]!), x[1]!, dy, { axis, reduction: 'add' }),
    null,
  ],
  evaluate: (c) => {
    const [x, indices] = [c.x[0]!, c.x[1]!];
    const data = new Float64Array(indices.data.length);
    forEachElement(x.shape, indices, axisOf(c, x.shape), (i, target) => {
      data[i] = x.data[target]!;
    });
    return [{ dtype: x.dtype, shape: indices.shape, data }];
  },
};

/**
 * y = x with the updates written, or added, at the indices along an axis. With reduction 'none' the indices of one line
 * must differ; with 'add' they may repeat.
 */
export const ScatterElements: OpDef<
  ['x', 'indices', 'updates'],
  { readonly axis: number; readonly reduction: 'none' | 'add' },
  'one'
> = {
  inputs: ['x', 'indices', 'updates'],
  outputs: 1,
  returns: 'one',
  attributes: { axis: 'int', reduction: 'string' },
  sinceOpset: 18,
  infer: (c) => {
    inferElements(c);
    const [x, indices, updates] = [c.x[0]!, c.x[1]!, c.x[2]!];
    if (updates.dtype !== x.dtype) c.dtypeError(`the updates are ${updates.dtype}; expected ${x.dtype}`);
    if (!sameShape(updates.shape, indices.shape)) {
      c.shapeError(`updates and indices differ, got ${formatShape(updates.shape)} and ${formatShape(indices.shape)}`);
    }
    return [{ dtype: x.dtype, shape: x.shape }];
  },
  vjp: ({ b, dy, x, attributes: { axis, reduction }, wants }) => {
    const overwritten = (): Value => b.ScatterElements(dy, x[1]!, b.zerosLike(x[2]!), { axis, reduction: 'none' });
    return [
      wants(0) ? (reduction === 'add' ? dy : overwritten()) : null,
      null,
      wants(2) ? b.GatherElements(dy, x[1]!, { axis }) : null,
    ];
  },
  evaluate: (c) => {
    const [x, indices, updates] = [c.x[0]!, c.x[1]!, c.x[2]!];
    const data = Float64Array.from(x.data);
    forEachElement(x.shape, indices, axisOf(c, x.shape), (i, target) => {
      data[target] = updates.data[i]! + (c.attributes.reduction === 'add' ? data[target]! : 0);
    });
    return [{ ...x, data }];
  },
};

/** y = start, start + step, ... below limit, for int64 scalars; the step has to be the constant 1. */
export const Range: OpDef<['start', 'limit', 'step'], NoAttributes, 'one'> = {
  inputs: ['start', 'limit', 'step'],
  outputs: 1,
  returns: 'one',
  attributes: {},
  sinceOpset: 11,
  infer: (c) => {
    for (const type of c.x) {
      if (type.dtype !== 'int64' || type.shape.length > 0) {
        c.dtypeError(`takes int64 scalars, got ${type.dtype}${formatShape(type.shape)}`);
      }
    }
    const [start, limit, step] = c.x.map((type) => type.value?.[0]);
    if (start === undefined || limit === undefined || step !== 1) {
      return c.shapeError(
        `the length is not known, got start ${start}, limit ${limit}, step ${step}; expected known bounds and step 1`,
      );
    }
    const length = subDims(limit, start);
    return [{ dtype: 'int64', shape: [typeof length === 'number' ? Math.max(0, length) : length] }];
  },
  vjp: null,
  why: 'the output is an integer',
  evaluate: (c) => {
    const [start, limit] = [c.x[0]!.data[0]!, c.x[1]!.data[0]!];
    const length = Math.max(0, limit - start);
    return [{ dtype: 'int64', shape: [length], data: Float64Array.from({ length }, (_, i) => start + i) }];
  },
};

/** y = running sums of x along an axis, from the start or, with reverse = 1, from the end. */
export const CumSum: OpDef<['x', 'axis'], { readonly exclusive: number; readonly reverse: number }, 'one'> = {
  inputs: ['x', 'axis'],
  outputs: 1,
  returns: 'one',
  attributes: { exclusive: 'int', reverse: 'int' },
  sinceOpset: 14,
  infer: (c) => {
    const { dtype, shape } = c.x[0]!;
    if (dtype === 'bool') c.dtypeError('does not take bool; expected numbers. Cast it first?');
    const axis = c.x[1]!.value?.[0];
    if (typeof axis !== 'number' || !normalizeAxes([axis], shape.length)) {
      c.shapeError(`axis unknown or out of range, got ${axis} for ${formatShape(shape)}`);
    }
    return [{ dtype, shape }];
  },
  vjp: ({ b, dy, x, attributes: { exclusive, reverse } }) => [
    b.CumSum(dy, x[1]!, { exclusive, reverse: 1 - reverse }),
    null,
  ],
  evaluate: (c) => {
    const { dtype, shape, data } = c.x[0]!;
    const { exclusive, reverse } = c.attributes;
    const axis = normalizeAxes([c.x[1]!.data[0]!], shape.length)![0]!;
    const stride = stridesOf(shape)[axis]!;
    const length = shape[axis]!;
    const out = new Float64Array(data.length);
    const starts = broadcastStrides(shape, shape).map((s, i) => (i === axis ? 0 : s));
    const lines = shape.map((n, i) => (i === axis ? 1 : n));
    forEachIndex(lines, [starts], (_, [from]) => {
      let sum = 0;
      for (let i = 0; i < length; i++) {
        const at = from! + (reverse === 1 ? length - 1 - i : i) * stride;
        if (exclusive === 1) out[at] = sum;
        sum += data[at]!;
        if (exclusive === 0) out[at] = sum;
      }
    });
    return [{ dtype, shape, data: out }];
  },
};
