import { optimize, toOnnx, trace, type TensorType } from '../engine/index.ts';
import type { Tagger } from '../models/tagger.ts';
import { parameterViews } from '../train/train-state.ts';

/** Parameters that decoding uses and the graph does not. */
const DECODER_PREFIX = 'crf.';

/**
 * The graph that serves: the model as it was trained, without dropout, with the parameters in the file. Inputs and output
 * are those of `model.serving`.
 *
 * @param flat all parameters, in the order of their specs
 */
export function servingGraph(model: Tagger, flat: Float32Array): Uint8Array {
  const views = [...parameterViews(model.parameters, flat)].filter(([name]) => !name.startsWith(DECODER_PREFIX));
  const types = Object.fromEntries(
    views.map(([name, { shape }]): [string, TensorType] => [name, { dtype: 'float32', shape }]),
  );
  const { inputs, output, scores } = model.serving;
  const graph = trace('tagger', { ...types, ...inputs }, (x) => ({ [output]: scores(x, x) })); // [B, T, L]
  return toOnnx(optimize(graph), { weights: Object.fromEntries(views.map(([name, { data }]) => [name, data])) });
}
