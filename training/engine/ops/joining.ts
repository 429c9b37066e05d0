import { addDims, formatShape, normalizeAxes, sameShape, subDims, type Dim, type Shape } from '../dim.ts';
import { MAX_KNOWN_VALUES, type TensorType } from '../ir.ts';
import { countOf, forEachIndex, stridesOf, type NdArray } from '../nd-array.ts';
import type { EvaluateContext, InferContext, OpDef, VjpContext } from '../op-def.ts';
import type { NoAttributes } from './elementwise.ts';
import { knownDims, knownNumbers } from './known-values.ts';

function axisOf(c: InferContext<{ readonly axis: number }>): number {
  const { shape } = c.x[0]!;
  const axis = normalizeAxes([c.attributes.axis], shape.length)?.[0];
  return axis ?? c.shapeError(`axis out of range, got ${c.attributes.axis} for ${formatShape(shape)}`);
}

/** y = the parts one after another along an axis. */
export const Concat: OpDef<['...parts'], { readonly axis: number }, 'one'> = {
  inputs: ['...parts'],
  outputs: 1,
  returns: 'one',
  attributes: { axis: 'int' },
  sinceOpset: 13,
  infer: (c) => {
    const first = c.x[0] ?? c.shapeError('there are no parts; expected one or more');
    const axis = axisOf(c);
    const others = (type: TensorType): Shape => type.shape.filter((_, i) => i !== axis);
    for (const part of c.x) {
      if (part.dtype !== first.dtype) c.dtypeError(`parts differ in type, got ${first.dtype} and ${part.dtype}`);
      if (part.shape.length !== first.shape.length || !sameShape(others(part), others(first))) {
        const got = c.x.map((type) => formatShape(type.shape)).join(', ');
        c.shapeError(`parts differ beside axis ${axis}, got ${got}; expected equal lengths there`);
      }
    }
    const length = c.x.map((part) => part.shape[axis]!).reduce(addDims);
    const shape = first.shape.map((dim, i) => (i === axis ? length : dim));
    const value = c.x.every((part) => part.value) ? c.x.flatMap((part) => part.value!) : undefined;
    return [{ dtype: first.dtype, shape, ...(value && value.length <= MAX_KNOWN_VALUES ? { value } : {}) }];
  },
  vjp: ({ b, dy, x, attributes: { axis } }) => {
    const at = axis < 0 ? axis + dy.type.shape.length : axis;
    return x.length === 1 ? [dy] : b.Split(dy, b.dims(x.map((part) => part.type.shape[at]!)), { axis: at });
  },
  evaluate: (c) => {
    const first = c.x[0]!;
    const axis = normalizeAxes([c.attributes.axis], first.shape.length)![0]!;
    const length = c.x.reduce((sum, part) => sum + part.shape[axis]!, 0);
    const shape = first.shape.map((n, i) => (i === axis ? length : n));
    const inner = countOf(shape.slice(axis + 1));
    const data = new Float64Array(countOf(shape));
    let start = 0;
    for (const part of c.x) {
      const run = part.shape[axis]! * inner;
      for (let outer = 0; run > 0 && outer < part.data.length / run; outer++) {
        data.set(part.data.subarray(outer * run, (outer + 1) * run), outer * length * inner + start);
      }
      start += run;
    }
    return [{ dtype: first.dtype, shape, data }];
  },
};

