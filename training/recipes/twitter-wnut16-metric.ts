import type { TaggedSentences } from '../../shared/evaluation/corpus-entities.ts';
import type { MeasuredSentence } from '../report/report-input.ts';

/**
 * Positions of a sentence that the notebook sees: the longest sentence of WNUT16's train has 39 words. For BERT [CLS] and
 * [SEP] are among them, so that 37 pieces are left.
 */
export const OLD_LENGTH = 39;
const SPECIAL_PIECES = 2;

/** The tag whose id is 0, which is also the id of padding. */
export const PADDING_TAG = 'B-company';

/** Gold and predicted tags as the notebook compares them, by sentence. */
export interface OldTags {
  readonly gold: TaggedSentences;
  readonly predicted: TaggedSentences;
}

/**
 * Tags as the Twitter NER notebook compares them for BERT: every piece has the tag of its word, `B-` again and again, and
 * what lies behind position 39 is cut off. Evaluated in seqeval's default mode, a word `B-company` of four pieces is four
 * entities.
 *
 * @param pieces how many pieces each word has, without special tokens, by sentence
 * @param length positions, special pieces included
 */
export function tagsOfPieces(
  sentences: readonly MeasuredSentence[],
  pieces: readonly (readonly number[])[],
  length: number = OLD_LENGTH,
): OldTags {
  const spread = (tags: readonly string[], i: number): string[] =>
    tags.flatMap((tag, word) => Array.from({ length: pieces[i]![word]! }, () => tag)).slice(0, length - SPECIAL_PIECES);
  return both(sentences, spread);
}

/**
 * Tags as the notebook compares them for its BiLSTM-CRF: each sentence is padded with `O` to 39 words (of a longer one the
 * last 39 are left, as `pad_sequences` of Keras does by default), and then each cell whose gold tag has the id 0 is taken
 * for padding and dropped. That is `B-company`; the padding has another id and stays.
 */
export function tagsOfPaddedWords(sentences: readonly MeasuredSentence[]): OldTags {
  const cells = (tags: readonly string[], i: number): string[] => {
    const gold = padded(sentences[i]!.gold);
    return padded(tags).filter((_, cell) => gold[cell] !== PADDING_TAG);
  };
  return both(sentences, cells);
}

function padded(tags: readonly string[]): readonly string[] {
  const last = tags.slice(-OLD_LENGTH);
  return [...last, ...Array.from({ length: OLD_LENGTH - last.length }, () => 'O')];
}

function both(
  sentences: readonly MeasuredSentence[],
  tagsOf: (tags: readonly string[], sentence: number) => readonly string[],
): OldTags {
  const of = (side: 'gold' | 'predicted'): TaggedSentences => sentences.map((sentence, i) => tagsOf(sentence[side], i));
  return { gold: of('gold'), predicted: of('predicted') };
}
