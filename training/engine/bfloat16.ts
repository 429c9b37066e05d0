/** One word to look at a float32 through its bits. */
const float = new Float32Array(1);
const bits = new Uint32Array(float.buffer);

/**
 * The 16 bits of the bfloat16 nearest to a number, ties to even: the upper half of its float32, rounded. The number is
 * rounded to float32 first, as onnxruntime computes in float32 and rounds the result.
 */
export function toBfloat16Bits(x: number): number {
  float[0] = x;
  const word = bits[0]!;
  // Rounding up would turn some NaNs into infinities: they are cut off, and stay NaN by a bit that is kept.
  if (Number.isNaN(x)) return (word >>> 16) | 0x40;
  return (word + 0x7fff + ((word >>> 16) & 1)) >>> 16;
}

export function fromBfloat16Bits(half: number): number {
  bits[0] = half << 16;
  return float[0]!;
}

/** The nearest bfloat16 of a number, as a number. */
export function roundToBfloat16(x: number): number {
  return fromBfloat16Bits(toBfloat16Bits(x));
}
