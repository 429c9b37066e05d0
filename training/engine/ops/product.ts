import { broadcastShapes, formatShape, type Shape } from '../dim.ts';
import { isFloat, type TensorType } from '../ir.ts';
import { broadcastStrides, countOf, forEachIndex, type NdArray } from '../nd-array.ts';
import type { InferContext } from '../op-def.ts';

export interface Transposition {
  /** 1 takes the transpose (of the last two axes) of the operand. */
  readonly transA: number;
  readonly transB: number;
}

/** Neither operand is transposed. */
export const PLAIN: Transposition = { transA: 0, transB: 0 };

function swapLast(shape: Shape): Shape {
  return [...shape.slice(0, -2), shape.at(-1)!, shape.at(-2)!];
}

/** The type of a product of floats. */
export function inferProduct(c: InferContext, trans: Transposition): TensorType {
  const [a, b] = [c.x[0]!, c.x[1]!];
  if (!isFloat(a) || !isFloat(b)) {
    c.dtypeError(`operands are not numbers, got ${a.dtype} and ${b.dtype}; expected float32`);
  }
  if (a.dtype !== b.dtype) {
    c.dtypeError(`operands have different types, got ${a.dtype} and ${b.dtype}; expected the same. Cast one of them?`);
  }
  return { dtype: a.dtype, shape: productShape(c, [a.shape, b.shape], trans) };
}

/** The shape of op(A) op(B) over the last two axes, leading axes broadcast. */
export function productShape(c: InferContext, [a, b]: readonly [a: Shape, b: Shape], trans: Transposition): Shape {
  const got = `got ${formatShape(a)} x ${formatShape(b)}`;
  if (a.length < 2 || b.length < 2) {
    c.shapeError(`operands need two axes or more, ${got}; expected [M, K] x [K, N]. Unsqueeze the vector?`);
  }
  const p = trans.transA === 1 ? swapLast(a) : a;
  const q = trans.transB === 1 ? swapLast(b) : b;
  const [inner, other] = [p.at(-1)!, q.at(-2)!];
  if (inner !== other) {
    const hint = inner === q.at(-1)! ? ' Transpose the second operand?' : '';
    const [m, n] = [p.at(-2)!, q.at(-1)!];
    const expected =
      trans === PLAIN && a.length === 2 && b.length === 2
        ? `[${m}, K] x [K, ${hint === '' ? n : other}]`
        : `equal lengths, got ${inner} and ${other}`;
    c.shapeError(`inner sizes differ, ${got}; expected ${expected}.${hint}`);
  }
  const batch = broadcastShapes(p.slice(0, -2), q.slice(0, -2));
  if (!batch) c.shapeError(`leading axes do not broadcast, ${got}; expected equal lengths or 1`);
  return [...batch, p.at(-2)!, q.at(-1)!];
}

/** op(A) op(B) in float64, of the type of A. */
export function evaluateProduct([a, b]: readonly [NdArray, NdArray], trans: Transposition): NdArray {
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
