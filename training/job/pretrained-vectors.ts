import { cleanWord } from '../../shared/features/clean-word.ts';
import { vectorCandidates, type VectorTable } from '../../shared/features/vector-table.ts';
import { readVectors } from '../data/vectors.ts';

/**
 * How many of the file's first words are kept besides those of the corpus: a tagger meets words that training did not
 * have, and vector files list frequent words first.
 */
const FREQUENT_WORDS = 200_000;

/**
 * Reads the vectors that a tagger needs: of the spellings of all training and dev words, and of frequent words. They
 * are kept in half precision, in training too, so that serving computes with the same numbers.
 *
 * @param source a GloVe or word2vec text file, or the name of an npm package
 * @throws {E_VECTORS_MISSING} {E_VECTORS_MALFORMED} as readVectors
 */
export async function readVectorTable(
  source: string,
  sentences: Iterable<{ readonly words: readonly string[] }>,
): Promise<VectorTable> {
  const wanted = new Set<string>();
  for (const { words } of sentences) {
    for (const word of words) for (const candidate of vectorCandidates(cleanWord(word))) wanted.add(candidate);
  }
  const rankOf = new Map<string, number>();
  const vectors = await readVectors(source, {
    keep: (word, rank) => {
      const kept = rank < FREQUENT_WORDS || wanted.has(word);
      if (kept && !rankOf.has(word)) rankOf.set(word, rank);
      return kept;
    },
  });
  return {
    dim: vectors.dim,
    index: vectors.words,
    ranks: Int32Array.from(vectors.words.keys(), (word) => rankOf.get(word)!),
    values: Float16Array.from(vectors.values),
  };
}
