import { add, addDims, gather, slice, type Tensor, type Tensors } from '../engine/index.ts';
import type { Initializer, ParameterSpec } from './parameter.ts';

export interface TokenEmbeddingsSize {
  /** Rows of the table of word pieces. */
  readonly vocabulary: number;
  /** Rows of the table of positions. */
  readonly positions: number;
  /** Row of the first token's position; rows before it belong to padding. */
  readonly firstPosition: number;
  /** Rows of the table of token types; 0 for models without. All our tokens are of type 0. */
  readonly tokenTypes: number;
  readonly width: number;
}

/** Parameters `NAME.words.weight` [V, H], `NAME.positions.weight` and, where there are types, `NAME.types.weight`. */
export function tokenEmbeddingsParameters(
  name: string,
  { vocabulary, positions, tokenTypes, width }: TokenEmbeddingsSize,
  init: Initializer,
): readonly ParameterSpec[] {
  return [
    { name: `${name}.words.weight`, shape: [vocabulary, width], init },
    { name: `${name}.positions.weight`, shape: [positions, width], init },
    ...(tokenTypes === 0 ? [] : [{ name: `${name}.types.weight`, shape: [tokenTypes, width], init }]),
  ];
}

/**
 * The sum of a token's word piece, position and type. Positions count up from `firstPosition` whatever the token; what
 * padding gets does not matter, because nothing looks at it.
 *
 * Shapes: ids int32 [B, T] gives [B, T, H]; T is at most positions - firstPosition.
 */
export function tokenEmbeddings(p: Tensors, name: string, ids: Tensor, size: TokenEmbeddingsSize): Tensor {
  const words = gather(p[`${name}.words.weight`]!, ids); // [B, T, H]
  const from = size.firstPosition;
  const positions = slice(p[`${name}.positions.weight`]!, 0, [from, addDims(from, ids.shape[1]!)]); // [T, H]
  const types = p[`${name}.types.weight`];
  // The small tables first, so that the large tensor is passed over once.
  return add(words, types === undefined ? positions : add(positions, slice(types, 0, [0, 1]))); // [B, T, H]
}
