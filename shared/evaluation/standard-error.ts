export interface Estimate {
  readonly mean: number;
  /** Of the mean, from the spread of the values. */
  readonly standardError: number;
}

/** Mean and standard error s / sqrt(n), with s^2 = sum (x - mean)^2 / (n - 1). @param values at least two */
export function estimate(values: readonly number[]): Estimate {
  const count = values.length;
  const mean = values.reduce((sum, value) => sum + value, 0) / count;
  const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (count - 1);
  return { mean, standardError: Math.sqrt(variance / count) };
}
