import { NerError } from '../ner-error.ts';

/** The label of a piece that no loss and no metric looks at. */
export const IGNORED = -1;

/**
 * What the pieces of a word are labelled as, for training. `first`: the first piece has the word's label, the others are
 * ignored. `begin-inside`: the others have the label too, but `I-x` where it is `B-x` (label_all_tokens of
 * transformers' run_ner.py). `same`: all have the word's label.
 */
export type AlignmentPolicy = 'first' | 'begin-inside' | 'same';

export const ALIGNMENT_POLICIES = ['first', 'begin-inside', 'same'] as const satisfies readonly AlignmentPolicy[];

export interface AlignLabelsOptions {
  /** The tags by label index. */
  readonly labels: readonly string[];
  /** Default `first`. */
  readonly policy?: AlignmentPolicy;
}

/**
 * The label index of each piece; IGNORED for special tokens (word id -1) and for what the policy leaves out.
 *
 * A word without a piece has no place for its label. Where that label is `B-x` and the word after it is `I-x`, that word
 * begins the entity as far as the model can see, so it gets `B-x`: otherwise the sequence would be illegal.
 *
 * @param wordIds the word of each piece, ascending but for -1
 * @param wordLabels label indices, one a word; IGNORED for a word that is not to count
 * @throws {E_SHAPE_MISMATCH} when a piece belongs to a word that has no label
 */
export function alignLabels(
  wordIds: ArrayLike<number>,
  wordLabels: ArrayLike<number>,
  { labels, policy = 'first' }: AlignLabelsOptions,
): Int32Array {
  const insideOf = labels.map((label, index) => {
    const inside = label.startsWith('B-') ? labels.indexOf(`I-${label.slice(2)}`) : -1;
    return inside < 0 ? index : inside;
  });
  const seen = labelsOfSeenWords(wordIds, wordLabels, insideOf);
  const aligned = new Int32Array(wordIds.length).fill(IGNORED);
  let previous = -1;
  for (let piece = 0; piece < wordIds.length; piece++) {
    const word = wordIds[piece]!;
    if (word < 0) continue;
    const label = seen[word]!;
    if (word !== previous || policy === 'same') aligned[piece] = label;
    else if (policy === 'begin-inside') aligned[piece] = insideOf[label] ?? IGNORED;
    previous = word;
  }
  return aligned;
}

/** The words' labels, with each `B-x` of a word without a piece handed to the next word if that is `I-x`. */
function labelsOfSeenWords(
  wordIds: ArrayLike<number>,
  wordLabels: ArrayLike<number>,
  insideOf: readonly number[],
): Int32Array {
  const isSeen = new Uint8Array(wordLabels.length);
  for (let piece = 0; piece < wordIds.length; piece++) {
    const word = wordIds[piece]!;
    if (word >= wordLabels.length) {
      throw new NerError(
        'E_SHAPE_MISMATCH',
        `alignLabels: piece ${piece} belongs to a word without a label, got word ${word} of ${wordLabels.length}; ` +
          'expected a label for each word. Encode the words that the labels were made for.',
      );
    }
    if (word >= 0) isSeen[word] = 1;
  }
  const labels = Int32Array.from(wordLabels);
  for (let word = 0; word + 1 < labels.length; word++) {
    const label = labels[word]!;
    const isBegin = insideOf[label] !== label;
    if (isSeen[word] === 0 && isBegin && labels[word + 1] === insideOf[label]) labels[word + 1] = label;
  }
  return labels;
}

/** Where the first piece of each of `words` words is among the pieces; -1 for a word without a piece. */
export function firstPieces(wordIds: ArrayLike<number>, words: number): Int32Array {
  const first = new Int32Array(words).fill(-1);
  for (let piece = wordIds.length - 1; piece >= 0; piece--) {
    const word = wordIds[piece]!;
    if (word >= 0 && word < words) first[word] = piece;
  }
  return first;
}

/**
 * The label of each word from the labels of its pieces: that of its first piece, whatever the others say. A word without
 * a piece gets `outside`.
 */
export function wordLabelsOf<Label>(
  pieceLabels: ArrayLike<Label>,
  wordIds: ArrayLike<number>,
  { words, outside }: { readonly words: number; readonly outside: Label },
): Label[] {
  return Array.from(firstPieces(wordIds, words), (piece) => (piece < 0 ? outside : pieceLabels[piece]!));
}
