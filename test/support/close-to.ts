/** Whether `actual` is `expected` within a row of `tolerance`: |a - e| <= atol + rtol |e|. */
export function isClose(
  actual: number,
  expected: number,
  { rtol, atol }: { readonly rtol: number; readonly atol: number },
): boolean {
  return Math.abs(actual - expected) <= atol + rtol * Math.abs(expected);
}
