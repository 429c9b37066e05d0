import { droppedShare, keepMask, mul, type RandomSource, type Tensor } from '../engine/index.ts';

/** Where the dropout masks of one training step come from: each call of `next` names another place in the model. */
export interface DropoutSource {
  next(): RandomSource;
}

/** @param step finished steps, []: masks differ from step to step, and are the same when a run is resumed */
export function createDropoutSource(seed: number, step: Tensor): DropoutSource {
  let sites = 0;
  return { next: () => ({ seed, step, site: `dropout.${sites++}` }) };
}

/**
 * Inverted dropout (Srivastava et al. 2014, https://jmlr.org/papers/v15/srivastava14a.html): elements become 0 with
 * probability `rate`, the others are divided by 1 - rate. Without a source, as in serving, or with rate 0: x itself.
 *
 * Shapes: x of any shape keeps it.
 */
export function dropout(x: Tensor, rate: number, source: DropoutSource | undefined): Tensor {
  if (source === undefined || rate === 0) return x;
  return mul(x, mul(keepMask(x.shape, rate, source.next()), 1 / (1 - droppedShare(rate))));
}
