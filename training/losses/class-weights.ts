/**
 * What a position of each label should count so that all labels count alike over a corpus: n / (k count), with n labelled
 * positions of k labels, as scikit-learn's class_weight='balanced' (scikit-learn 1.7, utils/class_weight.py). A label
 * that never occurs is none of the k, and counts 0.
 *
 * @param counts how often each label occurs, [L]
 */
export function balancedClassWeights(counts: readonly number[]): number[] {
  const total = counts.reduce((sum, count) => sum + count, 0);
  const present = counts.filter((count) => count > 0).length;
  return counts.map((count) => (count === 0 ? 0 : total / (present * count)));
}
