import { NerError } from '../../shared/ner-error.ts';
import { MODEL_MAX_BYTES } from '../../shared/ort/check-model.ts';
import { optimize, toOnnx, trace, type Program, type TensorType } from '../engine/index.ts';
import type { Tagger } from '../models/tagger.ts';
import { parameterCount } from '../train/state-layout.ts';
import { parameterViews } from '../train/train-state.ts';

/** Parameters that decoding uses and the graph does not. */
const DECODER_PREFIX = 'crf.';

/** For nodes and small constants; a model of 24 layers has well under a tenth of it. */
const GRAPH_BYTES_BESIDE_WEIGHTS = 2 ** 24;

/**
 * Makes sure that a model's serving graph fits into one file, before the hours of training that would fill it.
 *
 * @throws {E_GRAPH_TOO_LARGE}
 */
export function refuseTooLarge(parameters: Tagger['parameters']): void {
  const served = parameters.filter(({ name }) => !name.startsWith(DECODER_PREFIX));
  const bytes = FLOAT_BYTES * parameterCount(served);
  const most = MODEL_MAX_BYTES - GRAPH_BYTES_BESIDE_WEIGHTS;
  if (bytes <= most) return;
  throw new NerError(
    'E_GRAPH_TOO_LARGE',
    `train: the model does not fit into one ONNX file, got ${inGigabytes(bytes)} of weights; expected at most ` +
      `${inGigabytes(most)}, because protobuf ends at 2 GiB. Choose a smaller encoder.`,
  );
}

const FLOAT_BYTES = 4;

function inGigabytes(bytes: number): string {
  return `${(bytes / 1e9).toFixed(2)} GB`;
}

/**
 * What serves: the model as it was trained, without dropout. Inputs and output are those of `model.serving`, and the
 * parameters.
 */
export function servingProgram(model: Tagger, values: ReadonlyMap<string, Float32Array>): Program {
  const served = model.parameters.filter(({ name }) => !name.startsWith(DECODER_PREFIX));
  const types = Object.fromEntries(
    served.map(({ name, shape }): [string, TensorType] => [name, { dtype: 'float32', shape }]),
  );
  const { inputs, output, scores } = model.serving;
  const graph = trace('tagger', { ...types, ...inputs }, (x) => ({ [output]: scores(x, x) })); // [B, T, L]
  return { graph: optimize(graph), weights: Object.fromEntries(served.map(({ name }) => [name, values.get(name)!])) };
}

/**
 * The serving graph with the parameters in the file.
 *
 * @param flat all parameters, in the order of their specs
 */
export function servingGraph(model: Tagger, flat: Float32Array): Uint8Array {
  const views = [...parameterViews(model.parameters, flat)];
  const { graph, weights } = servingProgram(model, new Map(views.map(([name, { data }]) => [name, data])));
  return toOnnx(graph, { weights });
}
