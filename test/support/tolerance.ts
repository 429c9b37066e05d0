/** Every numeric tolerance of the tests, by dtype and kind. A test names one; nobody types `1e-3` in a test. */
export const tolerance = {
  /** float64 interpreter against central differences (h = 1e-5) in one random direction. */
  gradientFloat64: { rtol: 1e-5, atol: 1e-7 },
  /** onnxruntime float32 against the float64 interpreter, one op or a short graph. */
  forwardFloat32: { rtol: 1e-5, atol: 1e-6 },
  /** The same for graphs that add up many terms (matrix products, reductions, whole models). */
  modelFloat32: { rtol: 1e-4, atol: 1e-5 },
  /** float32 of a formula of a dozen roundings, with care for each of them (bias correction). */
  carefulFloat32: { rtol: 1e-6, atol: 1e-7 },
  /** Losses and norms of training with products in bfloat16 against float32: 8 bits a rounding, averaged over a batch. */
  bfloat16Training: { rtol: 3e-2, atol: 1e-3 },
  /**
   * Gradient norms of the same: a loss moves with the square of what the parameters are off by, its slope with that
   * itself. Over eight steps of a tiny BERT up to 3.2 % with the focal losses, and below 2 % with the others.
   */
  bfloat16GradientNorm: { rtol: 5e-2, atol: 1e-3 },
  /**
   * Euclidean distance of a parameter's gradient with products in bfloat16 from that in float32: in shares of its norm, and
   * of the norm of all gradients together, for parameters whose true gradient is 0 (the bias of attention's keys).
   */
  bfloat16Gradient: { rtol: 5e-2, atol: 1e-3 },
  /** Probabilities whose logarithms, down to -30, were rounded to eleven bits: 2^-11 of 30 is what a logarithm is off by. */
  halfPrecision: { rtol: 1.5e-2, atol: 1e-6 },
  /** Ten steps of training on a GPU in full float32 against the CPU: sums in another order, grown over the steps. */
  gpuTraining: { rtol: 1e-3, atol: 1e-4 },
  gpuGradient: { rtol: 1e-4, atol: 0 },
  /** The same with products in TF32, whose factors have 11 bits. Not yet seen on a GPU. */
  tf32Training: { rtol: 5e-3, atol: 1e-3 },
  tf32Gradient: { rtol: 1e-2, atol: 0 },
  /** Two exact definitions of the same float64 quantity (a CRF by recursion and by enumeration). */
  exactFloat64: { rtol: 1e-10, atol: 1e-12 },
  /** A figure that a reference library computed in float32, against float64. */
  referenceFloat32: { rtol: 1e-5, atol: 0 },
  /** A figure printed by a reference library with full precision. */
  reference: { rtol: 1e-12, atol: 1e-12 },
} as const satisfies Record<string, { rtol: number; atol: number }>;
