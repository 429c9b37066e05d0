import type { Tensor, Tensors, TensorType } from '../engine/index.ts';
import type { DropoutSource } from '../nn/dropout.ts';
import type { ParameterSpec } from '../nn/parameter.ts';

/** What serving calls of a tagger: the graph of its scores. */
export interface ServingScores {
  /** As the graph's inputs are named and typed, [B, T, ...]. */
  readonly inputs: Readonly<Record<string, TensorType>>;
  /** Name of the graph's output. */
  readonly output: string;
  /** A score for each label at each place, [B, T, L]. */
  readonly scores: (p: Tensors, inputs: Tensors) => Tensor;
}

/** A model that scores labels, as the training program and the exporter take it. */
export interface Tagger {
  readonly parameters: readonly ParameterSpec[];
  /** Layers of its pre-trained encoder; 0 without one. */
  readonly layers: number;
  /** Inputs of one training batch, [B, ...]; the loss adds `tags` and `mask`, [B, W]. */
  readonly inputs: Readonly<Record<string, TensorType>>;
  /** What the inputs call W, the axis of labelled positions. */
  readonly positions: string;
  /** Name of the parameter that is added to the scores of all places, [L]. */
  readonly outputBias: string;
  /** Label scores of each labelled position [B, W, L]; with a dropout source as in training, without as in serving. */
  readonly emissions: (p: Tensors, inputs: Tensors, source?: DropoutSource) => Tensor;
  readonly serving: ServingScores;
}
