import type { Builder } from '../../training/engine/builder.ts';
import type { DType, Value } from '../../training/engine/ir.ts';
import type { Dim } from '../../training/engine/dim.ts';
import type { OpName } from '../../training/engine/ops/index.ts';
import { createScope } from '../../training/engine/builder.ts';
import { emitScan } from '../../training/engine/scan.ts';
import { innermost } from '../../training/engine/scope-stack.ts';
import type { Rng } from '../../shared/random.ts';

/** One input of a case: its type, and how to draw an element. */
export interface CaseInput {
  readonly dtype: DType;
  readonly shape: readonly Dim[];
  readonly draw: (rng: Rng, position: number) => number;
}

/** One application of an op. The shared tests infer, run, differentiate and lower it. */
export interface OpCase {
  readonly name: string;
  readonly inputs: readonly CaseInput[];
  /** Lengths of the symbols in the shapes. */
  readonly lengths?: Readonly<Record<string, number>>;
  readonly apply: (b: Builder, x: readonly Value[]) => Value | readonly Value[];
}

const normal = (...shape: Dim[]): CaseInput => ({ dtype: 'float32', shape, draw: (rng) => rng.normal() });
/** Between 0.5 and 2: away from the poles of 1/x and ln x. */
const positive = (...shape: Dim[]): CaseInput => ({
  dtype: 'float32',
  shape,
  draw: (rng) => 0.5 + 1.5 * rng.uniform(),
});
/** Normal, but at least 0.1 away from 0, where |x|, relu and sign have no derivative. */
const awayFromZero = (...shape: Dim[]): CaseInput => ({
  dtype: 'float32',
  shape,
  draw: (rng) => {
    const x = rng.normal();
    return x + (x < 0 ? -0.1 : 0.1);
  },
});
/** Elements that differ from each other by at least 0.3, so that a greatest one stays the greatest. */
const distinct = (...shape: Dim[]): CaseInput => ({
  dtype: 'float32',
  shape,
  draw: (rng, position) => ((position * 7) % 11) * 0.5 + 0.1 * rng.uniform(),
});
const integers = (dtype: DType, [low, high]: readonly [number, number], ...shape: Dim[]): CaseInput => ({
  dtype,
  shape,
  draw: (rng) => low + rng.int(high - low),
});
const ids = (n: number, ...shape: Dim[]): CaseInput => integers('int64', [0, n], ...shape);
const bools = (...shape: Dim[]): CaseInput => integers('bool', [0, 2], ...shape);

const B2 = { B: 2 } as const;
const BT = { B: 2, T: 3 } as const;

type Pair = (b: Builder, x: readonly Value[]) => Value;

/** A unary op on a matrix with a symbolic axis. */
function unary(apply: (b: Builder, x: Value) => Value, input = normal): [OpCase] {
  return [{ name: 'a matrix', inputs: [input('B', 3)], lengths: B2, apply: (b, [x]) => apply(b, x!) }];
}

/** A binary op on equal shapes, and with both operands broadcast. */
function binary(apply: Pair, first = normal, second = first): [OpCase, ...OpCase[]] {
  return [
    { name: 'equal shapes', inputs: [first('B', 3), second('B', 3)], lengths: B2, apply },
    { name: 'a row and a column', inputs: [first('B', 1, 3), second(4, 1)], lengths: B2, apply },
    { name: 'a scalar', inputs: [first(), second('B', 2)], lengths: B2, apply },
  ];
}

const integerPair = (apply: Pair, dtype: DType): OpCase => ({
  name: dtype,
  inputs: [integers(dtype, [-9, 10], 'B', 3), integers(dtype, [1, 6], 3)],
  lengths: B2,
  apply,
});

const reduction = (
  apply: (b: Builder, x: Value, [axes, keepdims]: [number[], number]) => Value,
  input = normal,
): [OpCase, ...OpCase[]] => [
  { name: 'the last axis', inputs: [input('B', 'T', 4)], lengths: BT, apply: (b, [x]) => apply(b, x!, [[-1], 0]) },
  { name: 'two axes, kept', inputs: [input('B', 'T', 4)], lengths: BT, apply: (b, [x]) => apply(b, x!, [[0, 2], 1]) },
  { name: 'everything', inputs: [input('B', 3)], lengths: B2, apply: (b, [x]) => apply(b, x!, [[0, 1], 0]) },
];

