import { concat, pad, slice, type Tensor } from '../engine/index.ts';

/**
 * Each position beside its neighbours: a convolution over `size` positions is a matrix product over this.
 *
 * Shapes: x [B, T, H] gives [B, T, size H], the first neighbour first; zeros beyond the ends. `size` is odd.
 */
export function windowed(x: Tensor, size: number): Tensor {
  const reach = (size - 1) / 2;
  const padded = pad(x, 1, [reach, reach]); // [B, T + 2 reach, H]
  const shifted = Array.from({ length: size }, (_, i) => {
    if (i === reach) return x; // [B, T, H]
    return slice(padded, 1, i === size - 1 ? [i] : [i, i + 1 - size]); // [B, T, H]
  });
  return concat(shifted, -1); // [B, T, size H]
}
