import type { Builder } from '../builder.ts';
import { broadcastShapes, formatShape, sizeOf } from '../dim.ts';
import type { Value } from '../ir.ts';
import { broadcastStrides, forEachIndex, type NdArray } from '../nd-array.ts';
import type { EvaluateContext, OpDef } from '../op-def.ts';
import type { NoAttributes } from './elementwise.ts';
import { evaluateProduct, inferProduct, PLAIN, type Transposition } from './product.ts';

function pair({ x }: EvaluateContext): readonly [NdArray, NdArray] {
  return [x[0]!, x[1]!];
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
  evaluate: (c) => [evaluateProduct(pair(c), PLAIN)],
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
    const y = evaluateProduct(pair(c), c.attributes);
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
    const y = evaluateProduct(pair(c), c.attributes);
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
