import type { Confidences } from '../../shared/decode/confidences.ts';
import { spansOf } from '../../shared/labels/spans.ts';
import { calibrationOf, type Calibration, type CalibrationPoint } from '../../shared/evaluation/calibration.ts';
import type { MeasuredSentence } from './report-input.ts';

/** Calibration before and after temperature scaling. */
export interface BeforeAfter {
  readonly raw: Calibration;
  readonly calibrated: Calibration;
}

export interface CalibrationReport {
  /** Predicted entities; right when words and type are those of a gold entity. */
  readonly entities: BeforeAfter;
  /** Words; right when the tag is the gold one. Most are `O` and sure, so this error is always small. */
  readonly words: BeforeAfter;
}

/** Calibration of a split's sentences; null where one of them has no confidences. */
export function calibrationReport(sentences: readonly MeasuredSentence[]): CalibrationReport | null {
  if (sentences.length === 0 || sentences.some(({ confidences }) => confidences === undefined)) return null;
  const of = (points: (sentence: MeasuredSentence, confidences: Confidences) => CalibrationPoint[]): BeforeAfter => ({
    raw: calibrationOf(sentences.flatMap((sentence) => points(sentence, sentence.confidences!.raw))),
    calibrated: calibrationOf(sentences.flatMap((sentence) => points(sentence, sentence.confidences!.calibrated))),
  });
  return { entities: of(entityPoints), words: of(wordPoints) };
}

function entityPoints({ gold, predicted }: MeasuredSentence, { entities }: Confidences): CalibrationPoint[] {
  const goldSpans = spansOf(gold);
  return spansOf(predicted).map(({ type, start, end }, i) => ({
    confidence: entities[i]!,
    correct: goldSpans.some((span) => span.type === type && span.start === start && span.end === end),
  }));
}

function wordPoints({ gold, predicted }: MeasuredSentence, { words }: Confidences): CalibrationPoint[] {
  return words.map((confidence, t) => ({ confidence, correct: gold[t] === predicted[t] }));
}
