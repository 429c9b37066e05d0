import {
  add,
  full,
  gemm,
  mul,
  scan,
  sigmoid,
  split,
  tanh,
  unsqueeze,
  type Tensor,
  type Tensors,
} from '../engine/index.ts';
import { linear } from './linear.ts';
import { uniform, type ParameterSpec } from './parameter.ts';

export interface LstmSize {
  /** Width of what is read. */
  readonly inputs: number;
  /** U: width of the state. */
  readonly units: number;
}

/**
 * Parameters `NAME.input.weight` [nIn, 4U], `NAME.input.bias` [4U] and `NAME.recurrent` [U, 4U], uniform within
 * 1/sqrt(U) as torch.nn.LSTM. The gates are side by side in torch's order i, f, g, o. The weights are the transposes of
 * torch's `weight_ih` and `weight_hh`, because that is the operand order of the matrix products; the bias is the sum of
 * torch's two, which only ever occur as their sum.
 */
export function lstmParameters(name: string, { inputs, units }: LstmSize): readonly ParameterSpec[] {
  const init = uniform(1 / Math.sqrt(units));
  return [
    { name: `${name}.input.weight`, shape: [inputs, 4 * units], init },
    { name: `${name}.input.bias`, shape: [4 * units], init },
    { name: `${name}.recurrent`, shape: [units, 4 * units], init },
  ];
}

export interface LstmOptions {
  /** 1 for words and 0 for padding, float32 [T, B]; padding is at the end. */
  readonly mask: Tensor;
  /** Reads from the last word to the first. Default false. */
  readonly reverse?: boolean;
}

/**
 * Long short-term memory in one direction (Hochreiter and Schmidhuber 1997; with forget gates, Gers et al. 2000), as
 * torch.nn.LSTM computes it on packed sequences:
 *
 *     [i; f; g; o] = W x_t + R h_(t-1) + b
 *     c_t = sigmoid(f) c_(t-1) + sigmoid(i) tanh(g),   h_t = sigmoid(o) tanh(c_t)
 *
 * The part W x_t + b is one matrix product over all times, outside of the loop. In padding the state is zero: backwards
 * that lets each sentence begin at its own last word, and forwards there is nothing after padding.
 *
 * Shapes: x [T, B, nIn] gives h [T, B, U], zero in the padding. Time comes first, because the loop cuts it into slices.
 */
export function lstm(p: Tensors, name: string, x: Tensor, { mask, reverse = false }: LstmOptions): Tensor {
  const recurrent = p[`${name}.recurrent`]!; // [U, 4U]
  const units = recurrent.shape[0] as number;
  const initial = full(0, [x.shape[1]!, units]); // [B, U]
  const { outputs } = scan(
    {
      states: { hidden: initial, cell: initial },
      inputs: { projected: linear(p, `${name}.input`, x), present: unsqueeze(mask, -1) }, // [T, B, 4U], [T, B, 1]
      reverse,
    },
    (state, { projected, present }) => {
      const gates = gemm(state.hidden, recurrent, projected); // [B, 4U]
      const [i, f, g, o] = split(gates, [units, units, units, units], -1) as [Tensor, Tensor, Tensor, Tensor]; // [B, U]
      const kept = add(mul(sigmoid(f), state.cell), mul(sigmoid(i), tanh(g))); // [B, U]
      const cell = mul(kept, present); // [B, U]
      const hidden = mul(sigmoid(o), tanh(cell)); // [B, U]
      return { states: { hidden, cell }, outputs: { read: hidden } };
    },
  );
  return outputs['read']!; // [T, B, U]
}