type Product = readonly [name: string, a: CaseInput, b: CaseInput, transA: number, transB: number];

const products: readonly [Product, ...Product[]] = [
  ['matrices', normal('B', 3), normal(3, 4), 0, 0],
  ['the first transposed', normal(3, 'B'), normal(3, 4), 1, 0],
  ['the second transposed', normal('B', 3), normal(4, 3), 0, 1],
  ['both transposed', normal(3, 'B'), normal(4, 3), 1, 1],
];

function overProducts(make: (product: Product) => OpCase): [OpCase, ...OpCase[]] {
  const [first, ...rest] = products;
  return [make(first), ...rest.map(make)];
}

/** h' = tanh(h W + x) per step, with a captured matrix and a captured row. */
function recurrence(b: Builder, [h, x, w, bias]: readonly Value[], direction: number): readonly Value[] {
  const scope = innermost('op case');
  const inner = createScope(scope);
  const state = inner.addInput({ dtype: 'float32', shape: h!.type.shape });
  const slice = inner.addInput({ dtype: 'float32', shape: x!.type.shape.slice(1) });
  const next = inner.b.Tanh(inner.b.Add(inner.b.Add(inner.b.MatMul(state, w!), slice), bias!));
  const outputs = [
    { name: 'h', value: next },
    { name: 'y', value: inner.b.Mul(next, slice) },
  ];
  const directions = { states: 1, inputDirections: [direction], outputDirections: [direction] };
  return emitScan(scope, inner, { operands: [h!, x!], outputs, ...directions }).map((value) => b.Identity(value));
}

const recurrenceInputs = [normal('B', 3), normal('T', 'B', 3), normal(3, 3), normal(3)];

