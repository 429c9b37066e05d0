import { addDims, broadcastShapes, formatShape, mulDims, subDims, type Dim, type Shape } from '../dim.ts';
import { isFloat, type TensorType, type Value } from '../ir.ts';
import { broadcastStrides, countOf, forEachIndex, type NdArray } from '../nd-array.ts';
import type { EvaluateContext, InferContext, OpDef, VjpContext } from '../op-def.ts';

export type NoAttributes = { readonly [K in never]: never };
export type Unary = OpDef<['x'], NoAttributes, 'one'>;
export type Binary = OpDef<['a', 'b'], NoAttributes, 'one'>;

type Rule = (c: VjpContext) => readonly (Value | null)[];

/** A function of each element of a float tensor. */
export function unary(f: (x: number) => number, rule: Rule, sinceOpset = 13): Unary {
  return {
    inputs: ['x'],
    outputs: 1,
    returns: 'one',
    attributes: {},
    sinceOpset,
    infer: sameFloat,
    vjp: rule,
    evaluate: (c) => [mapElements(c, f)],
  };
}

interface BinaryOptions {
  readonly integers: boolean;
  /** The same function of two axis lengths, where lengths stay known through it. */
  readonly lengths?: (a: Dim, b: Dim) => Dim;
}

/** A function of each pair of elements, with broadcasting. */
function binary(f: (a: number, b: number) => number, rule: Rule, options: BinaryOptions): Binary {
  return {
    inputs: ['a', 'b'],
    outputs: 1,
    returns: 'one',
    attributes: {},
    sinceOpset: 14,
    infer: (c) => {
      const type = sameDtypeBroadcast(c);
      const allowed = isFloat(type) || (options.integers && (type.dtype === 'int32' || type.dtype === 'int64'));
      if (!allowed)
        c.dtypeError(`does not take ${type.dtype}; expected float32${options.integers ? ', int32, int64' : ''}`);
      const value = options.lengths && zipKnown(c.x[0]!, c.x[1]!, options.lengths);
      return [value ? { ...type, value } : type];
    },
    vjp: rule,
    evaluate: (c) => [zipElements(c, f)],
  };
}

/** Combines the known elements of two int64 scalars or vectors. */
function zipKnown(a: TensorType, b: TensorType, f: (a: Dim, b: Dim) => Dim): readonly Dim[] | undefined {
  if (a.value === undefined || b.value === undefined) return undefined;
  const [p, q] = [a.value, b.value];
  const length = Math.max(p.length, q.length);
  return Array.from({ length }, (_, i) => f(p[p.length === 1 ? 0 : i]!, q[q.length === 1 ? 0 : i]!));
}

/** Infers a float32 output of the shape of the first input. */
export function sameFloat(c: InferContext): readonly [TensorType] {
  const { dtype, shape } = c.x[0]!;
  if (!isFloat(c.x[0]!)) c.dtypeError(`does not take ${dtype}; expected float32. Cast it first?`);
  return [{ dtype, shape }];
}

export function sameDtypeBroadcast(c: InferContext): TensorType {
  const [a, b] = [c.x[0]!, c.x[1]!];
  if (a.dtype !== b.dtype) {
    c.dtypeError(`operands have different types, got ${a.dtype} and ${b.dtype}; expected the same. Cast one of them?`);
  }
  return { dtype: a.dtype, shape: broadcastTypes(c, a, b) };
}

export function broadcastTypes(c: InferContext, a: TensorType, b: TensorType): Shape {
  return (
    broadcastShapes(a.shape, b.shape) ??
    c.shapeError(
      `shapes do not broadcast, got ${formatShape(a.shape)} and ${formatShape(b.shape)}; ` +
        'expected equal lengths, or 1, on every axis counted from the last. Reshape one of them?',
    )
  );
}

export function mapElements(c: EvaluateContext, f: (x: number) => number): NdArray {
  const { data, shape } = c.x[0]!;
  return { dtype: c.types[0]!.dtype, shape, data: data.map(f) };
}

export function zipElements(c: EvaluateContext, f: (a: number, b: number) => number): NdArray {
  const [a, b] = [c.x[0]!, c.x[1]!];
  // Lengths are numbers here, so the broadcast exists unless a symbol had two lengths.
  const shape = broadcastShapes(a.shape, b.shape) as readonly number[];
  const data = new Float64Array(countOf(shape));
  forEachIndex(shape, [broadcastStrides(a.shape, shape), broadcastStrides(b.shape, shape)], (i, [p, q]) => {
    data[i] = f(a.data[p!]!, b.data[q!]!);
  });
  return { dtype: c.types[0]!.dtype, shape, data };
}

/** y = a + b. Two int64 vectors of lengths add up as lengths. */
export const Add: Binary = binary(
  (a, b) => a + b,
  ({ dy }) => [dy, dy],
  { integers: true, lengths: addDims },
);

