import type { Rng } from '../random.ts';
import { checkAligned } from './aligned.ts';
import { bootstrapInterval, type Interval } from './bootstrap.ts';
import { corpusEntities, type EntityMode, type TaggedSentences } from './corpus-entities.ts';
import { compareEntities, type Comparison } from './entity-counts.ts';
import { errorKinds, type ErrorReport } from './error-kinds.ts';
import { addCounts, figuresOf, macroAverage, weightedAverage, type Figures } from './figures.ts';
import type { StrictScheme } from './strict-spans.ts';
import { tokenAccuracy } from './token-accuracy.ts';
import { tokenConfusion, type TokenConfusion } from './token-confusion.ts';
import { tokenReport, type TokenReport } from './token-report.ts';
import { typeIgnoredFigures } from './type-ignored.ts';

/** Entity figures in one of seqeval's modes. */
export interface EntityReport {
  readonly mode: 'default' | 'strict';
  /** Null in default mode, which reads any scheme. */
  readonly scheme: StrictScheme | null;
  readonly micro: Figures;
  readonly macro: Figures;
  readonly weighted: Figures;
  /** By entity type, in gold or predicted; empty for data that is all `O`. */
  readonly perType: Readonly<Record<string, Figures>>;
}

/** What `tagwright evaluate --json` prints. All shares are in 0..1. */
export interface EvaluationReport {
  readonly sentences: number;
  readonly tokens: number;
  readonly entity: { readonly default: EntityReport; readonly strict: EntityReport };
  /** Entities of exactly the same words, whatever their type; default mode. */
  readonly typeIgnored: Figures;
  /** Boundary, type and other errors told apart, and the confusion matrix; default mode. */
  readonly errors: ErrorReport;
  readonly tokenAccuracy: number;
  readonly tokenReport: TokenReport;
  readonly tokenConfusion: TokenConfusion;
  /** Of `entity.default.micro.f1`. */
  readonly f1Interval: Interval;
}

export interface EvaluateOptions {
  /** For the confidence interval: the same seed gives the same report. */
  readonly rng: Rng;
  /** Default 1,000. */
  readonly resamples?: number | undefined;
  /** Of the confidence interval; default 0.95. */
  readonly level?: number | undefined;
}

/**
 * Compares predicted tags with gold ones as seqeval does, in default mode and in strict mode with IOB2, and adds the kinds
 * of errors, figures of single words and a bootstrap interval. Data without any entity gives figures of 0 (seqeval raises an error there).
 *
 * @throws {E_SHAPE_MISMATCH} when gold and prediction differ in sentences or words.
 * @throws {E_LABEL_UNKNOWN} when a tag is empty or begins with anything but I, O or B.
 * @throws {E_USAGE} when `resamples` or `level` is out of range.
 */
export function evaluateTags(
  gold: TaggedSentences,
  predicted: TaggedSentences,
  { rng, resamples, level }: EvaluateOptions,
): EvaluationReport {
  checkAligned('evaluateTags', gold, predicted);
  const byDefault = compare(gold, predicted, { mode: 'default' });
  return {
    sentences: gold.length,
    tokens: gold.reduce((sum, tags) => sum + tags.length, 0),
    entity: {
      default: reportOf(byDefault, { mode: 'default' }),
      strict: entityReport(gold, predicted, { mode: 'strict', scheme: 'IOB2' }),
    },
    typeIgnored: typeIgnoredFigures(gold, predicted),
    errors: errorKinds(gold, predicted),
    tokenAccuracy: tokenAccuracy(gold, predicted),
    tokenReport: tokenReport(gold, predicted),
    tokenConfusion: tokenConfusion(gold, predicted),
    f1Interval: bootstrapInterval(byDefault.bySentence, { rng, resamples, level }),
  };
}

/**
 * Entity figures in one mode, as seqeval's `classification_report` has them.
 *
 * @throws {E_SHAPE_MISMATCH} when gold and prediction differ in sentences or words.
 * @throws {E_LABEL_UNKNOWN} when a tag is empty, or in strict mode not of the scheme.
 */
export function entityReport(gold: TaggedSentences, predicted: TaggedSentences, how: EntityMode): EntityReport {
  checkAligned('entityReport', gold, predicted);
  return reportOf(compare(gold, predicted, how), how);
}

function compare(gold: TaggedSentences, predicted: TaggedSentences, how: EntityMode): Comparison {
  return compareEntities(corpusEntities(gold, how), corpusEntities(predicted, how), gold.length);
}

function reportOf({ byType }: Comparison, how: EntityMode): EntityReport {
  const perType = [...byType].map(([type, counts]) => [type, figuresOf(counts)] as const);
  const figures = perType.map(([, ofType]) => ofType);
  return {
    mode: how.mode,
    scheme: how.mode === 'strict' ? how.scheme : null,
    micro: figuresOf(addCounts(byType.values())),
    macro: macroAverage(figures),
    weighted: weightedAverage(figures),
    perType: Object.fromEntries(perType),
  };
}
