/** How many entities are in the gold data, how many were predicted, and how many are the same in both. */
export interface EntityCounts {
  readonly correct: number;
  readonly predicted: number;
  readonly gold: number;
}

/** Precision, recall and F1 in 0..1, and the number of gold entities. */
export interface Figures {
  readonly precision: number;
  readonly recall: number;
  readonly f1: number;
  readonly support: number;
}

/** `P = correct/predicted`, `R = correct/gold`, `F1 = 2PR/(P + R)`. A zero denominator gives 0, as in seqeval. */
export function figuresOf({ correct, predicted, gold }: EntityCounts): Figures {
  const precision = predicted === 0 ? 0 : correct / predicted;
  const recall = gold === 0 ? 0 : correct / gold;
  const f1 = precision + recall === 0 ? 0 : (2 * precision * recall) / (precision + recall);
  return { precision, recall, f1, support: gold };
}

/** The sum of counts. */
export function addCounts(counts: Iterable<EntityCounts>): EntityCounts {
  let [correct, predicted, gold] = [0, 0, 0];
  for (const count of counts) {
    correct += count.correct;
    predicted += count.predicted;
    gold += count.gold;
  }
  return { correct, predicted, gold };
}

/**
 * The mean over types. Every type counts the same, also one that was only predicted (its figures are 0): that pulls the
 * mean down, as in seqeval. Macro F1 is the mean of the F1s, not the F1 of the means.
 */
export function macroAverage(perType: readonly Figures[]): Figures {
  return average(perType, () => 1);
}

/** The mean over types, each weighted by its support. */
export function weightedAverage(perType: readonly Figures[]): Figures {
  return average(perType, (figures) => figures.support);
}

function average(perType: readonly Figures[], weightOf: (figures: Figures) => number): Figures {
  const total = perType.reduce((sum, figures) => sum + weightOf(figures), 0);
  const mean = (value: (figures: Figures) => number): number =>
    total === 0 ? 0 : perType.reduce((sum, figures) => sum + weightOf(figures) * value(figures), 0) / total;
  return {
    precision: mean((figures) => figures.precision),
    recall: mean((figures) => figures.recall),
    f1: mean((figures) => figures.f1),
    support: perType.reduce((sum, figures) => sum + figures.support, 0),
  };
}