/** y = a - b. */
export const Sub: Binary = binary(
  (a, b) => a - b,
  ({ b, dy, wants }) => [dy, wants(1) ? b.Neg(dy) : null],
  {
    integers: true,
    lengths: subDims,
  },
);

/** y = a * b. */
export const Mul: Binary = binary(
  (a, b) => a * b,
  ({ b, dy, x, wants }) => [wants(0) ? b.Mul(dy, x[1]!) : null, wants(1) ? b.Mul(dy, x[0]!) : null],
  { integers: true, lengths: mulDims },
);

/** y = a / b; integers are not taken, because ONNX truncates where JavaScript does not. */
export const Div: Binary = binary(
  (a, b) => a / b,
  // d(a/b) = da / b - (y / b) db
  ({ b, dy, x, y, wants }) => {
    const da = b.Div(dy, x[1]!);
    return [da, wants(1) ? b.Neg(b.Mul(da, y)) : null];
  },
  { integers: false },
);

/** y = a ^ b. d/db is taken as 0 where a = 0 (its limit for b > 0), so the gradient is finite for a >= 0. */
export const Pow: Binary = binary(
  (a, b) => Math.pow(a, b),
  // d(a^b) = b a^(b-1) da + a^b ln(a) db
  ({ b, dy, x, y, wants }) => {
    const [base, exponent] = [x[0]!, x[1]!];
    const da = wants(0) ? b.Mul(dy, b.Mul(exponent, b.Pow(base, b.Sub(exponent, 1)))) : null;
    if (!wants(1)) return [da, null];
    const log = b.Log(b.Where(b.Equal(base, 0), 1, base));
    return [da, b.Mul(dy, b.Mul(y, log))];
  },
  { integers: false },
);

/** The part of dy that goes to `a` where a wins, half of it where a ties with b. */
function shareOfWinner(c: VjpContext, aWins: (a: Value, b: Value) => Value): readonly (Value | null)[] {
  const { b, dy, x } = c;
  const [p, q] = [x[0]!, x[1]!];
  const share = b.Where(b.Equal(p, q), 0.5, b.Cast(aWins(p, q), { to: 'float32' }));
  const da = b.Mul(dy, share);
  return [da, b.Sub(dy, da)];
}

/** y = max(a, b); the gradient is halved between equal operands. */
export const Max: Binary = binary(
  (a, b) => Math.max(a, b),
  (c) => shareOfWinner(c, (p, q) => c.b.Greater(p, q)),
  {
    integers: true,
  },
);

/** y = min(a, b); the gradient is halved between equal operands. */
export const Min: Binary = binary(
  (a, b) => Math.min(a, b),
  (c) => shareOfWinner(c, (p, q) => c.b.Less(p, q)),
  {
    integers: true,
  },
);

/** y = -x, for integers too. */
export const Neg: Unary = {
  ...unary(
    (x) => -x,
    ({ b, dy }) => [b.Neg(dy)],
  ),
  infer: (c) => {
    const { dtype, shape } = c.x[0]!;
    if (dtype === 'bool') c.dtypeError('does not take bool; expected numbers. Did you mean not?');
    return [{ dtype, shape }];
  },
};

/** y = |x|; d|x| = sign(x) dx, 0 at 0. */
export const Abs: Unary = unary(Math.abs, ({ b, dy, x }) => [b.Mul(dy, b.Sign(x[0]!))]);

/** y = sign(x), 0 at 0. Its derivative is 0 wherever it has one. */
export const Sign: Unary = unary(Math.sign, () => [null]);

/** y = floor(x). Its derivative is 0 wherever it has one. */
export const Floor: Unary = unary(Math.floor, () => [null]);

/** y = exp(x). */
export const Exp: Unary = unary(Math.exp, ({ b, dy, y }) => [b.Mul(dy, y)]);

/** y = ln(x). */
export const Log: Unary = unary(Math.log, ({ b, dy, x }) => [b.Div(dy, x[0]!)]);

/** y = cos(x). */
export const Cos: Unary = unary(Math.cos, ({ b, dy, x }) => [b.Neg(b.Mul(dy, b.Sin(x[0]!)))], 7);

/** y = sin(x). */
export const Sin: Unary = unary(Math.sin, ({ b, dy, x }) => [b.Mul(dy, b.Cos(x[0]!))], 7);

/** y = sqrt(x); dy/dx = 1 / (2 y), infinite at 0. */
export const Sqrt: Unary = unary(Math.sqrt, ({ b, dy, y }) => [b.Div(b.Mul(dy, 0.5), y)]);

/** y = 1 / x. */
export const Reciprocal: Unary = unary(
  (x) => 1 / x,
  ({ b, dy, y }) => [b.Neg(b.Mul(dy, b.Mul(y, y)))],
);

/** y = x, for any dtype. */
export const Identity: Unary = {
  ...unary(
    (x) => x,
    ({ dy }) => [dy],
  ),
  infer: (c) => [c.x[0]!],
};
