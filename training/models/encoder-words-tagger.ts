import { EMISSIONS_OUTPUT } from '../../shared/contracts/manifest.ts';
import { PIECE_INPUTS } from '../../shared/features/piece-input.ts';
import { POSITIONS_INPUT } from '../../shared/features/piece-word-input.ts';
import {
  cast,
  concat,
  float32,
  gather,
  int32,
  int64,
  mulDims,
  reshape,
  type Tensor,
  type Tensors,
} from '../engine/index.ts';
import { crfParameters } from '../heads/crf.ts';
import { dense, denseParameters } from '../nn/dense.ts';
import { dropout, type DropoutSource } from '../nn/dropout.ts';
import { normal } from '../nn/parameter.ts';
import type { Tagger } from './tagger.ts';
import type { TransformerEncoder } from './transformer-encoder.ts';
import type { WordContext } from './word-context.ts';

export interface EncoderWordsTaggerOptions {
  readonly words: WordContext;
  /** Whether a CRF decodes the label scores. */
  readonly crf: boolean;
  /** L. */
  readonly labels: number;
  /** Of the hidden states, before the scores. */
  readonly dropout: number;
}

interface ScoreInputs {
  readonly x: Tensors;
  readonly pieces: { readonly ids: Tensor; readonly mask: Tensor };
  readonly source?: DropoutSource | undefined;
}

/**
 * A transformer encoder with features of words beside it: what a word's first piece says and what its features say in
 * their context go side by side into the scores. Uncased pieces do not tell names by their capitals; features do.
 *
 *     scores = W [hidden of the first piece; context of the word] + b
 *
 * Shapes: ids int32 [B, T], attention float32 [B, T], positions int32 [B, W] (rows of first pieces among the B T pieces of
 * the batch), the inputs of `words`; emissions [B, W, L].
 */
export function createEncoderWordsTagger(encoder: TransformerEncoder, options: EncoderWordsTaggerOptions): Tagger {
  const { words, crf, labels } = options;
  const { width, initializerRange } = encoder.config;
  const both = width + words.width;
  // Words and pieces both have a mask, so they come apart.
  const score = (p: Tensors, { x, pieces, source }: ScoreInputs): Tensor => {
    const hidden = encoder.hidden(p, pieces, source); // [B, T, H]
    const [batch, time] = hidden.shape;
    const rows = reshape(hidden, [mulDims(batch!, time!), width]); // [B*T, H]
    const first = dropout(gather(rows, x[POSITIONS_INPUT]!), options.dropout, source); // [B, W, H]
    const context = dropout(words.encode(p, x, source), options.dropout, source); // [B, W, words]
    return dense(p, 'classifier', concat([first, context], -1)); // [B, W, L]
  };
  return {
    parameters: [
      ...encoder.parameters,
      ...words.parameters,
      ...denseParameters('classifier', [both, labels], normal(initializerRange)),
      ...(crf ? crfParameters(labels) : []),
    ],
    layers: encoder.config.layers,
    inputs: {
      ...words.inputs,
      ids: int32('B', 'T'),
      attention: float32('B', 'T'),
      [POSITIONS_INPUT]: int32('B', 'W'),
    },
    positions: 'W',
    outputBias: 'classifier.bias',
    emissions: (p, inputs, source) => {
      const pieces = { ids: inputs['ids']!, mask: inputs['attention']! };
      return score(p, { x: inputs, pieces, source });
    },
    serving: {
      inputs: {
        ...words.inputs,
        [PIECE_INPUTS.ids]: int64('B', 'T'),
        [PIECE_INPUTS.mask]: int64('B', 'T'),
        [POSITIONS_INPUT]: int32('B', 'W'),
      },
      output: EMISSIONS_OUTPUT,
      scores: (p, inputs) => {
        const ids = cast(inputs[PIECE_INPUTS.ids]!, 'int32'); // [B, T]
        const mask = cast(inputs[PIECE_INPUTS.mask]!, 'float32'); // [B, T]
        return score(p, { x: inputs, pieces: { ids, mask } });
      },
    },
  };
}
