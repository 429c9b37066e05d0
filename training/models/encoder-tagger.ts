import { LOGITS_OUTPUT } from '../../shared/contracts/manifest.ts';
import { PIECE_INPUTS } from '../../shared/features/piece-input.ts';
import { cast, float32, gather, int32, int64, mulDims, reshape, type Tensor, type Tensors } from '../engine/index.ts';
import { crfParameters } from '../heads/crf.ts';
import { createHead, type HeadSettings } from '../heads/index.ts';
import type { DropoutSource } from '../nn/dropout.ts';
import type { Tagger } from './tagger.ts';
import type { TransformerEncoder } from './transformer-encoder.ts';

export interface EncoderTaggerOptions {
  readonly head: HeadSettings;
  /** Whether a CRF decodes the label scores. */
  readonly crf: boolean;
  /** L. */
  readonly labels: number;
  /** Of the hidden states, before the head. */
  readonly dropout: number;
}

/**
 * A transformer encoder with a head that scores labels at each piece. Training looks at the labelled pieces only.
 *
 * Shapes: ids int32 [B, T], attention float32 [B, T] (1 for pieces, 0 for padding), positions int32 [B, W], each the row
 * of a labelled piece among the B T pieces of the batch; emissions [B, W, L].
 */
export function createEncoderTagger(encoder: TransformerEncoder, options: EncoderTaggerOptions): Tagger {
  const { crf, labels, dropout } = options;
  const { width, initializerRange } = encoder.config;
  const head = createHead(options.head, { width, labels, initializerRange });
  const score = (p: Tensors, inputs: { ids: Tensor; mask: Tensor }, source?: DropoutSource): Tensor => {
    const hidden = encoder.hidden(p, inputs, source); // [B, T, H]
    return head.logits(p, hidden, { mask: inputs.mask, dropout, source }); // [B, T, L]
  };
  return {
    parameters: [...encoder.parameters, ...head.parameters, ...(crf ? crfParameters(labels) : [])],
    layers: encoder.config.layers,
    inputs: { ids: int32('B', 'T'), attention: float32('B', 'T'), positions: int32('B', 'W') },
    positions: 'W',
    outputBias: 'classifier.bias',
    emissions: (p, inputs, source) => {
      const scores = score(p, { ids: inputs['ids']!, mask: inputs['attention']! }, source); // [B, T, L]
      const [batch, time] = scores.shape;
      const pieces = reshape(scores, [mulDims(batch!, time!), labels]); // [B*T, L]
      return gather(pieces, inputs['positions']!); // [B, W, L]
    },
    serving: {
      inputs: { [PIECE_INPUTS.ids]: int64('B', 'T'), [PIECE_INPUTS.mask]: int64('B', 'T') },
      output: LOGITS_OUTPUT,
      scores: (p, inputs) =>
        score(p, {
          ids: cast(inputs[PIECE_INPUTS.ids]!, 'int32'), // [B, T]
          mask: cast(inputs[PIECE_INPUTS.mask]!, 'float32'), // [B, T]
        }),
    },
  };
}