/** At least one case per op: a new row of the op table does not compile until it is here. */
export const opCases = {
  Add: [...binary((b, [x, y]) => b.Add(x!, y!)), integerPair((b, [x, y]) => b.Add(x!, y!), 'int64')],
  Sub: [...binary((b, [x, y]) => b.Sub(x!, y!)), integerPair((b, [x, y]) => b.Sub(x!, y!), 'int32')],
  Mul: [...binary((b, [x, y]) => b.Mul(x!, y!)), integerPair((b, [x, y]) => b.Mul(x!, y!), 'int64')],
  Div: binary((b, [x, y]) => b.Div(x!, y!), normal, positive),
  Pow: [
    ...binary((b, [x, y]) => b.Pow(x!, y!), positive, normal),
    { name: 'a square of either sign', inputs: [awayFromZero('B', 3)], lengths: B2, apply: (b, [x]) => b.Pow(x!, 2) },
  ],
  Max: [...binary((b, [x, y]) => b.Max(x!, y!)), integerPair((b, [x, y]) => b.Max(x!, y!), 'int64')],
  Min: [...binary((b, [x, y]) => b.Min(x!, y!)), integerPair((b, [x, y]) => b.Min(x!, y!), 'int32')],
  Mod: [integerPair((b, [x, y]) => b.Mod(x!, y!), 'int64'), integerPair((b, [x, y]) => b.Mod(x!, y!), 'int32')],
  Neg: unary((b, x) => b.Neg(x)),
  Abs: unary((b, x) => b.Abs(x), awayFromZero),
  Sign: unary((b, x) => b.Sign(x), awayFromZero),
  Floor: unary((b, x) => b.Floor(x)),
  Exp: unary((b, x) => b.Exp(x)),
  Log: unary((b, x) => b.Log(x), positive),
  Cos: unary((b, x) => b.Cos(x)),
  Sin: unary((b, x) => b.Sin(x)),
  Sqrt: unary((b, x) => b.Sqrt(x), positive),
  Reciprocal: unary((b, x) => b.Reciprocal(x), positive),
  Identity: unary((b, x) => b.Identity(x)),
  Tanh: unary((b, x) => b.Tanh(x)),
  Sigmoid: unary((b, x) => b.Sigmoid(x)),
  Relu: unary((b, x) => b.Relu(x), awayFromZero),
  Softplus: unary((b, x) => b.Softplus(x)),
  Erf: unary((b, x) => b.Erf(x)),
  Gelu: unary((b, x) => b.Gelu(x)),

  Equal: [
    { name: 'ids', inputs: [ids(3, 'B', 4), ids(3, 4)], lengths: B2, apply: (b, [x, y]) => b.Equal(x!, y!) },
    { name: 'bools', inputs: [bools('B', 4), bools('B', 1)], lengths: B2, apply: (b, [x, y]) => b.Equal(x!, y!) },
  ],
  Greater: binary((b, [x, y]) => b.Greater(x!, y!)),
  GreaterOrEqual: [integerPair((b, [x, y]) => b.GreaterOrEqual(x!, y!), 'int64')],
  Less: binary((b, [x, y]) => b.Less(x!, y!)),
  LessOrEqual: [integerPair((b, [x, y]) => b.LessOrEqual(x!, y!), 'int64')],
  And: binary((b, [x, y]) => b.And(x!, y!), bools),
  Or: binary((b, [x, y]) => b.Or(x!, y!), bools),
  Not: unary((b, x) => b.Not(x), bools),
  Where: [
    {
      name: 'three shapes',
      inputs: [bools('B', 1), normal(3), normal('B', 3)],
      lengths: B2,
      apply: (b, [c, x, y]) => b.Where(c!, x!, y!),
    },
    {
      name: 'a number for one choice',
      inputs: [bools('B', 3), normal('B', 3)],
      lengths: B2,
      apply: (b, [c, x]) => b.Where(c!, x!, 7),
    },
  ],
  Cast: [
    { name: 'float to int64', inputs: [normal('B', 3)], lengths: B2, apply: (b, [x]) => b.Cast(x!, { to: 'int64' }) },
    { name: 'bool to float', inputs: [bools('B', 3)], lengths: B2, apply: (b, [x]) => b.Cast(x!, { to: 'float32' }) },
    { name: 'int32 to bool', inputs: [integers('int32', [-1, 2], 8)], apply: (b, [x]) => b.Cast(x!, { to: 'bool' }) },
    { name: 'float to float', inputs: [normal('B', 3)], lengths: B2, apply: (b, [x]) => b.Cast(x!, { to: 'float32' }) },
  ],

  MatMul: [
    {
      name: 'matrices',
      inputs: [normal('B', 3), normal(3, 4)],
      lengths: B2,
      apply: (b, [x, y]) => b.MatMul(x!, y!),
    },
    {
      name: 'batches',
      inputs: [normal('B', 3, 4), normal('B', 4, 2)],
      lengths: B2,
      apply: (b, [x, y]) => b.MatMul(x!, y!),
    },
    {
      name: 'a shared matrix',
      inputs: [normal('B', 'T', 4), normal(4, 2)],
      lengths: BT,
      apply: (b, [x, y]) => b.MatMul(x!, y!),
    },
    {
      name: 'broadcast batches',
      inputs: [normal('B', 1, 3, 4), normal(2, 4, 2)],
      lengths: B2,
      apply: (b, [x, y]) => b.MatMul(x!, y!),
    },
    {
      name: 'a shared first operand',
      inputs: [normal(3, 4), normal('B', 4, 2)],
      lengths: B2,
      apply: (b, [x, y]) => b.MatMul(x!, y!),
    },
  ],
  FusedMatMul: [
    ...overProducts(([name, x, y, transA, transB]) => ({
      name,
      inputs: [x, y],
      lengths: B2,
      apply: (b, [p, q]) => b.FusedMatMul(p!, q!, { alpha: 0.5, transA, transB }),
    })),
    ...overProducts(([name, x, y, transA, transB]) => ({
      name: `batches, ${name}`,
      inputs: [normal('T', ...x.shape), normal('T', ...y.shape)],
      lengths: BT,
      apply: (b, [p, q]) => b.FusedMatMul(p!, q!, { alpha: 1, transA, transB }),
    })),
    {
      name: 'a shared matrix, transposed',
      inputs: [normal('T', 'B', 3), normal(4, 3)],
      lengths: BT,
      apply: (b, [x, y]) => b.FusedMatMul(x!, y!, { alpha: 1, transA: 0, transB: 1 }),
    },
  ],
  Gemm: [
    ...overProducts(([name, x, y, transA, transB]) => ({
      name: `${name}, with a bias row`,
      inputs: [x, y, normal(4)],
      lengths: B2,
      apply: (b, [p, q, r]) => b.Gemm(p!, q!, r, { alpha: 0.5, beta: 2, transA, transB }),
    })),
    {
      name: 'no bias',
      inputs: [normal('B', 3), normal(3, 4)],
      lengths: B2,
      apply: (b, [x, y]) => b.Gemm(x!, y!, undefined, { alpha: 1, beta: 1, transA: 0, transB: 0 }),
    },
  ],

  QuantizeLinear: [
    {
      name: 'unsigned, saturating',
      inputs: [normal('B', 'T', 8)],
      lengths: BT,
      apply: (b, [x]) => b.QuantizeLinear(x!, 0.0125, b.constant('uint8', [], Uint8Array.of(101))),
    },
    {
      name: 'signed, with ties',
      inputs: [integers('int32', [-9, 10], 'B', 8)],
      lengths: B2,
      apply: (b, [x]) => b.QuantizeLinear(b.Cast(x!, { to: 'float32' }), 2, b.constant('int8', [], Int8Array.of(-5))),
    },
  ],
  MatMulIntegerToFloat: [
    {
      name: 'batches, with a bias',
      inputs: [integers('uint8', [0, 256], 'B', 'T', 5), integers('int8', [-127, 128], 5, 3), positive(3), normal(3)],
      lengths: BT,
      apply: (b, [x, w, scale, bias]) =>
        b.MatMulIntegerToFloat(
          x!,
          w!,
          b.scalar(0.01, scale!.type),
          scale!,
          b.constant('uint8', [], Uint8Array.of(7)),
          undefined,
          bias,
        ),
    },
    {
      name: 'matrices, with zero points of columns and no bias',
      inputs: [integers('uint8', [0, 256], 'B', 5), integers('int8', [-127, 128], 5, 2), positive(2)],
      lengths: B2,
      apply: (b, [x, w, scale]) =>
        b.MatMulIntegerToFloat(
          x!,
          w!,
          b.scalar(0.01, scale!.type),
          scale!,
          b.constant('uint8', [], Uint8Array.of(128)),
          b.constant('int8', [2], Int8Array.of(3, -4)),
        ),
    },
  ],

  ReduceSum: reduction((b, x, [axes, keepdims]) => b.ReduceSum(x, axes, { keepdims })),
  ReduceMean: reduction((b, x, [axes, keepdims]) => b.ReduceMean(x, axes, { keepdims })),
  ReduceMax: reduction((b, x, [axes, keepdims]) => b.ReduceMax(x, axes, { keepdims }), distinct),
  ReduceLogSumExp: reduction((b, x, [axes, keepdims]) => b.ReduceLogSumExp(x, axes, { keepdims })),
  ReduceProd: [
    {
      name: 'lengths',
      inputs: [ids(5, 'B', 3)],
      lengths: B2,
      apply: (b, [x]) => b.ReduceProd(x!, [1], { keepdims: 0 }),
    },
  ],
  ArgMax: [
    {
      name: 'the last axis',
      inputs: [distinct('B', 5)],
      lengths: B2,
      apply: (b, [x]) => b.ArgMax(x!, { axis: -1, keepdims: 0 }),
    },
    {
      name: 'the first axis, kept',
      inputs: [distinct('B', 5)],
      lengths: B2,
      apply: (b, [x]) => b.ArgMax(x!, { axis: 0, keepdims: 1 }),
    },
    {
      name: 'the first of equals',
      inputs: [ids(1, 2, 3)],
      apply: (b, [x]) => b.ArgMax(b.Cast(x!, { to: 'float32' }), { axis: 1, keepdims: 0 }),
    },
  ],
  Softmax: [
    {
      name: 'the last axis',
      inputs: [normal('B', 'T', 4)],
      lengths: BT,
      apply: (b, [x]) => b.Softmax(x!, { axis: -1 }),
    },
    { name: 'an inner axis', inputs: [normal('B', 3, 4)], lengths: B2, apply: (b, [x]) => b.Softmax(x!, { axis: 1 }) },
  ],
  LogSoftmax: [
    {
      name: 'the last axis',
      inputs: [normal('B', 'T', 4)],
      lengths: BT,
      apply: (b, [x]) => b.LogSoftmax(x!, { axis: -1 }),
    },
    { name: 'the first axis', inputs: [normal(3, 'B')], lengths: B2, apply: (b, [x]) => b.LogSoftmax(x!, { axis: 0 }) },
  ],
  LayerNormalization: [
    {
      name: 'scale and bias',
      inputs: [normal('B', 'T', 4), normal(4), normal(4)],
      lengths: BT,
      apply: (b, [x, scale, bias]) => b.LayerNormalization(x!, scale!, bias, { axis: -1, epsilon: 1e-5 })[0]!,
    },
    {
      name: 'two axes, no bias',
      inputs: [normal('B', 2, 4), normal(2, 4)],
      lengths: B2,
      apply: (b, [x, scale]) => b.LayerNormalization(x!, scale!, undefined, { axis: 1, epsilon: 0.1 })[0]!,
    },
  ],

  Reshape: [
    {
      name: 'symbolic axes joined',
      inputs: [normal('B', 'T', 4)],
      lengths: BT,
      apply: (b, [x]) => b.reshape(x!, ['B*T', 4]),
    },
    {
      name: 'a copied and an open length',
      inputs: [normal('B', 3, 4)],
      lengths: B2,
      apply: (b, [x]) => b.Reshape(x!, [0, -1]),
    },
    {
      name: 'two symbols at once',
      inputs: [normal('B*T', 4), ids(2, 'B', 'T')],
      lengths: BT,
      apply: (b, [x]) => b.reshape(x!, ['T', 'B', 4]),
    },
    { name: 'to a scalar', inputs: [normal(1, 1)], apply: (b, [x]) => b.reshape(x!, []) },
  ],
  Unsqueeze: [{ name: 'two axes', inputs: [normal('B', 3)], lengths: B2, apply: (b, [x]) => b.Unsqueeze(x!, [0, -1]) }],
  Squeeze: [
    { name: 'two axes', inputs: [normal(1, 'B', 1, 3)], lengths: B2, apply: (b, [x]) => b.Squeeze(x!, [0, -2]) },
  ],
  Transpose: [
    {
      name: 'three axes',
      inputs: [normal('B', 'T', 4)],
      lengths: BT,
      apply: (b, [x]) => b.Transpose(x!, { perm: [2, 0, 1] }),
    },
  ],
  Expand: [
    {
      name: 'new and repeated axes',
      inputs: [normal('B', 1)],
      lengths: B2,
      apply: (b, [x]) => b.Expand(x!, b.dims([3, 'B', 4])),
    },
    {
      name: 'a scalar',
      inputs: [normal(), normal('B', 2)],
      lengths: B2,
      apply: (b, [x, y]) => b.Expand(x!, b.dims(y!.type.shape)),
    },
  ],
  Shape: [
    {
      name: 'some axes',
      inputs: [normal('B', 3, 'T')],
      lengths: BT,
      apply: (b, [x]) => b.Shape(x!, { start: 0, end: 2 }),
    },
  ],
  Pad: [
    { name: 'both sides', inputs: [normal('B', 3)], lengths: B2, apply: (b, [x]) => b.Pad(x!, [1, 0, 0, 2], 5) },
    {
      name: 'a given fill',
      inputs: [normal('B', 3), normal()],
      lengths: B2,
      apply: (b, [x, fill]) => b.Pad(x!, [0, 1, 2, 0], fill!),
    },
    {
      name: 'by a symbolic length',
      inputs: [normal('B', 3)],
      lengths: B2,
      apply: (b, [x]) => b.Pad(x!, b.dims([0, 0, 'B', 1]), 0),
    },
  ],
  Concat: [
    {
      name: 'an inner axis',
      inputs: [normal('B', 2), normal('B', 3)],
      lengths: B2,
      apply: (b, [x, y]) => b.Concat(x!, y!, x!, { axis: -1 }),
    },
    {
      name: 'symbolic lengths',
      inputs: [normal('B', 2), normal('T', 2)],
      lengths: BT,
      apply: (b, [x, y]) => b.Concat(x!, y!, { axis: 0 }),
    },
    { name: 'one part', inputs: [normal('B', 2)], lengths: B2, apply: (b, [x]) => b.Concat(x!, { axis: 0 }) },
  ],
  Split: [
    {
      name: 'three pieces',
      inputs: [normal('B', 6)],
      lengths: B2,
      apply: (b, [x]) => b.Split(x!, [1, 3, 2], { axis: 1 }),
    },
    {
      name: 'one piece unused',
      inputs: [normal('B', 6)],
      lengths: B2,
      apply: (b, [x]) => b.Split(x!, [4, 2], { axis: -1 })[1]!,
    },
  ],
  Slice: [
    {
      name: 'the tail of a symbolic axis',
      inputs: [normal('T', 4)],
      lengths: BT,
      apply: (b, [x]) => b.Slice(x!, [1], [2 ** 31 - 1], [0], [1]),
    },
    {
      name: 'all but the last',
      inputs: [normal('B', 'T', 4)],
      lengths: BT,
      apply: (b, [x]) => b.Slice(x!, [0, 1], [-1, 3], [1, 2], [1, 1]),
    },
    {
      name: 'reversed',
      inputs: [normal('B', 'T')],
      lengths: BT,
      apply: (b, [x]) => b.Slice(x!, [2 ** 31 - 1], [1 - 2 ** 31], [1], [-1]),
    },
    { name: 'every second', inputs: [normal('B', 7)], lengths: B2, apply: (b, [x]) => b.Slice(x!, [1], [6], [1], [2]) },
    {
      name: 'backwards in steps of two',
      inputs: [normal(7, 3)],
      apply: (b, [x]) => b.Slice(x!, [5, 0], [0, 2], [0, 1], [-2, 1]),
    },
  ],

  Gather: [
    {
      name: 'rows from the end',
      inputs: [normal(5, 3), integers('int64', [-5, 0], 'B', 4)],
      lengths: B2,
      apply: (b, [x, i]) => b.Gather(x!, i!, { axis: 0 }),
    },
    {
      name: 'rows, some twice',
      inputs: [normal(5, 3), ids(5, 'B', 4)],
      lengths: B2,
      apply: (b, [x, i]) => b.Gather(x!, i!, { axis: 0 }),
    },
    {
      name: 'columns',
      inputs: [normal('B', 4, 2), ids(4, 3)],
      lengths: B2,
      apply: (b, [x, i]) => b.Gather(x!, i!, { axis: 1 }),
    },
    {
      name: 'one place from the end',
      inputs: [normal('B', 3)],
      lengths: B2,
      apply: (b, [x]) => b.Gather(x!, b.int64(-1), { axis: 1 }),
    },
    {
      name: 'int32 ids',
      inputs: [normal(5, 3), integers('int32', [0, 5], 6)],
      apply: (b, [x, i]) => b.Gather(x!, i!, { axis: 0 }),
    },
  ],
  GatherElements: [
    {
      name: 'one a row',
      inputs: [normal('B', 'T', 4), ids(4, 'B', 'T', 1)],
      lengths: BT,
      apply: (b, [x, i]) => b.GatherElements(x!, i!, { axis: -1 }),
    },
    {
      name: 'the first axis',
      inputs: [normal(3, 4), ids(3, 5, 4)],
      apply: (b, [x, i]) => b.GatherElements(x!, i!, { axis: 0 }),
    },
  ],
  ScatterElements: [
    {
      name: 'adding, with repeated indices',
      inputs: [normal(4, 3), ids(4, 6, 3), normal(6, 3)],
      apply: (b, [x, i, u]) => b.ScatterElements(x!, i!, u!, { axis: 0, reduction: 'add' }),
    },
    {
      name: 'overwriting',
      inputs: [normal('B', 4), { dtype: 'int64', shape: ['B', 2], draw: (_, at) => (at % 2) * 2 }, normal('B', 2)],
      lengths: B2,
      apply: (b, [x, i, u]) => b.ScatterElements(x!, i!, u!, { axis: 1, reduction: 'none' }),
    },
  ],
  Range: [
    { name: 'numbers', inputs: [], apply: (b) => b.Range(b.int64(2), b.int64(6), b.int64(1)) },
    {
      name: 'to a symbolic length',
      inputs: [normal('B', 2)],
      lengths: B2,
      apply: (b) => b.Range(b.int64(0), b.reshape(b.dims(['B']), []), b.int64(1)),
    },
  ],
  CumSum: [
    {
      name: 'from the start',
      inputs: [normal('B', 4)],
      lengths: B2,
      apply: (b, [x]) => b.CumSum(x!, b.int64(1), { exclusive: 0, reverse: 0 }),
    },
    {
      name: 'exclusive, from the end',
      inputs: [normal(4, 'B')],
      lengths: B2,
      apply: (b, [x]) => b.CumSum(x!, b.int64(0), { exclusive: 1, reverse: 1 }),
    },
  ],
  Scan: [
    {
      name: 'a recurrence with captured weights',
      inputs: recurrenceInputs,
      lengths: BT,
      apply: (b, x) => recurrence(b, x, 0),
    },
    { name: 'the same backwards', inputs: recurrenceInputs, lengths: BT, apply: (b, x) => recurrence(b, x, 1) },
  ],
} satisfies Record<OpName, readonly [OpCase, ...OpCase[]]>;
