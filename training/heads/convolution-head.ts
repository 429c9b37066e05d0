import { mul, relu, unsqueeze, type Tensor, type Tensors } from '../engine/index.ts';
import { dense, denseParameters } from '../nn/dense.ts';
import { dropout } from '../nn/dropout.ts';
import { normal, type ParameterSpec } from '../nn/parameter.ts';
import { windowed } from '../nn/window.ts';
import type { HeadOptions, HeadSize } from './head.ts';
import { linearHead, linearHeadParameters } from './linear-head.ts';

export interface ConvolutionHeadSettings {
  /** Tokens that a filter reads, the middle one of which it scores; odd. */
  readonly window: number;
  readonly filters: number;
}

/**
 * Parameters `convolution.weight` [filters, window H], the first token of the window first, `convolution.bias` [filters],
 * and those of the linear head over the filters.
 */
export function convolutionHeadParameters(
  { window, filters }: ConvolutionHeadSettings,
  size: HeadSize,
): readonly ParameterSpec[] {
  return [
    ...denseParameters('convolution', [window * size.width, filters], normal(size.initializerRange)),
    ...linearHeadParameters({ ...size, width: filters }),
  ];
}

/**
 * Filters over each token and its neighbours, then a score for each label:
 *
 *     y_t = relu(W [x_(t-r); ...; x_t; ...; x_(t+r)] + b),   logits_t = W' y_t + b'
 *
 * The convolution is Keras' Conv1D(filters, window, padding='same', activation='relu') (Keras 2.15,
 * layers/convolutional/conv1d.py), in which padding counts as zeros like what lies beyond the ends.
 *
 * Shapes: hidden [B, T, H] gives [B, T, L].
 */
export function convolutionHead(
  p: Tensors,
  hidden: Tensor,
  { window, mask, ...options }: HeadOptions & Pick<ConvolutionHeadSettings, 'window'>,
): Tensor {
  const dropped = dropout(hidden, options.dropout, options.source); // [B, T, H]
  const visible = mul(dropped, unsqueeze(mask, -1)); // [B, T, H]
  const filtered = relu(dense(p, 'convolution', windowed(visible, window))); // [B, T, filters]
  return linearHead(p, filtered, options); // [B, T, L]
}
