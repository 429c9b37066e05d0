import { WINDOW_MAX_WORDS } from '../../shared/contracts/limits.ts';
import { writeVectorFile } from '../../shared/features/vector-file.ts';
import type { VectorTable } from '../../shared/features/vector-table.ts';
import { createWordEncoder, type WordEncoder } from '../../shared/features/word-encoder.ts';
import { createWordInput } from '../../shared/features/word-input.ts';
import type { LabelSet } from '../../shared/labels/label-set.ts';
import { writeSafetensors, type SafetensorsTensor } from '../../shared/model/safetensors.ts';
import { fitFeatures } from '../models/feature-plan.ts';
import { createWordTagger, type WordTaggerSettings } from '../models/word-tagger.ts';
import type { BundleForm, PreparedTagger } from '../train/prepared-tagger.ts';
import { createWordExamples } from '../train/word-examples.ts';
import { labelMaps, jsonFile } from './config-file.ts';

export interface WordTaggerKind {
  readonly settings: WordTaggerSettings;
  /** Whether a CRF decodes the words' scores. */
  readonly crf: boolean;
  /** The words of the training set, whose features get rows of their own. */
  readonly train: readonly { readonly words: readonly string[] }[];
  readonly vectors: VectorTable | undefined;
  readonly labels: LabelSet;
  /**
   * Whether the bundle has to be small: the weights are then in the graph alone, in half precision. Default: they are there
   * and in a safetensors file, in full.
   */
  readonly small?: boolean;
}

export interface PreparedWordTagger extends PreparedTagger {
  readonly encoder: WordEncoder;
}

/** The word-level tagger, from scratch. */
export function prepareWordTagger(kind: WordTaggerKind): PreparedWordTagger {
  const { settings, crf, train, vectors, labels, small = false } = kind;
  const words = train.map((sentence) => sentence.words);
  const encoder = createWordEncoder(fitFeatures(words, settings, vectors?.dim ?? null), vectors);
  const features = 'features.json';
  const vectorFile = 'vectors.safetensors';
  const bundle: BundleForm = {
    card: { name: 'Word-level tweet tagger' },
    graphFile: 'onnx/model.onnx',
    halved: small,
    features: {
      kind: 'word-features',
      file: features,
      maxWords: WINDOW_MAX_WORDS,
      ...(vectors === undefined ? {} : { vectors: vectorFile }),
    },
    files: (parameters, recipe) => {
      const tensors = [...parameters].map(([name, { shape, data }]): [string, SafetensorsTensor] => [
        name,
        { dtype: 'F32', shape, data },
      ]);
      const config = {
        model_type: 'tagwright-word-tagger',
        architectures: ['WordTagger'],
        ...labelMaps(labels),
        ...recipe,
      };
      return {
        'config.json': jsonFile(config),
        [features]: jsonFile(encoder.settings),
        ...(small
          ? {}
          : { 'model.safetensors': writeSafetensors(Object.fromEntries(tensors), { format: 'tagwright' }) }),
        ...(vectors === undefined ? {} : { [vectorFile]: writeVectorFile(vectors) }),
      };
    },
  };
  return {
    encoder,
    model: createWordTagger({ settings, encoder, labels: labels.labels.length, crf }),
    labels,
    examples: createWordExamples(encoder, labels),
    input: createWordInput(encoder, WINDOW_MAX_WORDS),
    bundle,
  };
}
