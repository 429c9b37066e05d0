import { WORD_MASK_INPUT, WORD_PREFIX } from '../../shared/features/piece-word-input.ts';
import type { EncoderSettings, InputWidths } from '../../shared/features/word-encoder.ts';
import { float32, type Tensor, type Tensors, type TensorType } from '../engine/index.ts';
import { dropout, type DropoutSource } from '../nn/dropout.ts';
import type { ParameterSpec } from '../nn/parameter.ts';
import { contextEncoders, type ContextEncoderName, type ContextEncoderSettings } from './context-encoder.ts';
import { createWordFeatures, type WordFeaturesSettings } from './word-features.ts';

/** What is read of words beside their pieces. */
export interface WordContextSettings extends WordFeaturesSettings, ContextEncoderSettings {
  readonly encoder: ContextEncoderName;
  readonly inputDropout: number;
}

/** Words by their features in their context, for a model that has parameters and inputs of other kinds beside these. */
export interface WordContext {
  /** All names begin with `words.`. */
  readonly parameters: readonly ParameterSpec[];
  /** Features with `words.` before their names, [B, W, ...], and `mask` [B, W]. */
  readonly inputs: Readonly<Record<string, TensorType>>;
  readonly width: number;
  /** [B, W, width]; with a dropout source as in training. */
  readonly encode: (p: Tensors, inputs: Tensors, source?: DropoutSource) => Tensor;
}

/** The features and the context encoder of the word-level tagger. */
export function createWordContext(
  settings: WordContextSettings,
  encoder: { readonly settings: EncoderSettings; readonly widths: InputWidths },
): WordContext {
  const features = createWordFeatures(settings, encoder, 'W');
  const context = contextEncoders[settings.encoder];
  const specs = [...features.parameters, ...context.parameters(features.width, settings)];
  const inputs = Object.entries(features.inputs).map(([name, type]) => [`${WORD_PREFIX}${name}`, type] as const);
  return {
    parameters: specs.map((spec) => ({ ...spec, name: `${WORD_PREFIX}${spec.name}` })),
    inputs: { ...Object.fromEntries(inputs), [WORD_MASK_INPUT]: float32('B', 'W') },
    width: settings.width,
    encode: (p, x, source) => {
      const [own, given] = [withoutPrefix(p), withoutPrefix(x)];
      const words = dropout(features.embed(own, given, source), settings.inputDropout, source); // [B, W, nIn]
      return context.encode(own, words, { mask: x[WORD_MASK_INPUT]!, settings, source }); // [B, W, H]
    },
  };
}

function withoutPrefix(tensors: Tensors): Tensors {
  const own = Object.entries(tensors).filter(([name]) => name.startsWith(WORD_PREFIX));
  return Object.fromEntries(own.map(([name, tensor]) => [name.slice(WORD_PREFIX.length), tensor]));
}
