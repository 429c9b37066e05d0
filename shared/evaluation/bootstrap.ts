import { NerError } from '../ner-error.ts';
import type { Rng } from '../random.ts';
import { checkAligned } from './aligned.ts';
import { corpusEntities, type TaggedSentences } from './corpus-entities.ts';
import { compareEntities } from './entity-counts.ts';
import { figuresOf, type EntityCounts } from './figures.ts';
import { quantile } from './quantile.ts';

/** A confidence interval; `low` and `high` in 0..1. */
export interface Interval {
  readonly low: number;
  readonly high: number;
  /** The share of such intervals that hold the true value, for example 0.95. */
  readonly level: number;
  readonly resamples: number;
}

export interface BootstrapOptions {
  readonly rng: Rng;
  /** Default 1,000: from seed to seed the ends then vary by some 2 % of the width (normal case: .085 of 3.9 sigma). */
  readonly resamples?: number | undefined;
  /** Default 0.95. */
  readonly level?: number | undefined;
}

export interface BootstrapInput extends BootstrapOptions {
  readonly gold: TaggedSentences;
  readonly predicted: TaggedSentences;
}

/**
 * Confidence interval of the micro F1 in default mode, by the percentile bootstrap over sentences (Efron and Tibshirani
 * 1993, chapter 13). The same seed gives the same interval.
 *
 * @throws {E_SHAPE_MISMATCH} when gold and prediction differ in sentences or words.
 * @throws {E_LABEL_UNKNOWN} when a tag is empty.
 * @throws {E_USAGE} when `resamples` or `level` is out of range.
 */
export function bootstrapF1({ gold, predicted, ...options }: BootstrapInput): Interval {
  checkAligned('bootstrapF1', gold, predicted);
  const entities = (sentences: TaggedSentences): ReturnType<typeof corpusEntities> =>
    corpusEntities(sentences, { mode: 'default' });
  return bootstrapInterval(compareEntities(entities(gold), entities(predicted), gold.length).bySentence, options);
}

/**
 * `bootstrapF1` from counts by sentence: draws as many sentences as there are, with replacement, `resamples` times, and
 * takes the quantiles (1 - level)/2 and (1 + level)/2 of the F1s, between neighbours by linear interpolation (numpy's
 * default). Without sentences the interval is 0 to 0.
 *
 * @throws {E_USAGE} when `resamples` or `level` is out of range.
 */
export function bootstrapInterval(
  bySentence: readonly EntityCounts[],
  { rng, resamples = 1000, level = 0.95 }: BootstrapOptions,
): Interval {
  if (!(Number.isInteger(resamples) && resamples > 0)) {
    throw outOfRange('resamples', resamples, 'a whole number of at least 1');
  }
  if (!(level > 0 && level < 1)) throw outOfRange('level', level, 'a number between 0 and 1, both excluded');
  if (bySentence.length === 0) return { low: 0, high: 0, level, resamples };
  const scores = Float64Array.from({ length: resamples }, () => resampledF1(bySentence, rng)).sort();
  return { low: quantile(scores, (1 - level) / 2), high: quantile(scores, (1 + level) / 2), level, resamples };
}

function resampledF1(bySentence: readonly EntityCounts[], rng: Rng): number {
  let [correct, predicted, gold] = [0, 0, 0];
  for (let draw = 0; draw < bySentence.length; draw++) {
    const counts = bySentence[rng.int(bySentence.length)]!;
    correct += counts.correct;
    predicted += counts.predicted;
    gold += counts.gold;
  }
  return figuresOf({ correct, predicted, gold }).f1;
}

function outOfRange(name: string, value: number, expected: string): NerError {
  return new NerError(
    'E_USAGE',
    `bootstrapF1: ${name} is out of range, got ${value}; expected ${expected}. Leave it out for the default.`,
  );
}
