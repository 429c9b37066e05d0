/** Bits after the point: twice what a double holds. */
const PRECISION = 110n;

/**
 * The natural logarithm of a positive whole number, rounded to the nearest double. `Math.log` may be one unit in the
 * last place off, and is: V8 has 1.0986122886681096 for ln 3, which makes log(9, 3) more than 2. Python, whose C library
 * rounds rightly here, has 1.0986122886681098 and exactly 2.
 */
export function naturalLog(value: number): number {
  // ln n = k ln 2 + ln(n / 2^k), with n / 2^k in [1, 2).
  const number = BigInt(value);
  const bits = BigInt(number.toString(2).length - 1);
  const sum = bits * logOfRatio(2n, 1n) + logOfRatio(number, 1n << bits);
  // The conversion rounds to nearest; dividing by a power of two is exact.
  return Number(sum) / 2 ** Number(PRECISION);
}

/** ln(a / b) = 2 artanh((a - b) / (a + b)) = 2 (z + z^3 / 3 + z^5 / 5 + ...), in units of 2^-PRECISION. */
function logOfRatio(a: bigint, b: bigint): bigint {
  const z = ((a - b) << PRECISION) / (a + b);
  const square = (z * z) >> PRECISION;
  let sum = 0n;
  for (let power = z, odd = 1n; power > 0n; power = (power * square) >> PRECISION, odd += 2n) sum += power / odd;
  return 2n * sum;
}
