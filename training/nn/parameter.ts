import type { Rng } from '../../shared/random.ts';

/** Fills a fresh parameter; `fanIn` is the number of inputs that one output of it sums over. */
export type Initializer = (rng: Rng, shape: readonly number[]) => Float32Array;

/** One trainable tensor of a model. Its name is its name in safetensors. */
export interface ParameterSpec {
  readonly name: string;
  readonly shape: readonly number[];
  readonly init: Initializer;
}

export const zeros: Initializer = (_rng, shape) => new Float32Array(size(shape));

export const ones: Initializer = (_rng, shape) => new Float32Array(size(shape)).fill(1);

/** Uniform in [-bound, bound). */
export function uniform(bound: number): Initializer {
  return (rng, shape) => Float32Array.from({ length: size(shape) }, () => (2 * rng.uniform() - 1) * bound);
}

/** Normal with mean 0 and the given standard deviation. */
export function normal(deviation: number): Initializer {
  return (rng, shape) => Float32Array.from({ length: size(shape) }, () => rng.normal() * deviation);
}

/** Number of elements of a shape. */
export function size(shape: readonly number[]): number {
  return shape.reduce((product, length) => product * length, 1);
}

/** Fresh values for each parameter. Each draws from its own stream, so adding one does not change the others. */
export function initParameters(specs: readonly ParameterSpec[], rng: Rng): Map<string, Float32Array> {
  return new Map(specs.map((spec) => [spec.name, spec.init(rng.fork(spec.name), spec.shape)]));
}
