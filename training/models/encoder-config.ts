import { z } from 'zod';
import { NerError } from '../../shared/ner-error.ts';

/** The `model_type` of the encoders that we have. */
export const ARCHITECTURES = ['bert', 'distilbert', 'electra', 'mpnet', 'roberta', 'xlm-roberta'] as const;

export type Architecture = (typeof ARCHITECTURES)[number];

/** A transformer encoder, whatever its architecture calls these. */
export interface EncoderConfig {
  readonly architecture: Architecture;
  /** Rows of the table of word pieces. */
  readonly vocabulary: number;
  /** Rows of the table of positions. */
  readonly positions: number;
  /** Row of the first token's position: past the padding's in RoBERTa and its kin. */
  readonly firstPosition: number;
  /** Rows of the table of token types, 0 for none. */
  readonly tokenTypes: number;
  /** Width of the embeddings; where it is not `width`, they are projected. */
  readonly embeddingWidth: number;
  readonly width: number;
  readonly layers: number;
  readonly heads: number;
  readonly feedForward: number;
  /** Whether scores of attention depend on how far apart two tokens are. */
  readonly relativeBias: boolean;
  /** Added to the variance by LayerNorm. */
  readonly epsilon: number;
  readonly hiddenDropout: number;
  /** Of what attention gives, before it is added; DistilBERT has none. */
  readonly attentionOutputDropout: number;
  /** Of the probabilities of attention. */
  readonly attentionDropout: number;
  /** Before a classifier. */
  readonly classifierDropout: number;
  /** Standard deviation of fresh weights. */
  readonly initializerRange: number;
  /** Id of the padding token. */
  readonly padId: number;
}

const count = z.int().positive();
const rate = z.number().min(0).lt(1);

/** Settings of which we have one value only. */
const fixed = {
  position_embedding_type: z.literal('absolute').default('absolute'),
  is_decoder: z.literal(false).default(false),
  add_cross_attention: z.literal(false).default(false),
};

/** Defaults are those of transformers 5.23, which leaves them out of config.json in places. */
const bertLike = z.object({
  ...fixed,
  vocab_size: count,
  hidden_size: count,
  num_hidden_layers: count,
  num_attention_heads: count,
  intermediate_size: count,
  max_position_embeddings: count,
  hidden_act: z.literal('gelu').default('gelu'),
  hidden_dropout_prob: rate.default(0.1),
  attention_probs_dropout_prob: rate.default(0.1),
  classifier_dropout: rate.nullish(),
  layer_norm_eps: z.number().positive().default(1e-12),
  initializer_range: z.number().positive().default(0.02),
  type_vocab_size: count.default(2),
});

const distilbert = z.object({
  ...fixed,
  vocab_size: count,
  dim: count,
  n_layers: count,
  n_heads: count,
  hidden_dim: count,
  max_position_embeddings: count,
  activation: z.literal('gelu').default('gelu'),
  sinusoidal_pos_embds: z.literal(false).default(false),
  dropout: rate.default(0.1),
  attention_dropout: rate.default(0.1),
  initializer_range: z.number().positive().default(0.02),
  pad_token_id: z.int().nonnegative().nullish(),
});

const padId = (fallback: number) =>
  z
    .int()
    .nonnegative()
    .nullish()
    .transform((id) => id ?? fallback);

const bert = bertLike.extend({ pad_token_id: padId(0) });
const electra = bert.extend({ embedding_size: count.default(128) });
const roberta = bertLike.extend({ pad_token_id: padId(1) });
const mpnet = bertLike.extend({
  pad_token_id: padId(1),
  // transformers computes 32 buckets whatever this says.
  relative_attention_num_buckets: z.literal(32).default(32),
});

type BertLike = z.output<typeof bert>;

function fromBertLike(architecture: Architecture, c: BertLike): EncoderConfig {
  return {
    architecture,
    vocabulary: c.vocab_size,
    positions: c.max_position_embeddings,
    firstPosition: 0,
    tokenTypes: c.type_vocab_size,
    embeddingWidth: c.hidden_size,
    width: c.hidden_size,
    layers: c.num_hidden_layers,
    heads: c.num_attention_heads,
    feedForward: c.intermediate_size,
    relativeBias: false,
    epsilon: c.layer_norm_eps,
    hiddenDropout: c.hidden_dropout_prob,
    attentionOutputDropout: c.hidden_dropout_prob,
    attentionDropout: c.attention_probs_dropout_prob,
    classifierDropout: c.classifier_dropout ?? c.hidden_dropout_prob,
    initializerRange: c.initializer_range,
    padId: c.pad_token_id,
  };
}

