import { add, div, minimum, mul, reduceSum, sqrt, type Tensor } from '../engine/index.ts';

/** What torch adds to the norm so that a gradient of zero divides well. */
const EPSILON = 1e-6;

/**
 * The factor that scales gradients so that their common Euclidean norm is at most `maxNorm`, as
 * torch.nn.utils.clip_grad_norm_ does: min(1, maxNorm / (norm + 1e-6)).
 *
 * Shapes: gradients of any shape; `scale` and `norm`, which is the one before clipping, are [].
 */
export function clipScale(
  gradients: readonly Tensor[],
  maxNorm: number,
): { readonly scale: Tensor; readonly norm: Tensor } {
  const squares = gradients.map((gradient) => reduceSum(mul(gradient, gradient))); // [] each
  const norm = sqrt(squares.reduce((sum, square) => add(sum, square))); // []
  return { scale: minimum(div(maxNorm, add(norm, EPSILON)), 1), norm };
}
