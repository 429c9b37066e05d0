import { optimize, toOnnx, trace, type TensorType } from '../engine/index.ts';
import type { WordTagger } from '../models/word-tagger.ts';
import { parameterViews } from '../train/train-state.ts';

/** Parameters that decoding uses and the graph does not. */
const DECODER_PREFIX = 'crf.';

/**
 * The graph that serves: the model as it was trained, without dropout, with the parameters in the file. Its inputs are
 * the model's, [B, T, ...], and its output is `emissions` [B, T, L].
 *
 * @param flat all parameters, in the order of their specs
 */
export function servingGraph(model: WordTagger, flat: Float32Array): Uint8Array {
  const views = [...parameterViews(model.parameters, flat)].filter(([name]) => !name.startsWith(DECODER_PREFIX));
  const types = Object.fromEntries(
    views.map(([name, { shape }]): [string, TensorType] => [name, { dtype: 'float32', shape }]),
  );
  const graph = trace('tagger', { ...types, ...model.inputs }, (x) => ({ emissions: model.emissions(x, x) })); // [B, T, L]
  return toOnnx(optimize(graph), { weights: Object.fromEntries(views.map(([name, { data }]) => [name, data])) });
}
