import {
  add,
  cast,
  constant,
  gather,
  int32,
  range,
  sub,
  transpose,
  unsqueeze,
  type Dim,
  type Tensor,
  type Tensors,
} from '../engine/index.ts';
import type { Initializer, ParameterSpec } from './parameter.ts';

/** Buckets of relative positions: 16 to either side. */
export const RELATIVE_BUCKETS = 32;
/** From this distance on all share a bucket. */
const FAR = 128;

/** The parameter `NAME.weight` [32, A]: what each head adds to a score for each bucket. */
export function relativeBiasParameters(name: string, heads: number, init: Initializer): readonly ParameterSpec[] {
  return [{ name: `${name}.weight`, shape: [RELATIVE_BUCKETS, heads], init }];
}

/**
 * The bucket in [0, 32) of a key's position relative to the query's: near ones have one each, further ones share, in
 * steps that grow as the logarithm does (Raffel et al. 2020, section 2.1, https://arxiv.org/abs/1910.10683, as MPNet of
 * transformers 5.23 has it, which rounds in float32).
 */
export function relativeBucket(keyMinusQuery: number): number {
  const side = RELATIVE_BUCKETS / 2;
  const exact = side / 2;
  const distance = Math.abs(keyMinusQuery);
  const from = keyMinusQuery > 0 ? side : 0;
  if (distance < exact) return from + distance;
  const share = Math.fround(Math.fround(Math.log(distance / exact)) / Math.fround(Math.log(FAR / exact)));
  return from + Math.min(exact + Math.trunc(Math.fround(share * (side - exact))), side - 1);
}

/**
 * The bias of relative positions, the same for every sentence and layer.
 *
 * Shapes: [A, T, T] (query, key), for T up to `longest`.
 */
export function relativeBias(p: Tensors, name: string, time: Dim, longest: number): Tensor {
  const count = 2 * longest - 1;
  const buckets = Array.from({ length: count }, (_, i) => relativeBucket(i - (longest - 1)));
  const positions = cast(range(time), 'int32'); // [T]
  const relative = sub(unsqueeze(positions, 0), unsqueeze(positions, 1)); // [T, T] (query, key)
  const bucket = gather(constant(int32(count), buckets), add(relative, longest - 1)); // [T, T]
  return transpose(gather(p[`${name}.weight`]!, bucket), [2, 0, 1]); // [A, T, T]
}
