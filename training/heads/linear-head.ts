import type { Tensor, Tensors } from '../engine/index.ts';
import { dense, denseParameters } from '../nn/dense.ts';
import { dropout, type DropoutSource } from '../nn/dropout.ts';
import { normal, type ParameterSpec } from '../nn/parameter.ts';

export interface LinearHeadSize {
  readonly width: number;
  readonly labels: number;
  /** Standard deviation of the fresh weight. */
  readonly initializerRange: number;
}

/** Parameters `classifier.weight` [L, H] and `classifier.bias` [L], named as in transformers' token classifiers. */
export function linearHeadParameters({ width, labels, initializerRange }: LinearHeadSize): readonly ParameterSpec[] {
  return denseParameters('classifier', [width, labels], normal(initializerRange));
}

export interface LinearHeadOptions {
  /** Of the hidden states. */
  readonly dropout: number;
  readonly source: DropoutSource | undefined;
}

/**
 * A score for each label from the hidden state of each token, as transformers' `ForTokenClassification`.
 *
 * Shapes: hidden [B, T, H] gives [B, T, L].
 */
export function linearHead(p: Tensors, hidden: Tensor, options: LinearHeadOptions): Tensor {
  return dense(p, 'classifier', dropout(hidden, options.dropout, options.source)); // [B, T, L]
}
