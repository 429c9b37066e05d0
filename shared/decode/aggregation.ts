import type { Aggregation } from '../contracts/aggregation.ts';
import { parseTag } from '../labels/scheme.ts';

/** What a graph says of the pieces of one text, in their order. */
export interface ScoredPieces {
  /** A score for each label, row-major. */
  readonly scores: Float32Array; // [T, L]
  /** The word of each piece, ascending. */
  readonly wordIds: Int32Array; // [T]
}

export interface AggregateOptions {
  readonly strategy: Aggregation;
  /** Label names; index = column of the scores. */
  readonly labels: readonly string[];
  /** Divides the scores. Default 1. */
  readonly temperature?: number;
}

/** Pieces [start, end) that are one thing. */
export interface PieceGroup {
  /** The entity's type; with `none` the whole label of the piece. */
  readonly type: string;
  readonly start: number;
  readonly end: number;
  /** Mean probability of what its pieces, or its words, were taken for. */
  readonly score: number;
}

/** A stretch of pieces with one label. */
interface Labelled {
  readonly label: number;
  readonly start: number;
  readonly end: number;
  readonly score: number;
}

type Strategy = (probabilities: Float64Array, wordIds: Int32Array, labels: number) => readonly Labelled[];

/** Each piece for itself. */
const pieces: Strategy = (probabilities, wordIds, labels) =>
  Array.from(wordIds, (_, t) => ({ ...best(rowOf(probabilities, t, labels)), start: t, end: t + 1 }));

const strategies: Readonly<Record<Aggregation, Strategy>> = {
  none: pieces,
  simple: pieces,
  first: byWord((rows) => rows[0]!),
  average: byWord(meanRow),
  // Of rows that are equally sure, the first.
  max: byWord((rows) => rows.reduce((surest, row) => (best(row).score > best(surest).score ? row : surest))),
};

/**
 * The entities of a text by the strategies of transformers' TokenClassificationPipeline (4.57.6,
 * `pipelines/token_classification.py`). Probabilities are the softmax of each piece's scores.
 *
 * - `none`: every piece whose likeliest label is not O, with that label.
 * - `simple`: the same, neighbours of one type joined unless the later one is B-.
 * - `first`, `average`, `max`: a word has the probabilities of its first piece, the mean of its pieces, or those of its
 *   surest piece; then as `simple`.
 *
 * Other than there, a word is what `wordIds` says: the pipeline guesses it from the length of a piece, so that `don't`
 * is three words and an unknown piece always begins one. The rules of BIO and the scores of a CRF have no part in it.
 */
export function aggregate(
  { scores, wordIds }: ScoredPieces,
  { strategy, labels, temperature = 1 }: AggregateOptions,
): readonly PieceGroup[] {
  const probabilities = softmaxRows(scores, labels.length, temperature); // [T, L]
  const found = strategies[strategy](probabilities, wordIds, labels.length);
  if (strategy !== 'none') return joined(found, labels);
  return found.flatMap(({ label, ...place }) => (labels[label] === 'O' ? [] : [{ type: labels[label]!, ...place }]));
}

/** Words as their pieces have it; `rowFor` makes the probabilities of a word from those of its pieces. */
function byWord(rowFor: (rows: readonly Float64Array[]) => Float64Array): Strategy {
  return (probabilities, wordIds, labels) => {
    const words: Labelled[] = [];
    for (let start = 0; start < wordIds.length;) {
      let end = start + 1;
      while (end < wordIds.length && wordIds[end] === wordIds[start]) end++;
      const rows = Array.from({ length: end - start }, (_, i) => rowOf(probabilities, start + i, labels));
      words.push({ ...best(rowFor(rows)), start, end });
      start = end;
    }
    return words;
  };
}

/** Neighbours of one type are one entity, unless the later one begins another. */
function joined(found: readonly Labelled[], labels: readonly string[]): readonly PieceGroup[] {
  const tags = labels.map((label) => parseTag(label));
  const groups: { readonly type: string; readonly parts: Labelled[] }[] = [];
  let last: string | null = null;
  for (const part of found) {
    const tag = tags[part.label];
    const type = tag?.type ?? null;
    if (type !== null && type === last && tag?.prefix !== 'B') groups.at(-1)!.parts.push(part);
    else if (type !== null) groups.push({ type, parts: [part] });
    last = type;
  }
  return groups.map(({ type, parts }) => ({
    type,
    start: parts[0]!.start,
    end: parts.at(-1)!.end,
    score: parts.reduce((sum, { score }) => sum + score, 0) / parts.length,
  }));
}

/** exp(score / temperature) over the sum of its row. */
function softmaxRows(scores: Float32Array, labels: number, temperature: number): Float64Array {
  const out = new Float64Array(scores.length); // [T, L]
  for (let row = 0; row < scores.length; row += labels) {
    let largest = -Infinity;
    for (let i = row; i < row + labels; i++) largest = Math.max(largest, scores[i]!);
    let sum = 0;
    for (let i = row; i < row + labels; i++) sum += out[i] = Math.exp((scores[i]! - largest) / temperature);
    for (let i = row; i < row + labels; i++) out[i] = out[i]! / sum;
  }
  return out;
}

function rowOf(matrix: Float64Array, row: number, width: number): Float64Array {
  return matrix.subarray(row * width, (row + 1) * width);
}

function meanRow(rows: readonly Float64Array[]): Float64Array {
  return rows[0]!.map((_, y) => rows.reduce((sum, row) => sum + row[y]!, 0) / rows.length);
}

/** The likeliest label, the first of equals, and its probability. */
function best(row: Float64Array): { readonly label: number; readonly score: number } {
  let label = 0;
  for (let y = 1; y < row.length; y++) if (row[y]! > row[label]!) label = y;
  return { label, score: row[label]! };
}
