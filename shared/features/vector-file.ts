import { NerError } from '../ner-error.ts';
import { readSafetensors, writeSafetensors } from '../model/safetensors.ts';
import type { VectorTable } from './vector-table.ts';

/**
 * A vector table as one safetensors file: `vectors` F16 [N, dim], `ranks` I32 [N], and `words`, their UTF-8 joined by
 * line feeds, which no word contains.
 */
export function writeVectorFile(table: VectorTable): Uint8Array {
  const words = new TextEncoder().encode([...table.index.keys()].join('\n'));
  const { values } = table;
  const bits = new Uint16Array(values.buffer, values.byteOffset, values.length);
  return writeSafetensors({
    vectors: { dtype: 'F16', shape: [table.index.size, table.dim], data: bits },
    ranks: { dtype: 'I32', shape: [table.index.size], data: table.ranks },
    words: { dtype: 'U8', shape: [words.length], data: words },
  });
}

/** @throws {E_WEIGHTS_MALFORMED} when the bytes are not what `writeVectorFile` wrote */
export function readVectorFile(bytes: Uint8Array, source: string): VectorTable {
  const { tensors } = readSafetensors(bytes, source);
  const vectors = tensors.get('vectors');
  const ranks = tensors.get('ranks');
  const words = tensors.get('words');
  if (vectors?.dtype !== 'F16' || ranks?.dtype !== 'I32' || words?.dtype !== 'U8') {
    const found = [...tensors.keys()].join(', ');
    throw new NerError(
      'E_WEIGHTS_MALFORMED',
      `${source}: holds no word vectors, got ${found}; expected vectors, ranks, words.`,
    );
  }
  const list = new TextDecoder().decode(words.data).split('\n');
  const [count = 0, dim = 0] = vectors.shape;
  if (list.length !== count || ranks.data.length !== count) {
    throw new NerError(
      'E_WEIGHTS_MALFORMED',
      `${source}: ${list.length} words for ${count} vectors; expected as many.`,
    );
  }
  const { data } = vectors;
  return {
    dim,
    index: new Map(list.map((word, i) => [word, i])),
    ranks: ranks.data,
    values: new Float16Array(data.buffer, data.byteOffset, data.length),
  };
}
