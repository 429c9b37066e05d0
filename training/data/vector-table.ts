/** Word vectors: `values` is row-major, [words, dim]; `words` gives each word its row. */
export interface WordVectors {
  readonly words: ReadonlyMap<string, number>;
  /** Values in a vector. */
  readonly dim: number;
  readonly values: Float32Array;
}

/** Collects vectors into one growing array; the first vector of a word counts. */
export interface VectorTable {
  has(word: string): boolean;
  /** Adds a row; `row` may be reused by the caller. */
  add(word: string, row: ArrayLike<number>): void;
  finish(): WordVectors;
}

/** A copy that does not keep alive the piece of the file that the word was cut from. */
export function detached(word: string): string {
  return Buffer.from(word, 'utf16le').toString('utf16le');
}

/** A table for vectors of `dim` values. */
export function createVectorTable(dim: number): VectorTable {
  const words = new Map<string, number>();
  let values = new Float32Array(dim * 1024);
  return {
    has: (word) => words.has(word),
    add: (word, row) => {
      const start = words.size * dim;
      if (start === values.length) {
        const larger = new Float32Array(values.length * 2);
        larger.set(values);
        values = larger;
      }
      for (let i = 0; i < dim; i++) values[start + i] = row[i]!;
      words.set(detached(word), words.size);
    },
    finish: () => ({ words, dim, values: values.slice(0, words.size * dim) }),
  };
}
