import { addCounts, figuresOf, type Figures } from '../../shared/evaluation/figures.ts';
import { tokenReport, type TokenReport } from '../../shared/evaluation/token-report.ts';
import type { MeasuredSentence } from '../report/report-input.ts';
import { pieceTags } from './piece-tags.ts';

/** Figures over sub-words, each with the tag of its word. */
export interface SubWordFigures {
  /** Sub-words in all. */
  readonly pieces: number;
  /** Each tag is a class, `O` among them; its accuracy is what is called micro when `O` is counted. */
  readonly report: TokenReport;
  /**
   * `2PR/(P + R)` of macro precision P and macro recall R. The mean of the classes' F1s (`report.macro.f1`) is another
   * number: Opitz and Burst 2019, Macro F1 and Macro F1, https://arxiv.org/abs/1911.03347.
   */
  readonly harmonicMacroF1: number;
  /** Micro figures of all tags but `O`. */
  readonly withoutOutside: Figures;
}

/**
 * @param pieces sub-words of each word, by sentence; a word without any counts nothing
 * @throws {E_SHAPE_MISMATCH} see tokenReport
 */
export function subWordFigures(
  sentences: readonly Pick<MeasuredSentence, 'gold' | 'predicted'>[],
  pieces: readonly (readonly number[])[],
): SubWordFigures {
  const gold = sentences.map((sentence, i) => pieceTags(sentence.gold, pieces[i]!));
  const predicted = sentences.map((sentence, i) => pieceTags(sentence.predicted, pieces[i]!));
  const report = tokenReport(gold, predicted);
  return {
    pieces: gold.reduce((sum, tags) => sum + tags.length, 0),
    report,
    harmonicMacroF1: harmonicMean(report.macro),
    withoutOutside: insideFigures(gold.flat(), predicted.flat()),
  };
}

function harmonicMean({ precision, recall }: Figures): number {
  return precision + recall === 0 ? 0 : (2 * precision * recall) / (precision + recall);
}

function insideFigures(gold: readonly string[], predicted: readonly string[]): Figures {
  const counts = gold.map((tag, i) => ({
    correct: tag !== 'O' && tag === predicted[i] ? 1 : 0,
    predicted: predicted[i] === 'O' ? 0 : 1,
    gold: tag === 'O' ? 0 : 1,
  }));
  return figuresOf(addCounts(counts));
}
