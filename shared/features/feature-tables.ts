import { z } from 'zod';
import { hashtagBody, normalizeWord } from './clean-word.ts';
import { featureBucket } from './feature-hash.ts';
import { wordShape } from './word-shape.ts';

/** The text that each hashed feature looks at, given the cleaned word and its normalised form without `#`. */
const featureText = {
  word: (_clean: string, norm: string) => norm,
  prefix2: (_clean: string, norm: string) => head(norm, 2),
  prefix3: (_clean: string, norm: string) => head(norm, 3),
  prefix4: (_clean: string, norm: string) => head(norm, 4),
  suffix2: (_clean: string, norm: string) => tail(norm, 2),
  suffix3: (_clean: string, norm: string) => tail(norm, 3),
  suffix4: (_clean: string, norm: string) => tail(norm, 4),
  shape2: (clean: string) => wordShape(clean, 2),
  shape1: (clean: string) => wordShape(clean, 1),
} as const satisfies Record<string, (clean: string, norm: string) => string>;

export type FeatureName = keyof typeof featureText;
export const FEATURE_NAMES = Object.keys(featureText) as readonly FeatureName[];

/**
 * One hashed feature and its embedding table. Only the buckets that training touched have a row: `rows[i]` is the bucket
 * of row i + 1, ascending, and row 0, which is all zeros, is everything never seen. So an unseen word adds nothing
 * instead of noise, and the table is as small as what was learned.
 */
export const featureTableSchema = z.object({
  feature: z.enum(FEATURE_NAMES as [FeatureName, ...FeatureName[]]),
  buckets: z.int().positive(),
  width: z.int().positive(),
  rows: z.array(z.int().nonnegative()),
});
export type FeatureTable = z.infer<typeof featureTableSchema>;

/** The buckets of a word, one for each table. */
export function wordBuckets(clean: string, tables: readonly Pick<FeatureTable, 'feature' | 'buckets'>[]): number[] {
  const norm = hashtagBody(normalizeWord(clean));
  return tables.map(({ feature, buckets }) => featureBucket(feature, featureText[feature](clean, norm), buckets));
}

/** The first `n` characters; by code point, and fast where all are one unit. */
function head(text: string, n: number): string {
  const cut = text.slice(0, n);
  return hasSurrogate(text) ? Array.from(text).slice(0, n).join('') : cut;
}

function tail(text: string, n: number): string {
  return hasSurrogate(text) ? Array.from(text).slice(-n).join('') : text.slice(-n);
}

function hasSurrogate(text: string): boolean {
  return /[\ud800-\udfff]/.test(text);
}
