import { EMISSIONS_OUTPUT } from '../../shared/contracts/manifest.ts';
import type { EncoderSettings, InputWidths } from '../../shared/features/word-encoder.ts';
import { float32 } from '../engine/index.ts';
import { crfParameters } from '../heads/crf.ts';
import { dropout } from '../nn/dropout.ts';
import { linear, linearParameters } from '../nn/linear.ts';
import { contextEncoders, type ContextEncoderName, type ContextEncoderSettings } from './context-encoder.ts';
import type { Tagger } from './tagger.ts';
import { createWordFeatures, type WordFeaturesSettings } from './word-features.ts';

/** Everything about a word-level tagger that is chosen and not learned. */
export interface WordTaggerSettings extends WordFeaturesSettings, ContextEncoderSettings {
  /** What reads the words in their context. */
  readonly encoder: ContextEncoderName;
  readonly inputDropout: number;
  readonly outputDropout: number;
}

export interface WordTaggerOptions {
  readonly settings: WordTaggerSettings;
  readonly encoder: { readonly settings: EncoderSettings; readonly widths: InputWidths };
  /** L. */
  readonly labels: number;
  /** Whether a CRF decodes the label scores. */
  readonly crf: boolean;
}

/**
 * The word-level tagger: features of each word, an encoder of the words in their context, a score for each label.
 *
 *     x = encode(features),   emissions = W_o x + b_o
 *
 * Shapes: the inputs of `createWordFeatures` and mask [B, T]; emissions [B, T, L].
 */
export function createWordTagger({ settings, encoder, labels, crf }: WordTaggerOptions): Tagger {
  const features = createWordFeatures(settings, encoder, 'T');
  const context = contextEncoders[settings.encoder];
  const inputs = { ...features.inputs, mask: float32('B', 'T') };
  const emissions: Tagger['emissions'] = (p, x, source) => {
    const words = dropout(features.embed(p, x, source), settings.inputDropout, source); // [B, T, nIn]
    const hidden = context.encode(p, words, { mask: x['mask']!, settings, source }); // [B, T, H]
    return linear(p, 'output', dropout(hidden, settings.outputDropout, source)); // [B, T, L]
  };
  return {
    parameters: [
      ...features.parameters,
      ...context.parameters(features.width, settings),
      ...linearParameters('output', settings.width, labels),
      ...(crf ? crfParameters(labels) : []),
    ],
    layers: 0,
    outputBias: 'output.bias',
    inputs,
    positions: 'T',
    emissions,
    serving: { inputs, output: EMISSIONS_OUTPUT, scores: emissions },
  };
}
