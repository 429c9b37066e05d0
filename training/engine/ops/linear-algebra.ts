import type { Builder } from '../builder.ts';
import { broadcastShapes, formatShape, sizeOf, type Shape } from '../dim.ts';
import { isFloat, type TensorType, type Value } from '../ir.ts';
import { broadcastStrides, countOf, forEachIndex, type NdArray } from '../nd-array.ts';
import type { EvaluateContext, InferContext, OpDef } from '../op-def.ts';
import type { NoAttributes } from './elementwise.ts';

interface Transposition {
  /** 1 takes the transpose (of the last two axes) of the operand. */
  readonly transA: number;
  readonly transB: number;
}

const PLAIN: Transposition = { transA: 0, transB: 0 };

function swapLast(shape: Shape): Shape {
  return [...shape.slice(0, -2), shape.at(-1)!, shape.at(-2)!];
}

function inferProduct(c: InferContext, trans: Transposition): TensorType {
  const [a, b] = [c.x[0]!, c.x[1]!];
  if (!isFloat(a) || !isFloat(b)) {
    c.dtypeError(`operands are not numbers, got ${a.dtype} and ${b.dtype}; expected float32`);
  }
  if (a.dtype !== b.dtype) {
    c.dtypeError(`operands have different types, got ${a.dtype} and ${b.dtype}; expected the same. Cast one of them?`);
  }
  const got = `got ${formatShape(a.shape)} x ${formatShape(b.shape)}`;
  if (a.shape.length < 2 || b.shape.length < 2) {
    c.shapeError(`operands need two axes or more, ${got}; expected [M, K] x [K, N]. Unsqueeze the vector?`);
  }
  const p = trans.transA === 1 ? swapLast(a.shape) : a.shape;
  const q = trans.transB === 1 ? swapLast(b.shape) : b.shape;
  const [inner, other] = [p.at(-1)!, q.at(-2)!];
  if (inner !== other) {
    const hint = inner === q.at(-1)! ? ' Transpose the second operand?' : '';
    const [m, n] = [p.at(-2)!, q.at(-1)!];
    const expected =
      trans === PLAIN && a.shape.length === 2 && b.shape.length === 2
        ? `[${m}, K] x [K, ${hint === '' ? n : other}]`
        : `equal lengths, got ${inner} and ${other}`;
    c.shapeError(`inner sizes differ, ${got}; expected ${expected}.${hint}`);
  }
  const batch = broadcastShapes(p.slice(0, -2), q.slice(0, -2));
  if (!batch) c.shapeError(`leading axes do not broadcast, ${got}; expected equal lengths or 1`);
  return { dtype: a.dtype, shape: [...batch, p.at(-2)!, q.at(-1)!] };
}

function evaluateProduct(c: EvaluateContext, trans: Transposition): NdArray {
  const [a, b] = [c.x[0]!, c.x[1]!];
  const view = (x: NdArray, flip: number) => {
    const strides = broadcastStrides(x.shape, x.shape);
    const order = x.shape.map((_, i) => i);
    if (flip === 1) order.push(...order.splice(-2).reverse());
    return { shape: order.map((i) => x.shape[i]!), strides: order.map((i) => strides[i]!) };
  };
  const [p, q] = [view(a, trans.transA), view(b, trans.transB)];
  const batch = broadcastShapes(p.shape.slice(0, -2), q.shape.slice(0, -2)) as readonly number[];
  const [m, k, n] = [p.shape.at(-2)!, p.shape.at(-1)!, q.shape.at(-1)!];
  const spread = ({ shape, strides }: ReturnType<typeof view>): number[] =>
    batch.map((length, i) => {
      const at = i - batch.length + shape.length - 2;
      return at < 0 || (shape[at] === 1 && length !== 1) ? 0 : strides[at]!;
    });
  const data = new Float64Array(countOf(batch) * m * n);
  forEachIndex(batch, [spread(p), spread(q)], (at, [atA, atB]) => {
    for (let row = 0; row < m; row++) {
      for (let column = 0; column < n; column++) {
        let sum = 0;
        for (let i = 0; i < k; i++) {
          const left = a.data[atA! + row * p.strides.at(-2)! + i * p.strides.at(-1)!]!;
          sum += left * b.data[atB! + i * q.strides.at(-2)! + column * q.strides.at(-1)!]!;
        }
        data[(at * m + row) * n + column] = sum;
      }
    }
  });
  return { dtype: a.dtype, shape: [...batch, m, n], data };
}

type Operand = readonly [x: Value, trans: number];

/**
 * alpha op(A) op(B) with whichever kernel reads transposed operands in place: Gemm for matrices, FusedMatMul for batches.
 */
function product(b: Builder, [x, transA]: Operand, [y, transB]: Operand, alpha: number): Value {
  if (alpha === 1 && transA === 0 && transB === 0) return b.MatMul(x, y);
  if (x.type.shape.length === 2 && y.type.shape.length === 2) {
    return b.Gemm(x, y, undefined, { alpha, beta: 1, transA, transB });
  }
  return b.FusedMatMul(x, y, { alpha, transA, transB });
}

