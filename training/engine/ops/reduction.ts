import { formatShape, normalizeAxes, type Shape } from '../dim.ts';
import type { TensorType, Value } from '../ir.ts';
import { countOf, forEachIndex, stridesOf, type NdArray } from '../nd-array.ts';
import type { EvaluateContext, InferContext, OpDef, VjpContext } from '../op-def.ts';

export type KeepDims = {
  /** 1 keeps reduced axes with length 1, 0 drops them. */
  readonly keepdims: number;
};

type Reduction = OpDef<['x', 'axes'], KeepDims, 'one'>;

/** The axes that a reduction runs over, from its int64 input. */
function reducedAxes(c: InferContext<KeepDims>): readonly number[] {
  const [x, axes] = [c.x[0]!, c.x[1]!];
  if (axes.dtype !== 'int64' || !axes.value?.every((axis) => typeof axis === 'number')) {
    c.shapeError('the axes are not known; expected an int64 constant');
  }
  return (
    normalizeAxes(axes.value, x.shape.length) ??
    c.shapeError(`axes out of range or repeated, got [${axes.value.join(', ')}] for ${formatShape(x.shape)}`)
  );
}

function reducedShape(shape: Shape, axes: readonly number[], keepdims: number): Shape {
  return keepdims === 1
    ? shape.map((dim, axis) => (axes.includes(axis) ? 1 : dim))
    : shape.filter((_, axis) => !axes.includes(axis));
}

function infer(c: InferContext<KeepDims>): readonly [TensorType] {
  const x = c.x[0]!;
  if (x.dtype === 'bool') c.dtypeError('does not take bool; expected numbers. Cast it first?');
  return [{ dtype: x.dtype, shape: reducedShape(x.shape, reducedAxes(c), c.attributes.keepdims) }];
}

function inferFloat(c: InferContext<KeepDims>): readonly [TensorType] {
  if (c.x[0]!.dtype !== 'float32') c.dtypeError(`does not take ${c.x[0]!.dtype}; expected float32`);
  return infer(c);
}

/** Calls `visit` with each element and the position of its group in the output. */
function forEachGrouped(
  c: EvaluateContext<KeepDims>,
  visit: (element: number, group: number) => void,
): readonly number[] {
  const [x, axes] = [c.x[0]!, c.x[1]!];
  const over = normalizeAxes([...axes.data], x.shape.length)!;
  const kept = x.shape.map((length, axis) => (over.includes(axis) ? 1 : length));
  const strides = stridesOf(kept).map((stride, axis) => (over.includes(axis) ? 0 : stride));
  forEachIndex(x.shape, [strides], (i, [group]) => {
    visit(x.data[i]!, group!);
  });
  return reducedShape(x.shape, over, c.attributes.keepdims) as readonly number[];
}

function evaluateFold(start: number, f: (sum: number, x: number) => number) {
  return (c: EvaluateContext<KeepDims>): readonly NdArray[] => {
    const over = normalizeAxes([...c.x[1]!.data], c.x[0]!.shape.length)!;
    const groups = countOf(c.x[0]!.shape.filter((_, axis) => !over.includes(axis)));
    const data = new Float64Array(groups).fill(start);
    const shape = forEachGrouped(c, (element, group) => {
      data[group] = f(data[group]!, element);
    });
    return [{ dtype: c.x[0]!.dtype, shape, data }];
  };
}

/** An output or its gradient with the reduced axes put back as 1, ready to broadcast against the input. */
function withAxes(c: VjpContext<KeepDims>, reduced: Value): Value {
  const x = c.x[0]!.type.shape;
  const axes = normalizeAxes(c.x[1]!.type.value as readonly number[], x.length)!;
  return c.b.reshape(reduced, reducedShape(x, axes, 1));
}

const base: Pick<Reduction, 'inputs' | 'outputs' | 'returns' | 'attributes'> = {
  inputs: ['x', 'axes'],
  outputs: 1,
  returns: 'one',
  attributes: { keepdims: 'int' },
};

/** y = the sum over the axes. */
export const ReduceSum: Reduction = {
  ...base,
  sinceOpset: 13,
  infer,
  vjp: (c) => [c.b.Expand(withAxes(c, c.dy), c.b.dims(c.x[0]!.type.shape)), null],
  evaluate: evaluateFold(0, (sum, x) => sum + x),
};

