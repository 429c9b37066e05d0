import { maximum, split, type Tensor } from '../engine/index.ts';

/**
 * Maxout with two pieces: the larger of the two halves of the last axis (Goodfellow et al. 2013, Maxout Networks,
 * https://arxiv.org/abs/1302.4389).
 *
 * Shapes: x [..., 2H] gives [..., H].
 */
export function maxout2(x: Tensor): Tensor {
  const half = (x.shape.at(-1) as number) / 2;
  const [first, second] = split(x, [half, half], -1); // [..., H] each
  return maximum(first!, second!); // [..., H]
}
