import { z } from 'zod';
import { readSafetensors, writeSafetensors, type SafetensorsTensor } from '../model/safetensors.ts';
import { NerError } from '../ner-error.ts';
import { dequantizeVectors } from './quantized-vectors.ts';
import type { VectorTable } from './vector-table.ts';

const wordsSchema = z.array(z.string());

/** Codes are signed and the file's bytes are not. */
const CODE_ZERO = 128;

/**
 * A vector table as one safetensors file: `vectors` F16 [N, dim], `ranks` I32 [N], and `words`, a JSON array of strings
 * in UTF-8, which keeps whatever a word may hold. A table that is kept a byte a number has, instead of `vectors`, `codes`
 * U8 [N, dim], which are 128 for zero, and `scales` F32 [N].
 */
export function writeVectorFile(table: VectorTable): Uint8Array {
  const words = new TextEncoder().encode(JSON.stringify([...table.index.keys()]));
  return writeSafetensors({
    ...vectorTensors(table),
    ranks: { dtype: 'I32', shape: [table.index.size], data: table.ranks },
    words: { dtype: 'U8', shape: [words.length], data: words },
  });
}

function vectorTensors({ index, dim, values, quantized }: VectorTable): Record<string, SafetensorsTensor> {
  const shape = [index.size, dim];
  if (quantized === undefined) {
    const bits = new Uint16Array(values.buffer, values.byteOffset, values.length);
    return { vectors: { dtype: 'F16', shape, data: bits } };
  }
  const { codes, scales } = quantized;
  return {
    codes: { dtype: 'U8', shape, data: unsigned(codes) },
    scales: { dtype: 'F32', shape: [index.size], data: scales },
  };
}

function unsigned(codes: Int8Array): Uint8Array {
  return new Uint8Array(codes.length).map((_, i) => codes[i]! + CODE_ZERO);
}

function signed(bytes: Uint8Array): Int8Array {
  return new Int8Array(bytes.length).map((_, i) => bytes[i]! - CODE_ZERO);
}

/** @throws {E_WEIGHTS_MALFORMED} when the bytes are not what `writeVectorFile` wrote */
export function readVectorFile(bytes: Uint8Array, source: string): VectorTable {
  const { tensors } = readSafetensors(bytes, source);
  const matrix = tensors.get('vectors') ?? tensors.get('codes');
  const ranks = tensors.get('ranks');
  const words = tensors.get('words');
  if (matrix === undefined || ranks?.dtype !== 'I32' || words?.dtype !== 'U8') {
    const found = [...tensors.keys()].join(', ');
    throw malformed(source, `holds no word vectors, got ${found}; expected vectors, ranks, words`);
  }
  const list = parseWords(words.data, source);
  const index = new Map(list.map((word, i) => [word, i]));
  const [count, dim] = matrix.shape;
  if (dim === undefined || matrix.shape.length !== 2) {
    throw malformed(source, `its vectors are no matrix, got [${matrix.shape.join(', ')}]; expected [words, dim]`);
  }
  if (list.length !== count || index.size !== count || ranks.data.length !== count) {
    const got = `${list.length} words, ${index.size} of them different, and ${ranks.data.length} ranks`;
    throw malformed(source, `its parts do not fit each other, got ${got}; expected one of each for ${count} vectors`);
  }
  const { data } = matrix;
  if (matrix.dtype === 'F16') {
    return { dim, index, ranks: ranks.data, values: new Float16Array(data.buffer, data.byteOffset, data.length) };
  }
  const scales = tensors.get('scales');
  if (matrix.dtype !== 'U8' || scales?.dtype !== 'F32' || scales.data.length !== count) {
    throw malformed(
      source,
      `its vectors are of no kind that we write, got ${matrix.dtype}; expected F16, or U8 and scales`,
    );
  }
  const quantized = { codes: signed(matrix.data), scales: scales.data };
  return { dim, index, ranks: ranks.data, values: dequantizeVectors(quantized, dim), quantized };
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
