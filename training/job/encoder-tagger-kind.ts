import { createPieceInput } from '../../shared/features/piece-input.ts';
import type { LabelSet } from '../../shared/labels/label-set.ts';
import { writeSafetensors } from '../../shared/model/safetensors.ts';
import { NerError } from '../../shared/ner-error.ts';
import type { AlignmentPolicy } from '../../shared/text/align-labels.ts';
import type { HeadSettings } from '../heads/index.ts';
import { maxTokens, type Architecture, type EncoderConfig } from '../models/encoder-config.ts';
import { createEncoderTagger } from '../models/encoder-tagger.ts';
import { readWeights, weightTensors } from '../models/encoder-weights.ts';
import type { EncoderFolder } from '../models/pretrained-encoder.ts';
import { createEncoder } from '../models/transformer-encoder.ts';
import type { BundleForm, PreparedTagger } from '../train/prepared-tagger.ts';
import { createPieceExamples } from '../train/piece-examples.ts';
import { jsonFile, labelMaps } from './config-file.ts';

export interface EncoderTaggerSettings {
  readonly head: HeadSettings;
  /** Which pieces of a word are labelled in training. */
  readonly alignment: AlignmentPolicy;
  /** Pieces that the encoder sees at once, special tokens included. */
  readonly maxPieces: number;
  /** Of hidden states before the head; null for what the encoder's config.json says. */
  readonly dropout: number | null;
  /** Of the encoder's hidden states and of what attention gives; null for what config.json says. */
  readonly hiddenDropout: number | null;
  /** Of the probabilities of attention; null for what config.json says. */
  readonly attentionDropout: number | null;
}

export interface EncoderTaggerKind {
  readonly settings: EncoderTaggerSettings;
  /** Whether a CRF decodes the words' scores. */
  readonly crf: boolean;
  readonly encoder: EncoderFolder;
  readonly labels: LabelSet;
}

export interface PreparedEncoderTagger extends PreparedTagger {
  /** Tensors of the file that nobody knows: the model they belong to may compute something else. */
  readonly unexpected: readonly string[];
}

/** What transformers calls the tagger of an architecture. */
const TAGGER_CLASSES: Readonly<Record<Architecture, string>> = {
  bert: 'BertForTokenClassification',
  distilbert: 'DistilBertForTokenClassification',
  electra: 'ElectraForTokenClassification',
  mpnet: 'MPNetForTokenClassification',
  roberta: 'RobertaForTokenClassification',
  'xlm-roberta': 'XLMRobertaForTokenClassification',
};

/**
 * A tagger on a pre-trained encoder.
 *
 * @throws {E_WEIGHTS_MISMATCH} as `readWeights`
 * @throws {E_USAGE} more pieces than the encoder has positions, or a CRF over pieces instead of words
 */
export function prepareEncoderTagger({ settings, crf, encoder: folder, labels }: EncoderTaggerKind): PreparedEncoderTagger {
  const config = withDropout(folder.config, settings);
  const maxPieces = checkPieces(settings, config, folder.name);
  if (crf && settings.alignment !== 'first') {
    throw new NerError(
      'E_USAGE',
      `model.alignment: a CRF decodes words, got '${settings.alignment}', which labels all pieces; expected 'first'. Choose another loss than crf, or set model.alignment to first.`,
    );
  }
  const encoder = createEncoder(config);
  const model = createEncoderTagger(encoder, {
    head: settings.head,
    crf,
    labels: labels.labels.length,
    dropout: settings.dropout ?? config.classifierDropout,
  });
  const { architecture } = config;
  // The encoder's alone: the head of another task, or for other labels, would be a bad start.
  const weights = readWeights(encoder.parameters, folder.weights, { architecture, source: folder.name });
  const input = createPieceInput(folder.tokenizer, maxPieces);
  const bundle: BundleForm = {
    title: `Tweet tagger on ${folder.name}`,
    features: { kind: 'pieces', tokenizer: [...folder.tokenizerFiles.keys()], maxPieces },
    files: (parameters) => {
      const values = new Map([...parameters].map(([name, { data }]) => [name, data]));
      // Scores of the CRF are in the manifest, and transformers would call them unexpected.
      const specs = model.parameters.filter(({ name }) => !name.startsWith('crf.'));
      return {
        ...Object.fromEntries(folder.tokenizerFiles),
        'config.json': jsonFile(taggerConfig(folder, settings, labels)),
        'model.safetensors': writeSafetensors(weightTensors(specs, values, architecture), { format: 'pt' }),
      };
    },
  };
  return {
    model,
    labels,
    examples: createPieceExamples({ input, labels, policy: settings.alignment, padId: config.padId }),
    input,
    bundle,
    pretrained: weights.values,
    unexpected: weights.unexpected,
  };
}

function withDropout(config: EncoderConfig, settings: EncoderTaggerSettings): EncoderConfig {
  const { hiddenDropout, attentionDropout } = settings;
  return {
    ...config,
    hiddenDropout: hiddenDropout ?? config.hiddenDropout,
    // DistilBERT has none of this kind, and gets none.
    attentionOutputDropout:
      config.attentionOutputDropout === 0 ? 0 : (hiddenDropout ?? config.attentionOutputDropout),
    attentionDropout: attentionDropout ?? config.attentionDropout,
  };
}

function checkPieces({ maxPieces }: EncoderTaggerSettings, config: EncoderConfig, name: string): number {
  const room = maxTokens(config);
  if (maxPieces <= room) return maxPieces;
  throw new NerError(
    'E_USAGE',
    `model.maxPieces: longer than the positions of ${name}, got ${maxPieces}; expected at most ${room}. Longer texts are tagged in overlapping windows.`,
  );
}

/** config.json as transformers, optimum and transformers.js read it: the encoder's own, with the labels. */
function taggerConfig(folder: EncoderFolder, settings: EncoderTaggerSettings, labels: LabelSet): object {
  const { architecture } = folder.config;
  // Where the encoder came from says nothing of what this is; num_labels follows from id2label.
  const { _name_or_path: _, num_labels: __, ...own } = folder.configJson;
  return {
    ...own,
    // transformers has no class with another head; the ONNX graph has it.
    architectures: settings.head.kind === 'linear' ? [TAGGER_CLASSES[architecture]] : [],
    ...labelMaps(labels),
    torch_dtype: 'float32',
  };
}