/** Pieces of x of the given sizes along an axis. */
export const Split: OpDef<['x', 'sizes'], { readonly axis: number }, 'many'> = {
  inputs: ['x', 'sizes'],
  outputs: 'any',
  returns: 'many',
  attributes: { axis: 'int' },
  sinceOpset: 13,
  infer: (c) => {
    const { dtype, shape } = c.x[0]!;
    const axis = axisOf(c);
    const sizes = knownDims(c, c.x[1]!, 'sizes');
    if (sizes.reduce(addDims, 0) !== shape[axis]) {
      c.shapeError(`sizes must add up to ${shape[axis]!}, the length of axis ${axis}, got [${sizes.join(', ')}]`);
    }
    return sizes.map((size) => ({ dtype, shape: shape.map((dim, i) => (i === axis ? size : dim)) }));
  },
  vjp: ({ b, dys, ys, attributes: { axis } }) => [
    b.Concat(...dys.map((dy, i) => dy ?? b.zerosLike(ys[i]!)), { axis }),
    null,
  ],
  evaluate: (c) => {
    const { dtype, shape, data } = c.x[0]!;
    const axis = normalizeAxes([c.attributes.axis], shape.length)![0]!;
    const inner = countOf(shape.slice(axis + 1));
    const outer = countOf(shape.slice(0, axis));
    let start = 0;
    return [...c.x[1]!.data].map((size) => {
      const run = size * inner;
      const piece = new Float64Array(outer * run);
      for (let i = 0; i < outer; i++) {
        const from = i * shape[axis]! * inner + start;
        piece.set(data.subarray(from, from + run), i * run);
      }
      start += run;
      return { dtype, shape: shape.map((n, i) => (i === axis ? size : n)), data: piece };
    });
  },
};

/** A slice end at or beyond this means "to the end", and at or below its negative "before the start". */
const FAR = 2 ** 31 - 1;

interface Range {
  readonly start: Dim;
  readonly end: Dim;
  readonly length: Dim;
}

/** A bound of a slice counted from the start: negative ones count from the end, and numbers are clipped to [low, high]. */
function bound(dim: Dim, at: Dim, least: number): Dim {
  if (typeof at === 'number' && at <= -FAR) return least;
  if (typeof at === 'number' && at >= FAR) return least < 0 ? subDims(dim, 1) : dim;
  const place = typeof at === 'number' && at < 0 ? addDims(dim, at) : at;
  if (typeof dim === 'number' && typeof place === 'number')
    return Math.max(least, Math.min(place, dim + Math.min(least, 0)));
  return place;
}

/** What Slice takes along one axis; undefined where the length has no closed form (steps over symbolic lengths). */
function sliceRange(
  dim: Dim,
  given: { readonly start: Dim; readonly end: Dim; readonly step: number },
): Range | undefined {
  const least = given.step < 0 ? -1 : 0;
  const [start, end] = [bound(dim, given.start, least), bound(dim, given.end, least)];
  const span = given.step < 0 ? subDims(start, end) : subDims(end, start);
  const step = Math.abs(given.step);
  if (typeof span === 'number') return { start, end, length: Math.max(0, Math.ceil(span / step)) };
  return step === 1 ? { start, end, length: span } : undefined;
}

interface SliceRanges {
  readonly axes: readonly number[];
  readonly ranges: readonly Range[];
  readonly steps: readonly number[];
}

function rangesOf(
  shape: Shape,
  starts: readonly Dim[],
  [ends, axes, steps]: readonly [readonly Dim[], readonly number[], readonly number[]],
): SliceRanges | undefined {
  const places = normalizeAxes(axes, shape.length);
  if (!places || steps.includes(0)) return undefined;
  const ranges = places.map((axis, i) =>
    sliceRange(shape[axis]!, { start: starts[i]!, end: ends[i]!, step: steps[i]! }),
  );
  return ranges.every((range) => range !== undefined) ? { axes: places, ranges, steps } : undefined;
}

function sliceOf(c: VjpContext | InferContext): SliceRanges | undefined {
  const types = c.x.map((x) => ('type' in x ? x.type : x)) as readonly TensorType[];
  const [starts, ends, axes, steps] = types.slice(1).map((type) => type.value!);
  return rangesOf(types[0]!.shape, starts!, [ends!, axes as number[], steps as number[]]);
}