/** y = the mean over the axes. */
export const ReduceMean: Reduction = {
  ...base,
  sinceOpset: 18,
  infer: inferFloat,
  vjp: (c) => {
    const { b, x } = c;
    const shape = x[0]!.type.shape;
    const axes = normalizeAxes(x[1]!.type.value as readonly number[], shape.length)!;
    // The mean of ones spread back: dy / n, with n read from the shape where it is symbolic.
    const lengths = axes.map((axis) => shape[axis]!);
    const count = lengths.every((dim) => typeof dim === 'number')
      ? b.scalar(
          lengths.reduce((n, dim) => n * dim, 1),
          c.dy.type,
        )
      : b.Cast(b.ReduceProd(b.dims(lengths), [0], { keepdims: 0 }), { to: 'float32' });
    return [b.Expand(withAxes(c, b.Div(c.dy, count)), b.dims(shape)), null];
  },
  evaluate: (c) => {
    const [sum] = evaluateFold(0, (total, x) => total + x)(c);
    const count = c.x[0]!.data.length / sum!.data.length;
    return [{ ...sum!, data: sum!.data.map((x) => x / count) }];
  },
};

/** y = the greatest element over the axes; the gradient is shared equally between equal greatest elements. */
export const ReduceMax: Reduction = {
  ...base,
  sinceOpset: 18,
  infer,
  vjp: (c) => {
    const { b, x } = c;
    const winners = b.Cast(b.Equal(x[0]!, withAxes(c, c.y)), { to: 'float32' });
    const share = b.Div(withAxes(c, c.dy), b.ReduceSum(winners, x[1]!, { keepdims: 1 }));
    return [b.Mul(winners, share), null];
  },
  evaluate: evaluateFold(-Infinity, (best, x) => Math.max(best, x)),
};

/** y = the product over the axes; for lengths, so without gradient. */
export const ReduceProd: Reduction = {
  ...base,
  sinceOpset: 18,
  infer: (c) => {
    if (c.x[0]!.dtype !== 'int64') c.dtypeError(`does not take ${c.x[0]!.dtype}; expected int64`);
    return infer(c);
  },
  vjp: null,
  why: 'it multiplies axis lengths, which are integers',
  evaluate: evaluateFold(1, (product, x) => product * x),
};

/**
 * y = ln(sum of exp(x)) over the axes, computed from the greatest element down, so nothing overflows. Mask with a large
 * finite negative number, not with -Infinity: a group of only -Infinity has no gradient (NaN).
 */
export const ReduceLogSumExp: Reduction = {
  ...base,
  sinceOpset: 18,
  infer: inferFloat,
  // dy/dx = softmax(x) = exp(x - y), which is at most 1.
  vjp: (c) => [c.b.Mul(withAxes(c, c.dy), c.b.Exp(c.b.Sub(c.x[0]!, withAxes(c, c.y)))), null],
  evaluate: (c) => {
    const [max] = evaluateFold(-Infinity, (best, x) => Math.max(best, x))(c);
    const sums = new Float64Array(max!.data.length);
    forEachGrouped(c, (element, group) => {
      sums[group]! += Math.exp(element - max!.data[group]!);
    });
    return [{ ...max!, data: sums.map((sum, group) => max!.data[group]! + Math.log(sum)) }];
  },
};

/** y = the place of the greatest element along the axis, the first of equals, int64. */
export const ArgMax: OpDef<['x'], { readonly axis: number; readonly keepdims: number }, 'one'> = {
  inputs: ['x'],
  outputs: 1,
  returns: 'one',
  attributes: { axis: 'int', keepdims: 'int' },
  sinceOpset: 13,
  infer: (c) => {
    const { shape } = c.x[0]!;
    const axes = normalizeAxes([c.attributes.axis], shape.length);
    if (!axes) c.shapeError(`axis out of range, got ${c.attributes.axis} for ${formatShape(shape)}`);
    return [{ dtype: 'int64', shape: reducedShape(shape, axes!, c.attributes.keepdims) }];
  },
  vjp: null,
  why: 'the output is an index',
  evaluate: (c) => {
    const x = c.x[0]!;
    const axis = normalizeAxes([c.attributes.axis], x.shape.length)![0]!;
    const length = x.shape[axis]!;
    const inner = countOf(x.shape.slice(axis + 1));
    const data = new Float64Array(x.data.length / length);
    for (let group = 0; group < data.length; group++) {
      const start = Math.floor(group / inner) * length * inner + (group % inner);
      let best = 0;
      for (let i = 1; i < length; i++) {
        if (x.data[start + i * inner]! > x.data[start + best * inner]!) best = i;
      }
      data[group] = best;
    }
    return [{ dtype: 'int64', shape: reducedShape(x.shape, [axis], c.attributes.keepdims) as number[], data }];
  },
};