interface ProductGradient extends Transposition {
  /** What the product is multiplied by: the kernels do it in passing, and before they round. */
  readonly alpha: number;
  readonly b: Builder;
  readonly x: readonly Value[];
  readonly dy: Value;
  readonly wants: (i: number) => boolean;
}

/** Gradients of alpha op(A) op(B); the result may have the leading axes of the product. */
function productVjp({ b, x, dy, wants, alpha, transA, transB }: ProductGradient): (Value | null)[] {
  const [p, q] = [x[0]!, x[1]!];
  const flatten = q.type.shape.length === 2 && p.type.shape.length > 2 && transA === 0;
  const of = (left: Operand, right: Operand): Value => product(b, left, right, alpha);
  const da = (): Value => (transA === 0 ? of([dy, 0], [q, 1 - transB]) : of([q, transB], [dy, 1]));
  const db = (): Value => {
    // A shared matrix: one product over all rows instead of one a batch entry and a sum.
    const [left, right] = flatten ? [rows(b, p), rows(b, dy)] : [p, dy];
    return transB === 0 ? of([left, 1 - transA], [right, 0]) : of([right, 1], [left, transA]);
  };
  return [wants(0) ? da() : null, wants(1) ? db() : null];
}

/** [..., N] as [rows, N]. */
function rows(b: Builder, x: Value): Value {
  const { shape } = x.type;
  return b.reshape(x, [sizeOf(shape.slice(0, -1)), shape.at(-1)!]);
}

/** y = A B over the last two axes; leading axes broadcast. */
export const MatMul: OpDef<['a', 'b'], NoAttributes, 'one'> = {
  inputs: ['a', 'b'],
  outputs: 1,
  returns: 'one',
  attributes: {},
  sinceOpset: 13,
  infer: (c) => [inferProduct(c, PLAIN)],
  vjp: (c) => productVjp({ b: c.b, x: c.x, dy: c.dy, wants: c.wants, alpha: 1, ...PLAIN }),
  evaluate: (c) => [evaluateProduct(c, PLAIN)],
};

/**
 * y = alpha op(A) op(B) over the last two axes, where op may transpose. A row of its own because the composition copies
 * the transposed operand; onnxruntime fuses Transpose and MatMul into this very kernel where its pattern matches.
 */
export const FusedMatMul: OpDef<
  ['a', 'b'],
  { readonly alpha: number; readonly transA: number; readonly transB: number },
  'one'
> = {
  inputs: ['a', 'b'],
  outputs: 1,
  returns: 'one',
  domain: 'com.microsoft',
  attributes: { alpha: 'float', transA: 'int', transB: 'int' },
  sinceOpset: 1,
  infer: (c) => [inferProduct(c, c.attributes)],
  vjp: ({ b, x, dy, attributes, wants }) => productVjp({ b, x, dy, wants, ...attributes }),
  evaluate: (c) => {
    const y = evaluateProduct(c, c.attributes);
    return [{ ...y, data: y.data.map((value) => value * c.attributes.alpha) }];
  },
};

/** y = alpha op(A) op(B) + beta C for matrices; C broadcasts to the product. */
export const Gemm: OpDef<
  ['a', 'b', 'c?'],
  { readonly alpha: number; readonly beta: number; readonly transA: number; readonly transB: number },
  'one'
> = {
  inputs: ['a', 'b', 'c?'],
  outputs: 1,
  returns: 'one',
  attributes: { alpha: 'float', beta: 'float', transA: 'int', transB: 'int' },
  sinceOpset: 13,
  infer: (c) => {
    const type = inferProduct(c, c.attributes);
    const bias = c.optional[2];
    if (bias && bias.dtype !== type.dtype) c.dtypeError(`the bias is ${bias.dtype}; expected ${type.dtype}`);
    if (type.shape.length !== 2) c.shapeError(`takes matrices only, got ${formatShape(c.x[0]!.shape)}. Use matMul`);
    const sum = bias ? broadcastShapes(type.shape, bias.shape) : type.shape;
    if (!sum?.every((dim, i) => dim === type.shape[i])) {
      c.shapeError(
        `the bias does not fit, got ${formatShape(bias!.shape)}; expected ${formatShape(type.shape)} or less`,
      );
    }
    return [type];
  },
  vjp: ({ b, x, dy, optional, attributes, wants }) => {
    const { alpha, beta, transA, transB } = attributes;
    const grads = productVjp({ b, x, dy, wants, alpha, transA, transB });
    return optional[2] ? [...grads, beta === 1 ? dy : b.Mul(dy, beta)] : grads;
  },
  evaluate: (c) => {
    const { alpha, beta } = c.attributes;
    const y = evaluateProduct(c, c.attributes);
    const bias = c.optional[2];
    const data = y.data.map((value) => value * alpha);
    if (bias) {
      forEachIndex(y.shape, [broadcastStrides(bias.shape, y.shape)], (i, [at]) => {
        data[i]! += beta * bias.data[at!]!;
      });
    }
    return [{ ...y, data }];
  },
};
