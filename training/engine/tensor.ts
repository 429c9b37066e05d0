import { apply, type TensorLike } from './apply.ts';
import type { DType } from './ir.ts';
import type { Tensor } from './trace.ts';

// What model code calls: arithmetic, comparison, reduction. Shapes broadcast as in numpy; a number is a scalar.

export const add = (a: TensorLike, b: TensorLike): Tensor => apply('Add', [a, b]);
export const sub = (a: TensorLike, b: TensorLike): Tensor => apply('Sub', [a, b]);
export const mul = (a: TensorLike, b: TensorLike): Tensor => apply('Mul', [a, b]);
export const div = (a: TensorLike, b: TensorLike): Tensor => apply('Div', [a, b]);
/** a to the power b. */
export const pow = (a: TensorLike, b: TensorLike): Tensor => apply('Pow', [a, b]);
/** The greater of two; see `reduceMax` for the greatest along an axis. */
export const maximum = (a: TensorLike, b: TensorLike): Tensor => apply('Max', [a, b]);
export const minimum = (a: TensorLike, b: TensorLike): Tensor => apply('Min', [a, b]);
/** Integer remainder with the sign of b. */
export const mod = (a: TensorLike, b: TensorLike): Tensor => apply('Mod', [a, b]);

export const neg = (x: Tensor): Tensor => apply('Neg', [x]);
export const abs = (x: Tensor): Tensor => apply('Abs', [x]);
export const sign = (x: Tensor): Tensor => apply('Sign', [x]);
export const floor = (x: Tensor): Tensor => apply('Floor', [x]);
export const exp = (x: Tensor): Tensor => apply('Exp', [x]);
export const log = (x: Tensor): Tensor => apply('Log', [x]);
export const cos = (x: Tensor): Tensor => apply('Cos', [x]);
export const sqrt = (x: Tensor): Tensor => apply('Sqrt', [x]);
export const reciprocal = (x: Tensor): Tensor => apply('Reciprocal', [x]);
export const tanh = (x: Tensor): Tensor => apply('Tanh', [x]);
export const sigmoid = (x: Tensor): Tensor => apply('Sigmoid', [x]);
export const relu = (x: Tensor): Tensor => apply('Relu', [x]);
export const softplus = (x: Tensor): Tensor => apply('Softplus', [x]);
export const erf = (x: Tensor): Tensor => apply('Erf', [x]);
export const gelu = (x: Tensor): Tensor => apply('Gelu', [x]);
export const identity = (x: Tensor): Tensor => apply('Identity', [x]);

export const equal = (a: TensorLike, b: TensorLike): Tensor => apply('Equal', [a, b]);
export const greater = (a: TensorLike, b: TensorLike): Tensor => apply('Greater', [a, b]);
export const greaterOrEqual = (a: TensorLike, b: TensorLike): Tensor => apply('GreaterOrEqual', [a, b]);
export const less = (a: TensorLike, b: TensorLike): Tensor => apply('Less', [a, b]);
export const lessOrEqual = (a: TensorLike, b: TensorLike): Tensor => apply('LessOrEqual', [a, b]);
export const and = (a: Tensor, b: Tensor): Tensor => apply('And', [a, b]);
export const or = (a: Tensor, b: Tensor): Tensor => apply('Or', [a, b]);
export const not = (x: Tensor): Tensor => apply('Not', [x]);
/** `a` where the bool condition holds, otherwise `b`. */
export const where = (condition: Tensor, a: TensorLike, b: TensorLike): Tensor => apply('Where', [condition, a, b]);
/** x as another element type; float to integer truncates. */
export const cast = (x: Tensor, to: DType): Tensor => (x.dtype === to ? x : apply('Cast', [x], { to }));

/**
 * The matrix product over the last two axes; leading axes broadcast.
 *
 * Shapes:
 * - a: [..., M, K], b: [..., K, N]
 * - output: [..., M, N]
 *
 * @throws E_SHAPE_MISMATCH the inner sizes differ, or an operand has fewer than two axes
 */
export const matMul = (a: Tensor, b: Tensor): Tensor => apply('MatMul', [a, b]);

/** op(a) op(b), transposing without a copy: for matrices, or batches of them. */
export function matMulTransposed(
  a: Tensor,
  b: Tensor,
  {
    transA = false,
    transB = false,
    alpha = 1,
  }: { readonly transA?: boolean; readonly transB?: boolean; readonly alpha?: number },
): Tensor {
  return apply('FusedMatMul', [a, b], { alpha, transA: Number(transA), transB: Number(transB) });
}

/** op(a) op(b) + bias for matrices, in one kernel that reads transposed operands in place. */
export function gemm(
  a: Tensor,
  b: Tensor,
  bias?: Tensor,
  { transA = false, transB = false }: { readonly transA?: boolean; readonly transB?: boolean } = {},
): Tensor {
  const attributes = { alpha: 1, beta: 1, transA: Number(transA), transB: Number(transB) };
  return apply('Gemm', bias ? [a, b, bias] : [a, b], attributes);
}

export interface ReduceOptions {
  /** Axes to reduce, negative from the end. Default: all. */
  readonly axes?: readonly number[];
  /** Keeps reduced axes with length 1. Default false. */
  readonly keepDims?: boolean;
}

type ReductionName = 'ReduceSum' | 'ReduceMean' | 'ReduceMax' | 'ReduceLogSumExp';

function reduce(op: ReductionName, x: Tensor, { axes, keepDims = false }: ReduceOptions): Tensor {
  return apply(op, [x, axes ?? x.shape.map((_, axis) => axis)], { keepdims: Number(keepDims) });
}

export const reduceSum = (x: Tensor, options: ReduceOptions = {}): Tensor => reduce('ReduceSum', x, options);
export const reduceMean = (x: Tensor, options: ReduceOptions = {}): Tensor => reduce('ReduceMean', x, options);
/** The greatest element; equal greatest elements share the gradient. */
export const reduceMax = (x: Tensor, options: ReduceOptions = {}): Tensor => reduce('ReduceMax', x, options);
/** ln(sum of exp(x)), safe for large x. Mask with a large finite negative number, not with -Infinity. */
export const reduceLogSumExp = (x: Tensor, options: ReduceOptions = {}): Tensor =>
  reduce('ReduceLogSumExp', x, options);
/** The place of the greatest element along an axis, int64. */
export const argMax = (x: Tensor, axis: number): Tensor => apply('ArgMax', [x], { axis, keepdims: 0 });
export const softmax = (x: Tensor, axis: number): Tensor => apply('Softmax', [x], { axis });
export const logSoftmax = (x: Tensor, axis: number): Tensor => apply('LogSoftmax', [x], { axis });

/** Running sums along an axis. */
export function cumSum(
  x: Tensor,
  axis: number,
  { exclusive = false, reverse = false }: { readonly exclusive?: boolean; readonly reverse?: boolean } = {},
): Tensor {
  return apply('CumSum', [x, x.scope.b.int64(axis)], { exclusive: Number(exclusive), reverse: Number(reverse) });
}

export interface LayerNormOptions {
  readonly scale: Tensor;
  readonly bias?: Tensor;
  /** First normalised axis. Default -1. */
  readonly axis?: number;
  /** Added to the variance. Default 1e-5. */
  readonly epsilon?: number;
}

/** (x - mean) / sqrt(variance + epsilon) scale + bias over the axes from `axis` on. */
export function layerNormalization(x: Tensor, { scale, bias, axis = -1, epsilon = 1e-5 }: LayerNormOptions): Tensor {
  return apply('LayerNormalization', bias ? [x, scale, bias] : [x, scale], { axis, epsilon });
}
