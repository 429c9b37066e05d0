import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { quantizeVectors } from '../../../shared/features/quantized-vectors.ts';
import { readVectorFile, writeVectorFile } from '../../../shared/features/vector-file.ts';
import type { VectorTable } from '../../../shared/features/vector-table.ts';
import { readSafetensors, writeSafetensors, type SafetensorsTensor } from '../../../shared/model/safetensors.ts';
import { codeOf } from '../../support/error-code.ts';

/** A table of these words; its numbers are of all kinds that half precision has. */
function tableOf(words: readonly string[], dim = 2): VectorTable {
  const kinds = [0, -0, 1, 0.333, -65504, 6e-8, Infinity];
  return {
    dim,
    index: new Map(words.map((word, i) => [word, i])),
    ranks: Int32Array.from(words, (_, i) => 1000 * i - 1),
    values: Float16Array.from({ length: words.length * dim }, (_, i) => kinds[i % kinds.length]!),
  };
}

function tensorsOf(table: VectorTable): Record<string, SafetensorsTensor> {
  return Object.fromEntries(readSafetensors(writeVectorFile(table)).tensors);
}

const words = (text: string): SafetensorsTensor => {
  const data = new TextEncoder().encode(text);
  return { dtype: 'U8', shape: [data.length], data };
};

describe('a vector file', () => {
  test.each([
    ['plain words', ['new', 'york']],
    ['emoji, joined and coloured', ['👍🏽', '👩‍👩‍👧', '❤️']],
    ['spaces, tabs and line feeds', ['new york', ' ', '\t', 'a\nb', '\r\n']],
    ['a byte-order mark in front', ['\ufeff', '\ufeffword']],
    ['quotes, backslashes and what JSON and JavaScript call special', ['"', '\\', '__proto__', '\u2028', '\0']],
    ['half of a surrogate pair', ['\ud83d', 'x\udc4d']],
    ['the empty word', ['', 'a']],
    ['no word at all', []],
  ])('comes back bit for bit with %s', (_, list) => {
    const table = tableOf(list);
    expect(readVectorFile(writeVectorFile(table), 'v')).toEqual(table);
    expect([...readVectorFile(writeVectorFile(table), 'v').index.keys()]).toEqual(list);
  });

  test('comes back bit for bit, whatever the words', () => {
    const unit = fc.integer({ min: 0, max: 0xffff }).map((code) => String.fromCharCode(code));
    const lists = fc.uniqueArray(fc.string({ unit }), { maxLength: 8 });
    fc.assert(
      fc.property(lists, fc.integer({ min: 1, max: 5 }), (list, dim) => {
        const table = tableOf(list, dim);
        expect(readVectorFile(writeVectorFile(table), 'v')).toEqual(table);
      }),
      { seed: 3, numRuns: 100 },
    );
  });

  test('comes back bit for bit with a byte a number, in half of the room', () => {
    const list = Array.from({ length: 50 }, (_, i) => `word${i}`);
    const vectors = Float32Array.from({ length: 50 * 20 }, (_, i) => Math.sin(i) * (1 + (i % 7)));
    const full = { ...tableOf(list, 20), values: Float16Array.from(vectors) };
    const small = { ...full, ...quantizeVectors(vectors, 20) };
    expect(readVectorFile(writeVectorFile(small), 'v')).toEqual(small);
    expect(writeVectorFile(full).length - writeVectorFile(small).length).toBeGreaterThan(700);
  });

  test('is the same bytes for the same table, so that bundles have the same id', () => {
    expect(writeVectorFile(tableOf(['a', 'b']))).toEqual(writeVectorFile(tableOf(['a', 'b'])));
  });
});

describe('a file that is none', () => {
  const whole = tensorsOf(tableOf(['a', 'b', 'c']));
  const withoutVectors = { ranks: whole['ranks']!, words: whole['words']! };

  test.each<readonly [string, Record<string, SafetensorsTensor>]>([
    ['has no words', { vectors: whole['vectors']!, ranks: whole['ranks']! }],
    ['has vectors of another type', { ...whole, vectors: { dtype: 'F32', shape: [3, 2], data: new Float32Array(6) } }],
    ['has codes without scales', { ...withoutVectors, codes: { dtype: 'U8', shape: [3, 2], data: new Uint8Array(6) } }],
    [
      'has scales for other words',
      {
        ...withoutVectors,
        codes: { dtype: 'U8', shape: [3, 2], data: new Uint8Array(6) },
        scales: { dtype: 'F32', shape: [2], data: new Float32Array(2) },
      },
    ],
    ['has vectors of no rows', { ...whole, vectors: { dtype: 'F16', shape: [6], data: new Uint16Array(6) } }],
    ['has vectors of three axes', { ...whole, vectors: { dtype: 'F16', shape: [3, 2, 1], data: new Uint16Array(6) } }],
    ['has more vectors than words', { ...whole, words: words('["a","b"]') }],
    ['has more words than vectors', { ...whole, words: words('["a","b","c","d"]') }],
    ['has a word twice', { ...whole, words: words('["a","b","a"]') }],
    ['has fewer ranks than words', { ...whole, ranks: { dtype: 'I32', shape: [2], data: new Int32Array(2) } }],
    ['has words that are no JSON', { ...whole, words: words('["a","b",') }],
    ['has words that are no list', { ...whole, words: words('{"a":0,"b":1,"c":2}') }],
    ['has words that are no strings', { ...whole, words: words('["a","b",3]') }],
    ['has words that are not UTF-8', { ...whole, words: { dtype: 'U8', shape: [1], data: Uint8Array.of(0xff) } }],
  ])('fails when it %s', async (_, tensors) => {
    expect(await codeOf(() => readVectorFile(writeSafetensors(tensors), 'v'))).toBe('E_WEIGHTS_MALFORMED');
  });

  test('fails when it is cut off or no safetensors, and names the file', async () => {
    const bytes = writeVectorFile(tableOf(['a', 'b']));
    expect(await codeOf(() => readVectorFile(bytes.subarray(0, -1), 'v'))).toBe('E_WEIGHTS_MALFORMED');
    expect(() => readVectorFile(new TextEncoder().encode('glove'), 'vectors.safetensors')).toThrow(
      /vectors\.safetensors/,
    );
  });
});