function fromDistilbert(c: z.output<typeof distilbert>): EncoderConfig {
  return {
    architecture: 'distilbert',
    vocabulary: c.vocab_size,
    positions: c.max_position_embeddings,
    firstPosition: 0,
    tokenTypes: 0,
    embeddingWidth: c.dim,
    width: c.dim,
    layers: c.n_layers,
    heads: c.n_heads,
    feedForward: c.hidden_dim,
    relativeBias: false,
    epsilon: 1e-12,
    hiddenDropout: c.dropout,
    attentionOutputDropout: 0,
    attentionDropout: c.attention_dropout,
    classifierDropout: c.dropout,
    initializerRange: c.initializer_range,
    padId: c.pad_token_id ?? 0,
  };
}

type Check = <T>(schema: z.ZodType<T>) => T;

/** RoBERTa's positions count up from past the padding's id. */
function fromRoberta(architecture: Architecture, check: Check): EncoderConfig {
  const c = check(roberta);
  return { ...fromBertLike(architecture, c), firstPosition: c.pad_token_id + 1 };
}

const readers: Readonly<Record<Architecture, (check: Check) => EncoderConfig>> = {
  bert: (check) => fromBertLike('bert', check(bert)),
  distilbert: (check) => fromDistilbert(check(distilbert)),
  electra: (check) => {
    const c = check(electra);
    return { ...fromBertLike('electra', c), embeddingWidth: c.embedding_size };
  },
  // transformers has the padding's position at 1 whatever the id of the padding token.
  mpnet: (check) => ({ ...fromBertLike('mpnet', check(mpnet)), firstPosition: 2, tokenTypes: 0, relativeBias: true }),
  roberta: (check) => fromRoberta('roberta', check),
  'xlm-roberta': (check) => fromRoberta('xlm-roberta', check),
};

/**
 * Reads the config.json of a Hugging Face model. BERTweet calls itself roberta.
 *
 * @param source what to call the file in errors
 * @throws {E_ENCODER_UNSUPPORTED} an architecture or a setting that we do not have, or a value that makes no sense
 */
export function readEncoderConfig(json: unknown, source = 'config.json'): EncoderConfig {
  const type: unknown = typeof json === 'object' && json !== null && 'model_type' in json ? json.model_type : undefined;
  const architecture = ARCHITECTURES.find((name) => name === type);
  if (architecture === undefined) {
    const got = type === undefined ? 'none' : JSON.stringify(type);
    throw unsupported(source, `the model_type is not one of ours, got ${got}; expected ${ARCHITECTURES.join(', ')}`);
  }
  const config = readers[architecture]((schema) => {
    const parsed = schema.safeParse(json);
    if (parsed.success) return parsed.data;
    const [first] = parsed.error.issues;
    const key = String(first!.path[0]);
    const got = describe((json as Readonly<Record<string, unknown>>)[key]);
    throw unsupported(
      source,
      `this ${architecture} has a setting we do not have: ${key}, got ${got}; ${first!.message}`,
    );
  });
  if (config.width % config.heads !== 0) {
    throw unsupported(source, `the heads do not divide the width, got ${config.heads} heads of ${config.width}`);
  }
  if (config.positions <= config.firstPosition) {
    throw unsupported(source, `no position is left for a token, got ${config.positions} positions`);
  }
  return config;
}

function describe(value: unknown): string {
  return value === undefined ? 'nothing' : JSON.stringify(value);
}

function unsupported(source: string, reason: string): NerError {
  return new NerError('E_ENCODER_UNSUPPORTED', `${source}: ${reason}. Choose another encoder.`);
}

/** The most tokens that a sentence may have, special ones included. */
export function maxTokens(config: EncoderConfig): number {
  return config.positions - config.firstPosition;
}
