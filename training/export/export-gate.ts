import type { GateFigures, GateLimits, Precision } from '../../shared/contracts/manifest.ts';
import { NerError } from '../../shared/ner-error.ts';
import { createRng } from '../../shared/random.ts';
import { pairedBootstrap } from '../../shared/evaluation/paired-bootstrap.ts';
import { tokenAccuracy } from '../../shared/evaluation/token-accuracy.ts';
import type { ScoredSentence } from './scored-sentences.ts';

/**
 * How far a graph of each precision may be from its reference. In fp32 two graphs of one model differ by the order of
 * their sums. In int8 no single score tells much, and tags and entities do; docs/serving.md has what is usual.
 */
export const DEFAULT_LIMITS: Readonly<Record<Precision, GateLimits>> = {
  fp32: { logitDifference: 1e-3, tagAgreement: 0.9999, f1Loss: 0.0005 },
  int8: { logitDifference: 4, tagAgreement: 0.985, f1Loss: 0.01 },
};

export interface GateInput {
  readonly gold: readonly (readonly string[])[];
  readonly exported: readonly ScoredSentence[];
  readonly reference: readonly ScoredSentence[];
}

/** Compares what an exported graph makes of labelled sentences with what its reference makes of them. */
export function gateFigures({ gold, exported, reference }: GateInput): GateFigures {
  const [predicted, against] = [exported, reference].map((side) => side.map(({ tags }) => tags));
  const { f1, againstF1, difference, interval } = pairedBootstrap({
    gold,
    predicted: predicted!,
    against: against!,
    rng: createRng(0, 'export gate'),
  });
  return {
    logitDifference: largestDifference(exported, reference),
    tagAgreement: tokenAccuracy(against!, predicted!),
    f1,
    referenceF1: againstF1,
    f1Difference: difference,
    f1Interval: interval,
  };
}

/** NaN where a score is none, so that no limit lets it through. */
function largestDifference(exported: readonly ScoredSentence[], reference: readonly ScoredSentence[]): number {
  let largest = 0;
  for (const [sentence, { scores }] of exported.entries()) {
    const expected = reference[sentence]!.scores;
    for (let i = 0; i < scores.length; i++) {
      const difference = Math.abs(scores[i]! - expected[i]!);
      if (Number.isNaN(difference)) return NaN;
      largest = Math.max(largest, difference);
    }
  }
  return largest;
}

/**
 * @throws {E_EXPORT_GATE} a figure is beyond its limit: says which, its value and the limit
 */
export function checkGate(figures: GateFigures, limits: GateLimits): void {
  const { logitDifference, tagAgreement, f1Difference, f1Interval } = figures;
  const interval = `95 % interval ${f1Interval.low.toFixed(4)} to ${f1Interval.high.toFixed(4)}`;
  const beyond = [
    [
      logitDifference <= limits.logitDifference,
      `the largest logit difference is ${logitDifference.toPrecision(4)}; expected at most ${limits.logitDifference}`,
    ],
    [
      tagAgreement >= limits.tagAgreement,
      `the tag agreement is ${tagAgreement.toFixed(5)}; expected at least ${limits.tagAgreement}`,
    ],
    [
      -f1Difference <= limits.f1Loss,
      `the entity F1 difference is ${f1Difference.toFixed(4)} (${interval}); expected a loss of at most ${limits.f1Loss}`,
    ],
  ] as const;
  const faults = beyond.flatMap(([holds, fault]) => (holds ? [] : [fault]));
  if (faults.length === 0) return;
  throw new NerError(
    'E_EXPORT_GATE',
    `export: the graph is too far from its reference: ${faults.join('; ')}. Nothing was written. Export in fp32, or raise the limit if you accept it.`,
  );
}
