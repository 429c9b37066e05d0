/**
 * `value >= 0` with that many digits, rounded as Python does: exact ties go to the even digit (0.125 is 0.12), where
 * toFixed takes the larger (0.13). A binary fraction lies exactly between two decimals only when it is an odd multiple
 * of 2^-(digits + 1), and that product is computed without rounding.
 */
export function pythonFixed(value: number, digits: number): string {
  const up = value.toFixed(digits);
  const isTie = (value * 2 ** (digits + 1)) % 2 === 1;
  if (!isTie || Number(up.at(-1)) % 2 === 0) return up;
  return (value - 0.25 * 10 ** -digits).toFixed(digits);
}
