import { add, concat, mul, unsqueeze, type Tensor, type Tensors } from '../engine/index.ts';
import { bidirectionalLstm, bidirectionalLstmParameters } from '../nn/bidirectional-lstm.ts';
import { dropout, type DropoutSource } from '../nn/dropout.ts';
import { layerNorm, layerNormParameters } from '../nn/layer-norm.ts';
import { linear, linearParameters } from '../nn/linear.ts';
import { maxout2 } from '../nn/maxout.ts';
import type { ParameterSpec } from '../nn/parameter.ts';
import { windowed } from '../nn/window.ts';

export const CONTEXT_ENCODERS = ['window', 'bilstm'] as const;
export type ContextEncoderName = (typeof CONTEXT_ENCODERS)[number];

/** What an encoder of words in their context is like. */
export interface ContextEncoderSettings {
  /** H: width of the hidden states. */
  readonly width: number;
  /** Window layers, each of which sees one word further to either side. */
  readonly layers: number;
  /** U: width of an LSTM's state in each direction. */
  readonly lstmUnits: number;
  /** Between layers. */
  readonly hiddenDropout: number;
}

export interface ContextOptions {
  /** 1 for words and 0 for padding, float32 [B, T]. */
  readonly mask: Tensor;
  readonly settings: ContextEncoderSettings;
  readonly source: DropoutSource | undefined;
}

/** Turns what is known of each word by itself into what is known of it in its sentence. */
export interface ContextEncoder {
  readonly parameters: (nIn: number, settings: ContextEncoderSettings) => readonly ParameterSpec[];
  /** Shapes: features [B, T, nIn] gives [B, T, H]. */
  readonly encode: (p: Tensors, features: Tensor, options: ContextOptions) => Tensor;
}

/**
 * A maxout layer, then residual window layers:
 *
 *     x_0 = maxout(W features + b),   x_i = LayerNorm(x + maxout(W_i [x_{t-1}; x_t; x_{t+1}] + b_i))
 *
 * That is spaCy's MaxoutWindowEncoder (spaCy 3.8, ml/models/tok2vec.py).
 */
const window: ContextEncoder = {
  parameters: (nIn, { width, layers }) => [
    ...linearParameters('input', nIn, 2 * width),
    ...windowNames(layers).flatMap((name) => [
      ...linearParameters(name, 3 * width, 2 * width),
      ...layerNormParameters(`${name}.norm`, width),
    ]),
  ],
  encode: (p, features, { mask, settings, source }) => {
    const visible = unsqueeze(mask, -1); // [B, T, 1]
    let x = maxout2(linear(p, 'input', features)); // [B, T, H]
    for (const name of windowNames(settings.layers)) {
      const own = mul(dropout(x, settings.hiddenDropout, source), visible); // [B, T, H], padding is zero
      const y = maxout2(linear(p, name, windowed(own, 3))); // [B, T, H]
      x = layerNorm(p, `${name}.norm`, add(x, y)); // [B, T, H]
    }
    return x; // [B, T, H]
  },
};

function windowNames(layers: number): readonly string[] {
  return Array.from({ length: layers }, (_, i) => `window.${i}`);
}

/**
 * The window encoder, then an LSTM in each direction, and a maxout layer that weighs both:
 *
 *     h = LayerNorm(BiLSTM(x)),   y = maxout(W [h; x] + b)
 *
 * The words beside a word say most about it, and what the LSTM adds from afar is added to that. An LSTM alone (Lample
 * et al. 2016, https://arxiv.org/abs/1603.01360) learns training sentences by heart; docs/benchmarks.md has the figures.
 */
const bilstm: ContextEncoder = {
  parameters: (nIn, settings) => {
    const { width, lstmUnits } = settings;
    return [
      ...window.parameters(nIn, settings),
      ...bidirectionalLstmParameters('lstm', { inputs: width, units: lstmUnits, layers: 1 }),
      ...layerNormParameters('lstm.norm', 2 * lstmUnits),
      ...linearParameters('merge', 2 * lstmUnits + width, 2 * width),
    ];
  },
  encode: (p, features, options) => {
    const { mask, source, settings } = options;
    const x = window.encode(p, features, options); // [B, T, H]
    const dropped = dropout(x, settings.hiddenDropout, source); // [B, T, H]
    const read = bidirectionalLstm(p, 'lstm', dropped, { layers: 1, mask, dropout: 0, source }); // [B, T, 2U]
    const merged = concat([layerNorm(p, 'lstm.norm', read), x], -1); // [B, T, 2U + H]
    return maxout2(linear(p, 'merge', merged)); // [B, T, H]
  },
};

export const contextEncoders = { window, bilstm } satisfies Record<ContextEncoderName, ContextEncoder>;
