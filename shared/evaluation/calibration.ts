import { NerError } from '../ner-error.ts';

/** A prediction: how sure the model was, in 0..1, and whether it was right. */
export interface CalibrationPoint {
  readonly confidence: number;
  readonly correct: boolean;
}

/** Predictions whose confidence is in (low, high]; the first bin holds 0 too. */
export interface ReliabilityBin {
  readonly low: number;
  readonly high: number;
  readonly count: number;
  /** Mean confidence, and share of right predictions; null for an empty bin. */
  readonly confidence: number | null;
  readonly accuracy: number | null;
}

export interface Calibration {
  readonly count: number;
  /** Expected calibration error, in 0..1. */
  readonly ece: number;
  readonly meanConfidence: number;
  readonly accuracy: number;
  readonly bins: readonly ReliabilityBin[];
}

/**
 * Expected calibration error over M bins of equal width:
 *
 *     ECE = sum over m of |B_m|/n * |acc(B_m) - conf(B_m)|,   B_m: confidences in ((m-1)/M, m/M]
 *
 * Guo et al. 2017, On Calibration of Modern Neural Networks, eq. 3, https://arxiv.org/abs/1706.04599. No predictions
 * give an error of 0.
 *
 * @throws {E_USAGE} when a confidence is not in 0..1.
 */
export function calibrationOf(points: readonly CalibrationPoint[], bins = 10): Calibration {
  const sums = Array.from({ length: bins }, () => ({ count: 0, confidence: 0, correct: 0 }));
  for (const { confidence, correct } of points) {
    const bin = sums[binOf(confidence, bins)]!;
    bin.count++;
    bin.confidence += confidence;
    if (correct) bin.correct++;
  }
  const total = (value: (bin: (typeof sums)[number]) => number): number =>
    sums.reduce((sum, bin) => sum + value(bin), 0);
  const mean = (sum: number): number => (points.length === 0 ? 0 : sum / points.length);
  return {
    count: points.length,
    // |B_m| times the gap of the means is the gap of the sums.
    ece: mean(total((bin) => Math.abs(bin.correct - bin.confidence))),
    meanConfidence: mean(total((bin) => bin.confidence)),
    accuracy: mean(total((bin) => bin.correct)),
    bins: sums.map(({ count, confidence, correct }, m) => ({
      low: m / bins,
      high: (m + 1) / bins,
      count,
      confidence: count === 0 ? null : confidence / count,
      accuracy: count === 0 ? null : correct / count,
    })),
  };
}

function binOf(confidence: number, bins: number): number {
  if (!(confidence >= 0 && confidence <= 1)) {
    throw new NerError(
      'E_USAGE',
      `calibrationOf: a confidence is out of range, got ${confidence}; expected a probability in 0..1. ` +
        'Give the scores of a predictor, not log probabilities.',
    );
  }
  // The same quotients as the bins' borders, so that a confidence on a border is below it.
  let bin = Math.max(0, Math.ceil(confidence * bins) - 1);
  if (bin > 0 && confidence <= bin / bins) bin--;
  if (confidence > (bin + 1) / bins) bin++;
  return bin;
}
