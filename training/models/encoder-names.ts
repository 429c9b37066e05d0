import type { Architecture } from './encoder-config.ts';

/** What transformers calls the layers of one architecture. */
export interface EncoderNames {
  /** Before every name in the file of a tagger, and in some files of bare encoders. */
  readonly prefix: string;
  /** Our names to theirs, without layer, prefix, `.weight` and `.bias`. */
  readonly outer: Readonly<Record<string, string>>;
  /** What comes before the number of a layer. */
  readonly layer: string;
  /** Our names within a layer to theirs. */
  readonly inner: Readonly<Record<string, string>>;
  /** Tensors that taggers have no use for: poolers, heads of pre-training, counted positions. */
  readonly ignored: readonly RegExp[];
}

const embeddings = {
  'embeddings.words': 'embeddings.word_embeddings',
  'embeddings.positions': 'embeddings.position_embeddings',
  'embeddings.types': 'embeddings.token_type_embeddings',
  'embeddings.norm': 'embeddings.LayerNorm',
} as const;

const feedForward = {
  'feedForward.inner': 'intermediate.dense',
  'feedForward.outer': 'output.dense',
  'feedForward.norm': 'output.LayerNorm',
} as const;

const bertLayer = {
  'attention.query': 'attention.self.query',
  'attention.key': 'attention.self.key',
  'attention.value': 'attention.self.value',
  'attention.output': 'attention.output.dense',
  'attention.norm': 'attention.output.LayerNorm',
  ...feedForward,
} as const;

/** Heads of any task; a tagger's own `classifier` is asked for by name before this is looked at. */
const heads = [/^classifier\./, /^qa_outputs\./, /^pre_classifier\./, /^score\./] as const;
const common = [/^embeddings\.position_ids$/, /^pooler\./, ...heads] as const;

const roberta: EncoderNames = {
  prefix: 'roberta.',
  outer: embeddings,
  layer: 'encoder.layer.',
  inner: bertLayer,
  ignored: [...common, /^lm_head\./],
};

export const encoderNames: Readonly<Record<Architecture, EncoderNames>> = {
  bert: {
    prefix: 'bert.',
    outer: embeddings,
    layer: 'encoder.layer.',
    inner: bertLayer,
    ignored: [...common, /^cls\./],
  },
  distilbert: {
    prefix: 'distilbert.',
    outer: embeddings,
    layer: 'transformer.layer.',
    inner: {
      'attention.query': 'attention.q_lin',
      'attention.key': 'attention.k_lin',
      'attention.value': 'attention.v_lin',
      'attention.output': 'attention.out_lin',
      'attention.norm': 'sa_layer_norm',
      'feedForward.inner': 'ffn.lin1',
      'feedForward.outer': 'ffn.lin2',
      'feedForward.norm': 'output_layer_norm',
    },
    ignored: [...common, /^vocab_(?:transform|layer_norm|projector)\./],
  },
  electra: {
    prefix: 'electra.',
    outer: { ...embeddings, 'embeddings.projection': 'embeddings_project' },
    layer: 'encoder.layer.',
    inner: bertLayer,
    ignored: [...common, /^generator_(?:predictions|lm_head)\./, /^discriminator_predictions\./],
  },
  mpnet: {
    prefix: 'mpnet.',
    outer: { ...embeddings, relative: 'encoder.relative_attention_bias' },
    layer: 'encoder.layer.',
    inner: {
      'attention.query': 'attention.attn.q',
      'attention.key': 'attention.attn.k',
      'attention.value': 'attention.attn.v',
      'attention.output': 'attention.attn.o',
      'attention.norm': 'attention.LayerNorm',
      ...feedForward,
    },
    ignored: [...common, /^lm_head\./],
  },
  roberta,
  'xlm-roberta': roberta,
};

/**
 * What transformers calls a parameter of ours, without the architecture's prefix; undefined for one that is none of the
 * encoder's, such as a head's.
 */
export function hubName(architecture: Architecture, parameter: string): string | undefined {
  const names = encoderNames[architecture];
  const [, layer, place, kind] = /^(?:layers\.(\d+)\.)?(.+)\.(weight|bias)$/.exec(parameter) ?? [];
  const theirs = (layer === undefined ? names.outer : names.inner)[place ?? ''];
  if (theirs === undefined) return undefined;
  return `${layer === undefined ? '' : `${names.layer}${layer}.`}${theirs}.${kind!}`;
}
