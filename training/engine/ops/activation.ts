import { unary, type Unary } from './elementwise.ts';

/** y = tanh(x); dy/dx = 1 - y^2. */
export const Tanh: Unary = unary(Math.tanh, ({ b, dy, y }) => [b.Mul(dy, b.Sub(1, b.Mul(y, y)))]);

/** y = 1 / (1 + exp(-x)); dy/dx = y (1 - y). */
export const Sigmoid: Unary = unary(
  (x) => 1 / (1 + Math.exp(-x)),
  ({ b, dy, y }) => [b.Mul(dy, b.Mul(y, b.Sub(1, y)))],
);

/** y = max(x, 0); the gradient at 0 is 0. */
export const Relu: Unary = unary(
  (x) => Math.max(x, 0),
  ({ b, dy, y }) => [b.Where(b.Greater(y, 0), dy, 0)],
  14,
);

/** y = ln(1 + exp(x)); dy/dx = sigmoid(x). */
export const Softplus: Unary = unary(
  // Written so that exp cannot overflow.
  (x) => Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x))),
  ({ b, dy, x }) => [b.Mul(dy, b.Sigmoid(x[0]!))],
  1,
);

/** y = erf(x); dy/dx = 2 / sqrt(pi) * exp(-x^2). */
export const Erf: Unary = unary(erf, ({ b, dy, x }) => [
  b.Mul(dy, b.Mul(b.Exp(b.Neg(b.Mul(x[0]!, x[0]!))), 2 / Math.sqrt(Math.PI))),
]);

/**
 * y = x Phi(x) with the normal distribution function Phi (Hendrycks and Gimpel 2016, https://arxiv.org/abs/1606.08415),
 * the exact form. A row of its own because onnxruntime has one kernel for it, against five for the composition.
 */
export const Gelu: Unary = {
  ...unary(
    (x) => 0.5 * x * (1 + erf(x / Math.SQRT2)),
    // dy/dx = Phi(x) + x phi(x)
    ({ b, dy, x }) => {
      // The density falls off as exp(-x^2 / 2), which eight bits of x would give to a hundredth: so float32.
      const input = b.as(x[0]!, 'float32');
      const distribution = b.Mul(b.Add(b.Erf(b.Mul(input, Math.SQRT1_2)), 1), 0.5);
      const density = b.Mul(b.Exp(b.Mul(b.Mul(input, input), -0.5)), 1 / Math.sqrt(2 * Math.PI));
      const slope = b.Add(distribution, b.Mul(input, density));
      return [b.as(b.Mul(b.as(dy, 'float32'), slope), dy.type.dtype)];
    },
    20,
  ),
};

/** erf to float64 precision: its Taylor series to |x| = 3, the continued fraction of erfc (Lentz) beyond. */
function erf(x: number): number {
  const size = Math.abs(x);
  if (size > 6) return Math.sign(x);
  if (size <= 3) {
    // erf(x) = 2/sqrt(pi) exp(-x^2) sum 2^n x^(2n+1) / (2n+1)!! (Abramowitz and Stegun 7.1.6): no cancellation.
    let term = x;
    let sum = x;
    for (let n = 1; Math.abs(term) > 1e-17 * Math.abs(sum); n++) {
      term *= (2 * x * x) / (2 * n + 1);
      sum += term;
    }
    return (2 / Math.sqrt(Math.PI)) * Math.exp(-x * x) * sum;
  }
  // erfc(x) = exp(-x^2)/sqrt(pi) / (x + (1/2)/(x + 1/(x + (3/2)/(x + ...)))) (7.1.14), from the inside out.
  let fraction = size;
  for (let k = 60; k >= 1; k--) fraction = size + k / 2 / fraction;
  return Math.sign(x) * (1 - Math.exp(-x * x) / Math.sqrt(Math.PI) / fraction);
}
