import { atOnce, type Steps } from '../event-loop/steps.ts';
import type { Rng } from '../random.ts';
import { NerError } from '../ner-error.ts';
import { checkAligned } from './aligned.ts';
import type { Interval } from './bootstrap.ts';
import { corpusEntities, type TaggedSentences } from './corpus-entities.ts';
import { compareEntities } from './entity-counts.ts';
import { addCounts, figuresOf, type EntityCounts } from './figures.ts';
import { quantile } from './quantile.ts';

/** Two models on the same sentences. All F1s are micro F1s of seqeval's default mode, in 0..1. */
export interface PairedComparison {
  readonly f1: number;
  readonly againstF1: number;
  /** `f1 - againstF1`. */
  readonly difference: number;
  /** Percentile interval of the difference. */
  readonly interval: Interval;
  /** Two-sided: how often chance alone makes a difference as large as this one, either way. */
  readonly pValue: number;
  /** Share of the resamples in which the first model is ahead; equal F1s count half. */
  readonly ahead: number;
}

export interface PairedBootstrapInput {
  readonly gold: TaggedSentences;
  readonly predicted: TaggedSentences;
  readonly against: TaggedSentences;
  readonly rng: Rng;
  /** Default 10,000: at p = .05 the estimate then varies by .002 from seed to seed. */
  readonly resamples?: number | undefined;
  /** Default 0.95. */
  readonly level?: number | undefined;
}

/**
 * Paired bootstrap test of two taggers (Koehn 2004, Statistical Significance Tests for Machine Translation Evaluation;
 * Berg-Kirkpatrick et al. 2012, An Empirical Investigation of Statistical Significance in NLP, figure 1). With
 * `d(x) = F1(x) - againstF1(x)`, b resamples x_i of the sentences with replacement, the same ones for both models:
 *
 *     interval = quantiles of d(x_i)                                                              (Koehn's ranks)
 *     p        = (1 + #{ i : |d(x_i) - d(x)| >= |d(x)| }) / (1 + b)
 *
 * The resamples scatter about d(x), so the null hypothesis shifts them by d(x): Berg-Kirkpatrick's one-sided
 * `d(x_i) > 2 d(x)`, taken on both sides since nobody knew beforehand which model is better, and with one added above
 * and below, which keeps p from being 0 (Davison and Hinkley 1997, section 4.2). The same seed gives the same result.
 *
 * @throws {E_SHAPE_MISMATCH} when gold and predictions differ in sentences or words.
 * @throws {E_LABEL_UNKNOWN} when a tag is empty.
 * @throws {E_USAGE} when `resamples` or `level` is out of range.
 */
export function pairedBootstrap(input: PairedBootstrapInput): PairedComparison {
  return atOnce(pairedBootstrapSteps(input));
}

/** Sentences drawn between two yields: some ten milliseconds. */
const DRAWS_PER_STEP = 500_000;

/** `pairedBootstrap` in steps, for a thread that has other things to do meanwhile. */
export function* pairedBootstrapSteps(input: PairedBootstrapInput): Steps<PairedComparison> {
  const { gold, predicted, against, rng, resamples = 10_000, level = 0.95 } = input;
  checkRange(resamples, level);
  checkAligned('pairedBootstrap', gold, predicted);
  checkAligned('pairedBootstrap', gold, against);
  const [first, second] = [countsBySentence(gold, predicted), countsBySentence(gold, against)];
  const f1 = figuresOf(addCounts(first)).f1;
  const againstF1 = figuresOf(addCounts(second)).f1;
  const difference = f1 - againstF1;
  let [extreme, ahead] = [0, 0];
  const differences = new Float64Array(resamples);
  const perStep = Math.max(1, Math.floor(DRAWS_PER_STEP / Math.max(1, gold.length)));
  for (let i = 0; i < resamples; i++) {
    if (i % perStep === 0) yield;
    const drawn = resampledDifference(first, second, rng);
    if (Math.abs(drawn - difference) >= Math.abs(difference)) extreme++;
    ahead += drawn > 0 ? 1 : drawn === 0 ? 0.5 : 0;
    differences[i] = drawn;
  }
  differences.sort();
  return {
    f1,
    againstF1,
    difference,
    interval: {
      low: quantile(differences, (1 - level) / 2),
      high: quantile(differences, (1 + level) / 2),
      level,
      resamples,
    },
    pValue: (1 + extreme) / (1 + resamples),
    ahead: ahead / resamples,
  };
}

function countsBySentence(gold: TaggedSentences, predicted: TaggedSentences): readonly EntityCounts[] {
  const entities = (sentences: TaggedSentences): ReturnType<typeof corpusEntities> =>
    corpusEntities(sentences, { mode: 'default' });
  return compareEntities(entities(gold), entities(predicted), gold.length).bySentence;
}

function resampledDifference(first: readonly EntityCounts[], second: readonly EntityCounts[], rng: Rng): number {
  let [gold, correct, predicted, otherCorrect, otherPredicted] = [0, 0, 0, 0, 0];
  for (let draw = 0; draw < first.length; draw++) {
    const index = rng.int(first.length);
    const [of, other] = [first[index]!, second[index]!];
    gold += of.gold;
    correct += of.correct;
    predicted += of.predicted;
    otherCorrect += other.correct;
    otherPredicted += other.predicted;
  }
  const other = { correct: otherCorrect, predicted: otherPredicted, gold };
  return figuresOf({ correct, predicted, gold }).f1 - figuresOf(other).f1;
}

function checkRange(resamples: number, level: number): void {
  if (!(Number.isInteger(resamples) && resamples > 0)) {
    throw outOfRange('resamples', resamples, 'a whole number of at least 1');
  }
  if (!(level > 0 && level < 1)) throw outOfRange('level', level, 'a number between 0 and 1, both excluded');
}

function outOfRange(name: string, value: number, expected: string): NerError {
  return new NerError(
    'E_USAGE',
    `pairedBootstrap: ${name} is out of range, got ${value}; expected ${expected}. Leave it out for the default.`,
  );
}
