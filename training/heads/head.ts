import type { Tensor, Tensors } from '../engine/index.ts';
import type { DropoutSource } from '../nn/dropout.ts';
import type { ParameterSpec } from '../nn/parameter.ts';

export interface HeadSize {
  /** H: width of the hidden states. */
  readonly width: number;
  /** L */
  readonly labels: number;
  /** Standard deviation of fresh weights, as the encoder's own. */
  readonly initializerRange: number;
}

export interface HeadOptions {
  /** 1 for tokens and 0 for padding, float32 [B, T]. */
  readonly mask: Tensor;
  /** Of the hidden states, and of what a head makes of them. */
  readonly dropout: number;
  /** None in serving. */
  readonly source: DropoutSource | undefined;
}

/** What turns the hidden states of an encoder into a score for each label. Padding never changes a token's scores. */
export interface Head {
  readonly parameters: readonly ParameterSpec[];
  /** Shapes: hidden [B, T, H] gives [B, T, L]. */
  readonly logits: (p: Tensors, hidden: Tensor, options: HeadOptions) => Tensor;
}
