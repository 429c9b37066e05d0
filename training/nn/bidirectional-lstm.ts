import { concat, transpose, type Tensor, type Tensors } from '../engine/index.ts';
import { dropout, type DropoutSource } from './dropout.ts';
import { lstm, lstmParameters, type LstmSize } from './lstm.ts';
import type { ParameterSpec } from './parameter.ts';

export interface BidirectionalLstmSize extends LstmSize {
  /** Layers one above the other; each reads both directions of the one below. */
  readonly layers: number;
}

/** Parameters of the directions `NAME.I.forward` and `NAME.I.backward` of each layer I. */
export function bidirectionalLstmParameters(name: string, size: BidirectionalLstmSize): readonly ParameterSpec[] {
  return layerNames(name, size.layers).flatMap((layer, i) => {
    const own = { units: size.units, inputs: i === 0 ? size.inputs : 2 * size.units };
    return [...lstmParameters(`${layer}.forward`, own), ...lstmParameters(`${layer}.backward`, own)];
  });
}

export interface BidirectionalLstmOptions {
  readonly layers: number;
  /** 1 for words and 0 for padding, float32 [B, T]; padding is at the end. */
  readonly mask: Tensor;
  /** Between layers, as in torch. */
  readonly dropout: number;
  readonly source: DropoutSource | undefined;
}

/**
 * Layers of LSTMs in both directions, as torch.nn.LSTM(bidirectional=True) on packed sequences (Graves and Schmidhuber
 * 2005).
 *
 * Shapes: x [B, T, nIn] gives [B, T, 2U] (forward, backward), zero in the padding.
 */
export function bidirectionalLstm(p: Tensors, name: string, x: Tensor, options: BidirectionalLstmOptions): Tensor {
  const mask = transpose(options.mask); // [T, B]
  let hidden = transpose(x, [1, 0, 2]); // [T, B, nIn]
  layerNames(name, options.layers).forEach((layer, i) => {
    const input = i === 0 ? hidden : dropout(hidden, options.dropout, options.source); // [T, B, nIn]
    const forward = lstm(p, `${layer}.forward`, input, { mask }); // [T, B, U]
    const backward = lstm(p, `${layer}.backward`, input, { mask, reverse: true }); // [T, B, U]
    hidden = concat([forward, backward], -1); // [T, B, 2U]
  });
  return transpose(hidden, [1, 0, 2]); // [B, T, 2U]
}

function layerNames(name: string, layers: number): readonly string[] {
  return Array.from({ length: layers }, (_, i) => `${name}.${i}`);
}
