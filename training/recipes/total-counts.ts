import type { SplitName } from '../../shared/corpus/split-names.ts';
import { spansOf } from '../../shared/labels/spans.ts';
import type { ExpectedTotals, RecipeCorpus } from './recipe.ts';

/** Sentences, words, entities and words by tag of all splits together, however they were split. */
export function totalCounts({ train, dev, test = [] }: Pick<RecipeCorpus, SplitName>): ExpectedTotals {
  const tags: Record<string, number> = {};
  let entities = 0;
  const sentences = [train, dev, test].flat();
  for (const sentence of sentences) {
    entities += spansOf(sentence.tags).length;
    for (const tag of sentence.tags) tags[tag] = (tags[tag] ?? 0) + 1;
  }
  const tokens = sentences.reduce((sum, { words }) => sum + words.length, 0);
  return { sentences: sentences.length, tokens, entities, tags };
}

/**
 * Where totals are not those that a recipe knows, in words; empty when they agree or it knows none. Tags are compared where
 * the words are as many as they should be: with other data all of them differ.
 */
export function totalDifferences(counts: ExpectedTotals, expected: ExpectedTotals | undefined): readonly string[] {
  if (expected === undefined) return [];
  const say = (what: string, got = 0, known = 0): readonly string[] =>
    got === known ? [] : [`all splits together have ${got} ${what}, where the recipe's own data has ${known}`];
  const sizes = (['sentences', 'tokens', 'entities'] as const).flatMap((what) =>
    say(what, counts[what], expected[what]),
  );
  if (counts.tokens !== expected.tokens) return sizes;
  const tags = [...new Set([...Object.keys(expected.tags), ...Object.keys(counts.tags)])].sort();
  return [...sizes, ...tags.flatMap((tag) => say(`words tagged ${tag}`, counts.tags[tag], expected.tags[tag]))];
}
