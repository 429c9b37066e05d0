import { expect } from 'vitest';

export interface Tolerance {
  readonly rtol: number;
  readonly atol: number;
}

/** Expects |actual - expected| <= atol + rtol |expected| for every element; equal infinities and NaNs are equal. */
export function expectClose(actual: ArrayLike<number>, expected: ArrayLike<number>, { rtol, atol }: Tolerance): void {
  expect(actual.length).toBe(expected.length);
  for (let i = 0; i < actual.length; i++) {
    const [a, e] = [actual[i]!, expected[i]!];
    if (Object.is(a, e) || a === e) continue;
    const off = Math.abs(a - e);
    if (!(off <= atol + rtol * Math.abs(e)))
      expect.fail(`element ${i} is ${a}, expected ${e} within ${atol} + ${rtol} |x|`);
  }
}
