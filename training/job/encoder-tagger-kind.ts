import type { VectorTable } from '../../shared/features/vector-table.ts';
import { createPieceWordInput } from '../../shared/features/piece-word-input.ts';
import { createPieceInput } from '../../shared/features/piece-input.ts';
import type { LabelSet } from '../../shared/labels/label-set.ts';
import { writeSafetensors } from '../../shared/model/safetensors.ts';
import { NerError } from '../../shared/ner-error.ts';
import type { AlignmentPolicy } from '../../shared/text/align-labels.ts';
import { BERT_NAMES, ROBERTA_NAMES } from '../../shared/text/tokenizer-settings.ts';
import type { HeadSettings } from '../heads/index.ts';
import type { Architecture, EncoderConfig } from '../models/encoder-config.ts';
import { createEncoderWordsTagger } from '../models/encoder-words-tagger.ts';
import { createEncoderTagger } from '../models/encoder-tagger.ts';
import { readWeights, weightTensors } from '../models/encoder-weights.ts';
import type { PretrainedEncoder } from '../models/pretrained-encoder.ts';
import { createEncoder } from '../models/transformer-encoder.ts';
import type { BundleForm, PreparedTagger } from '../train/prepared-tagger.ts';
import { createPieceExamples } from '../train/piece-examples.ts';
import type { WordContextSettings } from '../models/word-context.ts';
import { jsonFile, labelMaps } from './config-file.ts';
import { prepareEncoderWords } from './encoder-words.ts';

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
  /** What is read of words beside their pieces; null for nothing. */
  readonly words: WordContextSettings | null;
}

