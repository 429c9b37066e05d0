import type { Tensor, Tensors } from '../engine/index.ts';
import { bidirectionalLstm, bidirectionalLstmParameters } from '../nn/bidirectional-lstm.ts';
import { dropout } from '../nn/dropout.ts';
import type { ParameterSpec } from '../nn/parameter.ts';
import type { HeadOptions, HeadSize } from './head.ts';
import { linearHead, linearHeadParameters } from './linear-head.ts';

export interface BilstmHeadSettings {
  /** Width of the state in each direction. */
  readonly units: number;
  readonly layers: number;
}

/** Parameters of the layers, `lstm.I.forward.*` and `lstm.I.backward.*`, and those of the linear head over the last. */
export function bilstmHeadParameters({ units, layers }: BilstmHeadSettings, size: HeadSize): readonly ParameterSpec[] {
  return [
    ...bidirectionalLstmParameters('lstm', { inputs: size.width, units, layers }),
    ...linearHeadParameters({ ...size, width: 2 * units }),
  ];
}

/**
 * LSTMs in both directions over the hidden states, then a score for each label (Lample et al. 2016,
 * https://arxiv.org/abs/1603.01360, with a CRF).
 *
 * Shapes: hidden [B, T, H] gives [B, T, L].
 */
export function bilstmHead(
  p: Tensors,
  hidden: Tensor,
  { layers, ...options }: HeadOptions & Pick<BilstmHeadSettings, 'layers'>,
): Tensor {
  const dropped = dropout(hidden, options.dropout, options.source); // [B, T, H]
  const read = bidirectionalLstm(p, 'lstm', dropped, { layers, ...options }); // [B, T, 2 units]
  return linearHead(p, read, options); // [B, T, L]
}
