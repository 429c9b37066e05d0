import { compareCodePoints } from '../labels/code-point-order.ts';
import { checkAligned } from './aligned.ts';
import type { TaggedSentences } from './corpus-entities.ts';
import { addCounts, figuresOf, macroAverage, weightedAverage, type EntityCounts, type Figures } from './figures.ts';

/** Figures of single words' tags, `O` among them. High numbers here say little: most words are `O`. */
export interface TokenReport {
  /** The share of words with the right tag, which is micro precision, recall and F1 at once. */
  readonly accuracy: number;
  readonly macro: Figures;
  readonly weighted: Figures;
  /** By tag, in gold or predicted, sorted by code points. */
  readonly perTag: Readonly<Record<string, Figures>>;
}

/**
 * What scikit-learn's `classification_report` says of the words of all sentences laid end to end
 * (`sklearn/metrics/_classification.py`), each tag a class of its own: `B-x` and `I-x` are two. Undefined ratios are 0.
 *
 * @throws {E_SHAPE_MISMATCH} when gold and prediction differ in sentences or words.
 */
export function tokenReport(gold: TaggedSentences, predicted: TaggedSentences): TokenReport {
  checkAligned('tokenReport', gold, predicted);
  const counts = new Map<string, { correct: number; predicted: number; gold: number }>();
  const countsOf = (tag: string): { correct: number; predicted: number; gold: number } => {
    const known = counts.get(tag) ?? { correct: 0, predicted: 0, gold: 0 };
    counts.set(tag, known);
    return known;
  };
  gold.forEach((tags, sentence) => {
    tags.forEach((tag, word) => {
      const found = predicted[sentence]![word]!;
      countsOf(tag).gold++;
      countsOf(found).predicted++;
      if (found === tag) countsOf(tag).correct++;
    });
  });
  const sorted: [string, EntityCounts][] = [...counts].sort(([a], [b]) => compareCodePoints(a, b));
  const perTag = sorted.map(([tag, of]) => [tag, figuresOf(of)] as const);
  const figures = perTag.map(([, of]) => of);
  return {
    accuracy: figuresOf(addCounts(counts.values())).precision,
    macro: macroAverage(figures),
    weighted: weightedAverage(figures),
    perTag: Object.fromEntries(perTag),
  };
}