export interface EncoderTaggerKind {
  readonly settings: EncoderTaggerSettings;
  /** Whether a CRF decodes the words' scores. */
  readonly crf: boolean;
  readonly encoder: PretrainedEncoder;
  /** What the encoder is called: its id on the hub, or the name of its folder. */
  readonly name: string;
  readonly isOnHub: boolean;
  readonly labels: LabelSet;
  /** The words of the training set, whose features get rows of their own. */
  readonly train: readonly { readonly words: readonly string[] }[];
  /** Vectors of words, which are looked at with the other features of words. */
  readonly vectors: VectorTable | undefined;
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
export function prepareEncoderTagger({
  settings,
  crf,
  encoder: pretrained,
  name,
  isOnHub,
  labels,
  train,
  vectors,
}: EncoderTaggerKind): PreparedEncoderTagger {
  const config = withDropout(pretrained.config, settings);
  const maxPieces = checkPieces(settings, pretrained, name);
  checkFit(settings, crf);
  const words = settings.words === null ? undefined : prepareEncoderWords({ settings: settings.words, train, vectors });
  const encoder = createEncoder(config);
  const common = { crf, labels: labels.labels.length, dropout: settings.dropout ?? config.classifierDropout };
  const model =
    words === undefined
      ? createEncoderTagger(encoder, { ...common, head: settings.head })
      : createEncoderWordsTagger(encoder, { ...common, words: words.context });
  const { architecture } = config;
  // The encoder's alone: the head of another task, or for other labels, would be a bad start.
  const weights = readWeights(encoder.parameters, pretrained.readWeights(), { architecture, source: name });
  const { tokenizer } = pretrained;
  const pieces = createPieceInput(tokenizer, maxPieces);
  const isPlain = words === undefined && settings.head.kind === 'linear';
  const tokenizerFiles = loadableTokenizer(pretrained);
  const bundle: BundleForm = {
    card: {
      name: `Tweet tagger on ${name}`,
      ...(isOnHub ? { baseModel: name } : {}),
      // transformers has no class with another head.
      library: isPlain ? 'transformers' : 'tagwright',
    },
    features: {
      kind: 'pieces',
      tokenizer: [...tokenizerFiles.keys()],
      maxPieces,
      ...(words === undefined ? {} : { words: words.features }),
    },
    // Other programs would take a graph of this name for one of pieces alone.
    graphFile: words === undefined ? 'onnx/model.onnx' : 'tagger.onnx',
    files: (parameters) => {
      const values = new Map([...parameters].map(([name, { data }]) => [name, data]));
      // Scores of the CRF are in the manifest, and transformers would call them unexpected.
      const specs = model.parameters.filter(({ name }) => !name.startsWith('crf.'));
      return {
        ...Object.fromEntries(tokenizerFiles),
        ...words?.files(),
        'config.json': jsonFile(taggerConfig(pretrained, isPlain, labels)),
        'model.safetensors': writeSafetensors(weightTensors(specs, values, architecture), { format: 'pt' }),
      };
    },
  };
  return {
    model,
    labels,
    examples: createPieceExamples({
      input: pieces,
      labels,
      policy: settings.alignment,
      padId: config.padId,
      words: words?.encoder,
    }),
    input: words === undefined ? pieces : createPieceWordInput({ tokenizer, maxPieces, encoder: words.encoder }),
    tokenizer,
    bundle,
    pretrained: weights.values,
    unexpected: weights.unexpected,
  };
}

/** @throws {E_USAGE} settings that do not fit each other */
function checkFit({ alignment, words, head }: EncoderTaggerSettings, crf: boolean): void {
  if (crf && alignment !== 'first') {
    throw new NerError(
      'E_USAGE',
      `model.alignment: a CRF decodes words, got '${alignment}', which labels all pieces; expected 'first'. Choose another loss than crf, or set model.alignment to first.`,
    );
  }
  if (words !== null && (alignment !== 'first' || head.kind !== 'linear')) {
    throw new NerError(
      'E_USAGE',
      `model.words: features of words go with the linear head and the first piece of each word, got head ${head.kind} and alignment ${alignment}; expected linear and first.`,
    );
  }
}

function withDropout(config: EncoderConfig, settings: EncoderTaggerSettings): EncoderConfig {
  const { hiddenDropout, attentionDropout } = settings;
  return {
    ...config,
    hiddenDropout: hiddenDropout ?? config.hiddenDropout,
    // DistilBERT has none of this kind, and gets none.
    attentionOutputDropout: config.attentionOutputDropout === 0 ? 0 : (hiddenDropout ?? config.attentionOutputDropout),
    attentionDropout: attentionDropout ?? config.attentionDropout,
  };
}

function checkPieces(
  { maxPieces }: EncoderTaggerSettings,
  { maxPieces: room }: PretrainedEncoder,
  name: string,
): number {
  if (maxPieces <= room) return maxPieces;
  throw new NerError(
    'E_USAGE',
    `model.maxPieces: longer than the positions of ${name}, got ${maxPieces}; expected at most ${room}. Longer texts are tagged in overlapping windows.`,
  );
}

/** config.json as transformers, optimum and transformers.js read it: the encoder's own, with the labels. */
function taggerConfig({ config, configJson }: PretrainedEncoder, isPlain: boolean, labels: LabelSet): object {
  const { architecture } = config;
  // Where the encoder came from says nothing of what this is; num_labels follows from id2label.
  const own = Object.entries(configJson).filter(([key]) => key !== '_name_or_path' && key !== 'num_labels');
  return {
    ...Object.fromEntries(own),
    // transformers has no class with another head; the ONNX graph has it.
    architectures: isPlain ? [TAGGER_CLASSES[architecture]] : [],
    ...labelMaps(labels),
    torch_dtype: 'float32',
  };
}

/**
 * The tokeniser's files with what transformers.js cannot do without: a tokenizer_config.json that names the padding, which
 * some old models lack.
 */
function loadableTokenizer({
  tokenizerFiles,
  tokenizer,
  maxPieces,
}: PretrainedEncoder): ReadonlyMap<string, Uint8Array> {
  const known = tokenizerFiles.get('tokenizer_config.json');
  const config = known === undefined ? {} : (JSON.parse(new TextDecoder().decode(known)) as Record<string, unknown>);
  if ('tokenizer_class' in config && 'pad_token' in config) return tokenizerFiles;
  const isBert = tokenizer.kind === 'word-piece';
  const names = isBert ? BERT_NAMES : ROBERTA_NAMES;
  const complete = {
    tokenizer_class: isBert ? 'BertTokenizer' : 'PreTrainedTokenizerFast',
    model_max_length: maxPieces,
    unk_token: names.unk,
    cls_token: names.cls,
    sep_token: names.sep,
    pad_token: names.pad,
    mask_token: names.mask,
    ...config,
  };
  return new Map([...tokenizerFiles, ['tokenizer_config.json', jsonFile(complete)]]);
}
