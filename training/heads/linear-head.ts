import type { Tensor, Tensors } from '../engine/index.ts';
import { dense, denseParameters } from '../nn/dense.ts';
import { dropout } from '../nn/dropout.ts';
import { normal, type ParameterSpec } from '../nn/parameter.ts';
import type { HeadOptions, HeadSize } from './head.ts';

/** Parameters `classifier.weight` [L, H] and `classifier.bias` [L], named as in transformers' token classifiers. */
export function linearHeadParameters({ width, labels, initializerRange }: HeadSize): readonly ParameterSpec[] {
  return denseParameters('classifier', [width, labels], normal(initializerRange));
}

/**
 * A score for each label from the hidden state of each token, as transformers' `ForTokenClassification`.
 *
 * Shapes: hidden [B, T, H] gives [B, T, L].
 */
export function linearHead(p: Tensors, hidden: Tensor, options: Pick<HeadOptions, 'dropout' | 'source'>): Tensor {
  return dense(p, 'classifier', dropout(hidden, options.dropout, options.source)); // [B, T, L]
}
