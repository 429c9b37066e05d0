import { cleanWord, hashtagBody, normalizeWord } from '../../shared/features/clean-word.ts';
import { wordBuckets, type FeatureName, type FeatureTable } from '../../shared/features/feature-tables.ts';
import type { EncoderSettings } from '../../shared/features/word-encoder.ts';

/** Size and width of one hashed feature before training has seen anything. */
export interface FeaturePlan {
  readonly feature: FeatureName;
  readonly buckets: number;
  readonly width: number;
}

/** What a tagger looks at of each word. */
export interface FeatureChoice {
  readonly features: readonly FeaturePlan[];
  /** Characters of a word that are looked at; of a longer one the first and last. */
  readonly characters: number;
}

/** A word seen once teaches its spelling by heart; a row of its own is for words seen at least this often. */
const MIN_WORD_COUNT = 2;

/**
 * Fits the hashed features to training sentences: each table gets a row for every bucket that occurs, and the word
 * table for every word that occurs at least twice.
 */
export function fitFeatures(
  sentences: readonly (readonly string[])[],
  { features: plan, characters }: FeatureChoice,
  vectorDim: number | null,
): EncoderSettings {
  const counts = new Map<string, number>();
  for (const words of sentences) for (const word of words) counts.set(word, (counts.get(word) ?? 0) + 1);
  const byNorm = new Map<string, number>();
  for (const [word, count] of counts) {
    const norm = hashtagBody(normalizeWord(cleanWord(word)));
    byNorm.set(norm, (byNorm.get(norm) ?? 0) + count);
  }
  const touched = plan.map(() => new Set<number>());
  for (const word of counts.keys()) {
    const clean = cleanWord(word);
    const frequent = byNorm.get(hashtagBody(normalizeWord(clean)))! >= MIN_WORD_COUNT;
    wordBuckets(clean, plan).forEach((bucket, i) => {
      if (frequent || plan[i]!.feature !== 'word') touched[i]!.add(bucket);
    });
  }
  const tables: FeatureTable[] = plan.map((table, i) => ({
    ...table,
    rows: [...touched[i]!].sort((a, b) => a - b),
  }));
  return { kind: 'word-features', version: 1, tables, characters, vectorDim };
}
