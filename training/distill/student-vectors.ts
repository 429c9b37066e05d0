import { cleanWord } from '../../shared/features/clean-word.ts';
import { quantizeVectors } from '../../shared/features/quantized-vectors.ts';
import { vectorCandidates, type VectorTable } from '../../shared/features/vector-table.ts';
import { readVectors } from '../data/vectors.ts';

export interface StudentVectorOptions {
  /** What the student reads: words that occur there come first, the most frequent of them before others. */
  readonly sentences: Iterable<readonly string[]>;
  /** Words that are kept. */
  readonly words: number;
}

/**
 * Reads the vectors that a small tagger keeps, a byte a number: of the words that its tweets have, by how often they
 * have them, then of the words that the file lists first.
 *
 * @param source as `readVectors`
 * @throws {E_VECTORS_MISSING} {E_VECTORS_MALFORMED} as `readVectors`
 */
export async function readStudentVectors(source: string, options: StudentVectorOptions): Promise<VectorTable> {
  const counts = countCandidates(options.sentences);
  const rankOf = new Map<string, number>();
  const vectors = await readVectors(source, {
    keep: (word, rank) => {
      const kept = rank < options.words || counts.has(word);
      if (kept && !rankOf.has(word)) rankOf.set(word, rank);
      return kept;
    },
  });
  const chosen = [...vectors.words.keys()]
    .sort((a, b) => (counts.get(b) ?? 0) - (counts.get(a) ?? 0) || rankOf.get(a)! - rankOf.get(b)!)
    .slice(0, options.words);
  const { dim } = vectors;
  const values = new Float32Array(chosen.length * dim); // [N, D]
  chosen.forEach((word, i) => {
    const row = vectors.words.get(word)!;
    values.set(vectors.values.subarray(row * dim, (row + 1) * dim), i * dim);
  });
  return {
    dim,
    index: new Map(chosen.map((word, i) => [word, i])),
    ranks: Int32Array.from(chosen, (word) => rankOf.get(word)!),
    ...quantizeVectors(values, dim),
  };
}

/** How often each spelling occurs under which a word may be listed. */
function countCandidates(sentences: Iterable<readonly string[]>): ReadonlyMap<string, number> {
  const words = new Map<string, number>();
  for (const sentence of sentences) for (const word of sentence) words.set(word, (words.get(word) ?? 0) + 1);
  const counts = new Map<string, number>();
  for (const [word, count] of words) {
    for (const candidate of new Set(vectorCandidates(cleanWord(word)))) {
      counts.set(candidate, (counts.get(candidate) ?? 0) + count);
    }
  }
  return counts;
}
