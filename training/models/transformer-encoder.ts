import { add, float32, int32, type Tensor, type Tensors, type TensorType } from '../engine/index.ts';
import { attentionParameters, paddingBias, selfAttention } from '../nn/attention.ts';
import { dense, denseParameters } from '../nn/dense.ts';
import { dropout, type DropoutSource } from '../nn/dropout.ts';
import { feedForward, feedForwardParameters } from '../nn/feed-forward.ts';
import { layerNorm, layerNormParameters } from '../nn/layer-norm.ts';
import { normal, type ParameterSpec } from '../nn/parameter.ts';
import { relativeBias, relativeBiasParameters } from '../nn/relative-bias.ts';
import { tokenEmbeddings, tokenEmbeddingsParameters, type TokenEmbeddingsSize } from '../nn/token-embeddings.ts';
import { maxTokens, type EncoderConfig } from './encoder-config.ts';

/** A transformer encoder as training programs and exporters take it. */
export interface TransformerEncoder {
  readonly config: EncoderConfig;
  readonly parameters: readonly ParameterSpec[];
  /** ids int32 [B, T] and mask float32 [B, T], 1 for tokens and 0 for padding. */
  readonly inputs: { readonly ids: TensorType; readonly mask: TensorType };
  /** The most tokens a sentence may have, T. The graph does not check it. */
  readonly maxTokens: number;
  /** The last hidden state of each token, [B, T, H]; with a dropout source as in training, without as in serving. */
  readonly hidden: (p: Tensors, inputs: Tensors, source?: DropoutSource) => Tensor;
}

/**
 * The encoder of BERT and its kin (Devlin et al. 2019, https://arxiv.org/abs/1810.04805), without pooler:
 *
 *     x_0 = LayerNorm(word + position + type)
 *     a   = LayerNorm(x + attention(x)),   x' = LayerNorm(a + feedForward(a))   for each layer
 *
 * Names of parameters are the same for all architectures; `encoder-names.ts` has what transformers calls them.
 */
export function createEncoder(config: EncoderConfig): TransformerEncoder {
  return {
    config,
    parameters: encoderParameters(config),
    inputs: { ids: int32('B', 'T'), mask: float32('B', 'T') },
    maxTokens: maxTokens(config),
    hidden: (p, inputs, source) => {
      const [ids, mask] = [inputs['ids']!, inputs['mask']!];
      const padding = paddingBias(mask); // [B, 1, 1, T]
      const relative = (): Tensor => relativeBias(p, 'relative', ids.shape[1]!, maxTokens(config)); // [A, T, T]
      const bias = config.relativeBias ? add(padding, relative()) : padding; // [B, 1 or A, 1 or T, T]
      let x = embed(p, { config, ids, source }); // [B, T, H]
      for (let i = 0; i < config.layers; i++) x = layer(p, `layers.${i}`, x, { config, bias, source }); // [B, T, H]
      return x;
    },
  };
}

function embeddingsSize(config: EncoderConfig): TokenEmbeddingsSize {
  return { ...config, width: config.embeddingWidth };
}

function encoderParameters(config: EncoderConfig): readonly ParameterSpec[] {
  const { width, embeddingWidth, heads } = config;
  const init = normal(config.initializerRange);
  const layers = Array.from({ length: config.layers }, (_, i) => `layers.${i}`);
  return [
    ...tokenEmbeddingsParameters('embeddings', embeddingsSize(config), init),
    ...layerNormParameters('embeddings.norm', embeddingWidth),
    ...(embeddingWidth === width ? [] : denseParameters('embeddings.projection', [embeddingWidth, width], init)),
    ...(config.relativeBias ? relativeBiasParameters('relative', heads, init) : []),
    ...layers.flatMap((name) => [
      ...attentionParameters(`${name}.attention`, width, init),
      ...layerNormParameters(`${name}.attention.norm`, width),
      ...feedForwardParameters(`${name}.feedForward`, [width, config.feedForward], init),
      ...layerNormParameters(`${name}.feedForward.norm`, width),
    ]),
  ];
}

interface EmbedOptions {
  readonly config: EncoderConfig;
  readonly ids: Tensor;
  readonly source: DropoutSource | undefined;
}

function embed(p: Tensors, { config, ids, source }: EmbedOptions): Tensor {
  const embedded = tokenEmbeddings(p, 'embeddings', ids, embeddingsSize(config)); // [B, T, E]
  const x = dropout(layerNorm(p, 'embeddings.norm', embedded, config.epsilon), config.hiddenDropout, source); // [B, T, E]
  return config.embeddingWidth === config.width ? x : dense(p, 'embeddings.projection', x); // [B, T, H]
}

interface LayerOptions {
  readonly config: EncoderConfig;
  readonly bias: Tensor;
  readonly source: DropoutSource | undefined;
}

function layer(p: Tensors, name: string, x: Tensor, { config, bias, source }: LayerOptions): Tensor {
  const { heads, epsilon } = config;
  const attention = `${name}.attention`;
  const attended = selfAttention(p, attention, x, { heads, bias, dropout: config.attentionDropout, source }); // [B, T, H]
  const mixed = add(dropout(attended, config.attentionOutputDropout, source), x); // [B, T, H]
  const a = layerNorm(p, `${attention}.norm`, mixed, epsilon); // [B, T, H]
  const forward = `${name}.feedForward`;
  const y = dropout(feedForward(p, forward, a), config.hiddenDropout, source); // [B, T, H]
  return layerNorm(p, `${forward}.norm`, add(y, a), epsilon); // [B, T, H]
}
