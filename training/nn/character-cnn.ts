import { concat, gather, pad, reduceMax, relu, slice, type Tensor, type Tensors } from '../engine/index.ts';
import { linear, linearParameters } from './linear.ts';
import { normal, type ParameterSpec } from './parameter.ts';

export interface CharacterCnnSize {
  /** Rows of the table of characters. */
  readonly rows: number;
  readonly width: number;
  readonly filters: number;
}

/** Parameters `NAME.embedding` [rows, width] and those of the filters, a linear layer over three characters. */
export function characterCnnParameters(
  name: string,
  { rows, width, filters }: CharacterCnnSize,
): readonly ParameterSpec[] {
  return [
    { name: `${name}.embedding`, shape: [rows, width], init: normal(0.3) },
    ...linearParameters(`${name}.filters`, 3 * width, filters),
  ];
}

/**
 * What the spelling of a word says: filters over each three neighbouring characters, and the strongest answer of each
 * filter (Ma and Hovy 2016, section 2.1, https://arxiv.org/abs/1603.01354).
 *
 * Shapes: ids int32 [B, T, C] gives [B, T, filters].
 */
export function characterCnn(p: Tensors, name: string, ids: Tensor): Tensor {
  const embedded = gather(p[`${name}.embedding`]!, ids); // [B, T, C, width]
  const previous = pad(slice(embedded, 2, [0, -1]), 2, [1, 0]); // [B, T, C, width]
  const next = pad(slice(embedded, 2, [1]), 2, [0, 1]); // [B, T, C, width]
  const filtered = relu(linear(p, `${name}.filters`, concat([previous, embedded, next], -1))); // [B, T, C, filters]
  return reduceMax(filtered, { axes: [2] }); // [B, T, filters]
}
