import { createRng } from '../../shared/random.ts';
import {
  constant,
  float32,
  gradientGraph,
  interpret,
  mul,
  reduceSum,
  trace,
  type NdArray,
  type Tensor,
  type Tensors,
  type TensorType,
} from '../../training/engine/index.ts';
import { countOf } from '../../training/engine/nd-array.ts';
import { expectClose } from './close.ts';
import { slopes, type Feeds } from './engine.ts';
import { tolerance } from './tolerance.ts';

/** What tensor code makes of these inputs, in float64. */
export function valueOf(feeds: Feeds, layer: (x: Tensors) => Tensor): NdArray {
  return interpret(
    trace('layer', typesOf(feeds), (x) => ({ y: layer(x) })),
    feeds,
  )['y']!;
}

/** Expects the gradient of sum(w y), w random, with respect to every float input to be what central differences say. */
export function expectGradient(feeds: Feeds, layer: (x: Tensors) => Tensor): void {
  const rng = createRng(3, 'weights');
  const forward = trace('layer', typesOf(feeds), (x) => {
    const y = layer(x);
    const shape = y.shape as readonly number[];
    const weights = Float32Array.from({ length: countOf(shape) }, () => rng.normal());
    return { loss: reduceSum(mul(y, constant(float32(...shape), weights))) };
  });
  const wrt = Object.keys(feeds).filter((name) => feeds[name]!.dtype === 'float32');
  const { computed, measured } = slopes(gradientGraph(forward, { of: 'loss', wrt }), feeds, wrt);
  expectClose([computed], [measured], tolerance.gradientFloat64);
}

function typesOf(feeds: Feeds): Record<string, TensorType> {
  return Object.fromEntries(Object.entries(feeds).map(([name, { dtype, shape }]) => [name, { dtype, shape }]));
}
