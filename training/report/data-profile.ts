import { compareCodePoints } from '../../shared/labels/code-point-order.ts';
import { spansOf } from '../../shared/labels/spans.ts';
import type { LabelledSentence } from './report-input.ts';

/** What the gold data of one split looks like. */
export interface SplitProfile {
  readonly split: string;
  readonly sentences: number;
  readonly words: number;
  /** Share of words outside every entity, in 0..1. */
  readonly outside: number;
  /** Gold entities by type, as in `DataProfile.types`. */
  readonly entities: readonly number[];
  /** Sentences by length, as in `DataProfile.lengths`. */
  readonly lengths: readonly number[];
}

export interface DataProfile {
  /** Sorted by code points. */
  readonly types: readonly string[];
  /** Half-open ranges of words a sentence; the same for all splits. */
  readonly lengths: readonly { readonly from: number; readonly to: number }[];
  readonly splits: readonly SplitProfile[];
}

const MOST_LENGTH_BINS = 20;

/** Tag distribution and lengths of each split's gold data. */
export function dataProfile(splits: Readonly<Record<string, readonly LabelledSentence[]>>): DataProfile {
  const entries = Object.entries(splits);
  const counted = entries.map(([, sentences]) => countTypes(sentences));
  const types = [...new Set(counted.flatMap((counts) => [...counts.keys()]))].sort(compareCodePoints);
  const all = entries.flatMap(([, sentences]) => sentences.map((sentence) => sentence.words.length));
  const longest = all.reduce((most, length) => Math.max(most, length), 0);
  const width = Math.ceil((longest + 1) / MOST_LENGTH_BINS);
  const lengths = Array.from({ length: all.length === 0 ? 0 : Math.floor(longest / width) + 1 }, (_, i) => ({
    from: i * width,
    to: (i + 1) * width,
  }));
  return {
    types,
    lengths,
    splits: entries.map(([split, sentences], i) => {
      const byLength = lengths.map(() => 0);
      for (const { words } of sentences) byLength[Math.floor(words.length / width)]!++;
      const words = sentences.reduce((sum, sentence) => sum + sentence.words.length, 0);
      const inside = sentences.reduce((sum, { gold }) => sum + gold.filter((tag) => tag !== 'O').length, 0);
      return {
        split,
        sentences: sentences.length,
        words,
        outside: words === 0 ? 0 : (words - inside) / words,
        entities: types.map((type) => counted[i]!.get(type) ?? 0),
        lengths: byLength,
      };
    }),
  };
}

function countTypes(sentences: readonly LabelledSentence[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const { gold } of sentences) {
    for (const { type } of spansOf(gold)) counts.set(type, (counts.get(type) ?? 0) + 1);
  }
  return counts;
}
