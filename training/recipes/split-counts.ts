import type { SplitName } from '../../shared/corpus/split-names.ts';
import type { Sentence } from '../../shared/corpus/conll.ts';
import { spansOf } from '../../shared/labels/spans.ts';
import type { ExpectedCounts, RecipeCorpus, SplitCounts } from './recipe.ts';

const SPLITS = ['train', 'dev', 'test'] as const satisfies readonly SplitName[];

/** Sentences, words and entities of each split there is. */
export function splitCounts(corpus: Pick<RecipeCorpus, SplitName>): Readonly<Partial<Record<SplitName, SplitCounts>>> {
  const splits = SPLITS.flatMap((split) => {
    const sentences = corpus[split];
    return sentences === undefined ? [] : [[split, countsOf(sentences)] as const];
  });
  return Object.fromEntries(splits);
}

function countsOf(sentences: readonly Sentence[]): SplitCounts {
  return {
    sentences: sentences.length,
    tokens: sentences.reduce((sum, { words }) => sum + words.length, 0),
    entities: sentences.reduce((sum, { tags }) => sum + spansOf(tags).length, 0),
  };
}

/** Where the counts are not those that the recipe knows, in words; empty when they agree or the recipe knows none. */
export function countDifferences(
  counts: Readonly<Partial<Record<SplitName, SplitCounts>>>,
  expected: ExpectedCounts | undefined,
): readonly string[] {
  if (expected === undefined) return [];
  return SPLITS.flatMap((split) =>
    (['sentences', 'tokens', 'entities'] as const).flatMap((what) => {
      const got = counts[split]?.[what] ?? 0;
      const known = expected[split]?.[what] ?? 0;
      return got === known ? [] : [`${split} has ${got} ${what}, where the recipe's own data has ${known}`];
    }),
  );
}