/** y = x over [start, end) with a step along each listed axis. Bounds may be symbolic; a negative one counts from the end. */
export const Slice: OpDef<['x', 'starts', 'ends', 'axes', 'steps'], NoAttributes, 'one'> = {
  inputs: ['x', 'starts', 'ends', 'axes', 'steps'],
  outputs: 1,
  returns: 'one',
  attributes: {},
  sinceOpset: 13,
  infer: (c) => {
    const { dtype, shape, value } = c.x[0]!;
    const starts = knownDims(c, c.x[1]!, 'starts');
    const ends = knownDims(c, c.x[2]!, 'ends');
    knownNumbers(c, c.x[3]!, 'axes');
    const steps = knownNumbers(c, c.x[4]!, 'steps');
    const slice = sliceOf(c);
    if (!slice) {
      const got = `starts [${starts.join(', ')}], ends [${ends.join(', ')}], steps [${steps.join(', ')}]`;
      return c.shapeError(
        `cannot slice ${formatShape(shape)}, got ${got}; expected axes in range, steps of 1 or -1 on symbolic axes`,
      );
    }
    const out = [...shape];
    slice.axes.forEach((axis, i) => (out[axis] = slice.ranges[i]!.length));
    const kept = value && sliceKnown(value, slice);
    return [{ dtype, shape: out, ...(kept ? { value: kept } : {}) }];
  },
  vjp: (c) => {
    const { b, dy, x } = c;
    const slice = sliceOf(c)!;
    const { shape } = x[0]!.type;
    if (slice.steps.every((step) => step === 1)) {
      const before: Dim[] = shape.map(() => 0);
      const after: Dim[] = shape.map(() => 0);
      slice.axes.forEach((axis, i) => {
        before[axis] = slice.ranges[i]!.start;
        after[axis] = subDims(shape[axis]!, slice.ranges[i]!.end);
      });
      return [b.Pad(dy, b.dims([...before, ...after]), 0), null, null, null, null];
    }
    return [scatterSlice(c, slice), null, null, null, null];
  },
  evaluate: (c) => evaluateSlice(c),
};

function sliceKnown(value: readonly Dim[], slice: SliceRanges): readonly Dim[] | undefined {
  const { start, end, length } = slice.ranges[0]!;
  if (typeof start !== 'number' || typeof end !== 'number') return undefined;
  return Array.from({ length: length as number }, (_, i) => value[start + i * slice.steps[0]!]!);
}

/** The gradient of a slice with steps: each axis in turn scatters into zeros at the places it took. */
function scatterSlice({ b, dy, x }: VjpContext, slice: SliceRanges): typeof dy {
  const { shape } = x[0]!.type;
  let grad = dy;
  slice.axes.forEach((axis, i) => {
    const dim = shape[axis]!;
    const all = b.Range(b.int64(0), b.reshape(b.dims([dim]), []), b.int64(1));
    const taken = b.Slice(
      all,
      x[1]!.type.value!.slice(i, i + 1) as number[],
      x[2]!.type.value!.slice(i, i + 1) as number[],
      [0],
      [slice.steps[i]!],
    );
    const along = grad.type.shape.map((_, j) => (j === axis ? taken.type.shape[0]! : 1));
    const indices = b.Expand(b.reshape(taken, along), b.dims(grad.type.shape));
    const zeros = b.full(
      0,
      'float32',
      grad.type.shape.map((d, j) => (j === axis ? dim : d)),
    );
    grad = b.ScatterElements(zeros, indices, grad, { axis, reduction: 'none' });
  });
  return grad;
}

function evaluateSlice(c: EvaluateContext): readonly NdArray[] {
  const { dtype, shape, data } = c.x[0]!;
  const [starts, ends, axes, steps] = c.x.slice(1).map((x) => [...x.data]);
  const slice = rangesOf(shape, starts!, [ends!, axes!, steps!])!;
  const strides = stridesOf(shape);
  const target = [...shape];
  const walk = [...strides];
  let from = 0;
  slice.axes.forEach((axis, i) => {
    target[axis] = slice.ranges[i]!.length as number;
    from += (slice.ranges[i]!.start as number) * strides[axis]!;
    walk[axis] = strides[axis]! * slice.steps[i]!;
  });
  const out = new Float64Array(countOf(target));
  forEachIndex(target, [walk], (i, [at]) => {
    out[i] = data[from + at!]!;
  });
  return [{ dtype, shape: target, data: out }];
}
