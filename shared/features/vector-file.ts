import { z } from 'zod';
import { readSafetensors, writeSafetensors } from '../model/safetensors.ts';
import { NerError } from '../ner-error.ts';
import type { VectorTable } from './vector-table.ts';

const wordsSchema = z.array(z.string());

/**
 * A vector table as one safetensors file: `vectors` F16 [N, dim], `ranks` I32 [N], and `words`, a JSON array of strings
 * in UTF-8, which keeps whatever a word may hold.
 */
export function writeVectorFile(table: VectorTable): Uint8Array {
  const words = new TextEncoder().encode(JSON.stringify([...table.index.keys()]));
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
    throw malformed(source, `holds no word vectors, got ${found}; expected vectors, ranks, words`);
  }
  const list = parseWords(words.data, source);
  const index = new Map(list.map((word, i) => [word, i]));
  const [count, dim] = vectors.shape;
  if (dim === undefined || vectors.shape.length !== 2) {
    throw malformed(source, `its vectors are no matrix, got [${vectors.shape.join(', ')}]; expected [words, dim]`);
  }
  if (list.length !== count || index.size !== count || ranks.data.length !== count) {
    const got = `${list.length} words, ${index.size} of them different, and ${ranks.data.length} ranks`;
    throw malformed(source, `its parts do not fit each other, got ${got}; expected one of each for ${count} vectors`);
  }
  const { data } = vectors;
  return { dim, index, ranks: ranks.data, values: new Float16Array(data.buffer, data.byteOffset, data.length) };
}

function parseWords(bytes: Uint8Array, source: string): readonly string[] {
  try {
    return wordsSchema.parse(JSON.parse(new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes)));
  } catch (cause) {
    throw malformed(source, 'its words are no list of words; expected a JSON array of strings in UTF-8', cause);
  }
}

function malformed(source: string, what: string, cause?: unknown): NerError {
  return new NerError('E_WEIGHTS_MALFORMED', `${source}: ${what}. Train the model again.`, { cause });
}
