import type { Features } from '../../shared/contracts/manifest.ts';
import { writeVectorFile } from '../../shared/features/vector-file.ts';
import type { VectorTable } from '../../shared/features/vector-table.ts';
import { createWordEncoder, type WordEncoder } from '../../shared/features/word-encoder.ts';
import { fitFeatures } from '../models/feature-plan.ts';
import { createWordContext, type WordContext, type WordContextSettings } from '../models/word-context.ts';
import { jsonFile } from './config-file.ts';

/** What an encoder tagger needs to look at words beside pieces. */
export interface EncoderWords {
  readonly encoder: WordEncoder;
  readonly context: WordContext;
  /** As the manifest says it. */
  readonly features: NonNullable<Extract<Features, { kind: 'pieces' }>['words']>;
  readonly files: () => Record<string, Uint8Array>;
}

const SETTINGS_FILE = 'features.json';
const VECTORS_FILE = 'vectors.safetensors';

export interface EncoderWordsOptions {
  readonly settings: WordContextSettings;
  /** The words of the training set, whose features get rows of their own. */
  readonly train: readonly { readonly words: readonly string[] }[];
  readonly vectors: VectorTable | undefined;
}

export function prepareEncoderWords({ settings, train, vectors }: EncoderWordsOptions): EncoderWords {
  const words = train.map((sentence) => sentence.words);
  const encoder = createWordEncoder(fitFeatures(words, settings, vectors?.dim ?? null), vectors);
  return {
    encoder,
    context: createWordContext(settings, encoder),
    features: { file: SETTINGS_FILE, ...(vectors === undefined ? {} : { vectors: VECTORS_FILE }) },
    files: () => ({
      [SETTINGS_FILE]: jsonFile(encoder.settings),
      ...(vectors === undefined ? {} : { [VECTORS_FILE]: writeVectorFile(vectors) }),
    }),
  };
}
