import type { EncodedSentence, InputWidths } from './word-encoder.ts';

/** The features of some words of a sentence, in the order of their indices. */
export function selectWords(sentence: EncodedSentence, widths: InputWidths, words: ArrayLike<number>): EncodedSentence {
  const length = words.length;
  const ids = new Int32Array(length * widths.tables); // [W, tables]
  const characters = new Int32Array(length * widths.characters); // [W, C]
  const flags = new Float32Array(length * widths.flags); // [W, flags]
  const vectors = new Float32Array(length * widths.vectors); // [W, dim]
  for (let i = 0; i < length; i++) {
    const word = words[i]!;
    ids.set(rowOf(sentence.ids, word, widths.tables), i * widths.tables);
    characters.set(rowOf(sentence.characters, word, widths.characters), i * widths.characters);
    flags.set(rowOf(sentence.flags, word, widths.flags), i * widths.flags);
    vectors.set(rowOf(sentence.vectors, word, widths.vectors), i * widths.vectors);
  }
  return { length, ids, characters, flags, vectors };
}

function rowOf<A extends Int32Array | Float32Array>(array: A, row: number, width: number): A {
  return array.subarray(row * width, (row + 1) * width) as A;
}
