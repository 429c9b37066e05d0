import { concat, pad, slice, type Tensor } from '../engine/index.ts';

/**
 * Each position beside its neighbours: a width-3 convolution is a matrix product over this.
 *
 * Shapes: x [B, T, H] gives [B, T, 3H] (previous, own, next); zeros beyond the ends.
 */
export function window3(x: Tensor): Tensor {
  const previous = pad(slice(x, 1, [0, -1]), 1, [1, 0]); // [B, T, H]
  const next = pad(slice(x, 1, [1]), 1, [0, 1]); // [B, T, H]
  return concat([previous, x, next], -1); // [B, T, 3H]
}
