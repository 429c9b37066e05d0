import { NerError } from '../../shared/ner-error.ts';

/**
 * One axis length: a number, or a polynomial over symbols in normal form (`'B'`, `'T-1'`, `'B*T+2*B'`). Within one graph
 * and its bodies a symbol stands for one length, so two dimensions are equal exactly if their normal forms are. Lengths
 * are at least 1 when a graph runs: Reshape reads 0 as "copy", and onnxruntime refuses a Scan of no steps.
 */
export type Dim = number | string;

/** The axis lengths of a tensor; `[]` is a scalar. */
export type Shape = readonly Dim[];

/** Sorted symbols joined by `*` ('' for the constant term) to a coefficient other than zero. */
type Polynomial = ReadonlyMap<string, number>;

const parsed = new Map<string, Polynomial>();

/** The normal form of a dimension written by hand: `'T*B'` becomes `'B*T'`, `'2*3'` becomes `6`. */
export function normalizeDim(dim: Dim): Dim {
  return format(parse(dim));
}

export function addDims(a: Dim, b: Dim): Dim {
  if (typeof a === 'number' && typeof b === 'number') return a + b;
  return format(combine(parse(a), parse(b), 1));
}

export function subDims(a: Dim, b: Dim): Dim {
  if (typeof a === 'number' && typeof b === 'number') return a - b;
  return format(combine(parse(a), parse(b), -1));
}

export function mulDims(a: Dim, b: Dim): Dim {
  // + 0 turns -0 into 0, which would not be equal to it as an object.
  if (typeof a === 'number' && typeof b === 'number') return a * b + 0;
  return format(multiply(parse(a), parse(b)));
}

/** a / b where the quotient is a polynomial with integer coefficients, otherwise undefined. */
export function divDims(a: Dim, b: Dim): Dim | undefined {
  if (typeof a === 'number' && typeof b === 'number') return b !== 0 && a % b === 0 ? a / b + 0 : undefined;
  const divisor = parse(b);
  const lead = leading(divisor);
  if (lead === undefined) return undefined;
  let rest = parse(a);
  let quotient: Polynomial = new Map();
  for (let top = leading(rest); top !== undefined; top = leading(rest)) {
    const monomial = divideMonomials(top[0], lead[0]);
    const coefficient = top[1] / lead[1];
    if (monomial === undefined || !Number.isInteger(coefficient)) return undefined;
    const term: Polynomial = new Map([[monomial, coefficient]]);
    quotient = combine(quotient, term, 1);
    rest = combine(rest, multiply(term, divisor), -1);
  }
  return format(quotient);
}

/** The number of elements of a shape. */
export function sizeOf(shape: Shape): Dim {
  return shape.reduce(mulDims, 1);
}

/** The symbols of a dimension, without repetition. */
export function symbolsOf(dim: Dim): readonly string[] {
  if (typeof dim === 'number') return [];
  return [...new Set([...parse(dim).keys()].flatMap((monomial) => (monomial === '' ? [] : monomial.split('*'))))];
}

/** A dimension as a sum of products, for code that has to compute it: `[[coefficient, symbols], ...]`. */
export function termsOf(dim: Dim): readonly (readonly [coefficient: number, symbols: readonly string[]])[] {
  return [...parse(dim)].map(([monomial, c]) => [c, monomial === '' ? [] : monomial.split('*')]);
}

/**
 * The length of a dimension once its symbols are known.
 * @throws E_SHAPE_MISMATCH a symbol has no length.
 */
export function evaluateDim(dim: Dim, lengths: ReadonlyMap<string, number>): number {
  if (typeof dim === 'number') return dim;
  let total = 0;
  for (const [coefficient, symbols] of termsOf(dim)) {
    let product = coefficient;
    for (const symbol of symbols) {
      const length = lengths.get(symbol);
      if (length === undefined) {
        throw new NerError('E_SHAPE_MISMATCH', `evaluateDim: no length is known for '${symbol}', got '${dim}'`);
      }
      product *= length;
    }
    total += product;
  }
  return total;
}

/** True if both shapes have the same rank and the same lengths, symbol for symbol. */
export function sameShape(a: Shape, b: Shape): boolean {
  return a.length === b.length && a.every((dim, i) => dim === b[i]);
}

/** `[B, T, 64]`, as in messages and in the printed IR. */
export function formatShape(shape: Shape): string {
  return `[${shape.join(', ')}]`;
}

/** The broadcast of two shapes (numpy's rule; symbols broadcast with 1 and themselves only), or undefined. */
export function broadcastShapes(a: Shape, b: Shape): Shape | undefined {
  const rank = Math.max(a.length, b.length);
  const out: Dim[] = [];
  for (let i = 0; i < rank; i++) {
    const x = a[i - rank + a.length] ?? 1;
    const y = b[i - rank + b.length] ?? 1;
    if (x !== y && x !== 1 && y !== 1) return undefined;
    out.push(x === 1 ? y : x);
  }
  return out;
}

/** The places in [0, rank) of axes that may be given from the end; undefined if one is out of range or repeated. */
export function normalizeAxes(axes: readonly number[], rank: number): readonly number[] | undefined {
  const out = axes.map((axis) => (axis < 0 ? axis + rank : axis));
  const valid = out.every((axis) => Number.isInteger(axis) && axis >= 0 && axis < rank);
  return valid && new Set(out).size === out.length ? out : undefined;
}

function parse(dim: Dim): Polynomial {
  if (typeof dim === 'number') return dim === 0 ? new Map() : new Map([['', dim]]);
  let polynomial = parsed.get(dim);
  if (polynomial === undefined) {
    polynomial = parseText(dim);
    parsed.set(dim, polynomial);
  }
  return polynomial;
}

function parseText(text: string): Polynomial {
  const compact = text.replaceAll(/ *([*+-]) */g, '$1');
  if (!/^-?[\w.]+(?:[*+-][\w.]+)*$/.test(compact)) {
    throw new NerError(
      'E_SHAPE_MISMATCH',
      `dim: not a dimension, got '${text}'; expected symbols and integers joined by * + -, such as 'B*T' or 'T-1'`,
    );
  }
  let sum: Polynomial = new Map();
  for (const [term] of compact.matchAll(/[+-]?[^+-]+/g)) {
    let product: Polynomial = new Map([['', term.startsWith('-') ? -1 : 1]]);
    for (const factor of term.replace(/^[+-]/, '').split('*')) {
      product = multiply(product, /^\d+$/.test(factor) ? parse(Number(factor)) : new Map([[factor, 1]]));
    }
    sum = combine(sum, product, 1);
  }
  return sum;
}

function format(polynomial: Polynomial): Dim {
  if (polynomial.size === 0) return 0;
  if (polynomial.size === 1 && polynomial.has('')) return polynomial.get('')!;
  const terms = [...polynomial].sort(([a], [b]) => compareMonomials(b, a));
  let text = '';
  for (const [monomial, coefficient] of terms) {
    const size = Math.abs(coefficient);
    const body = monomial === '' ? String(size) : size === 1 ? monomial : `${size}*${monomial}`;
    text += `${coefficient < 0 ? '-' : text === '' ? '' : '+'}${body}`;
  }
  parsed.set(text, polynomial);
  return text;
}

function combine(a: Polynomial, b: Polynomial, sign: number): Polynomial {
  const out = new Map(a);
  for (const [monomial, coefficient] of b) {
    const sum = (out.get(monomial) ?? 0) + sign * coefficient;
    if (sum === 0) out.delete(monomial);
    else out.set(monomial, sum);
  }
  return out;
}

function multiply(a: Polynomial, b: Polynomial): Polynomial {
  let out: Polynomial = new Map();
  for (const [x, p] of a) {
    for (const [y, q] of b) {
      const symbols = [...factors(x), ...factors(y)].sort();
      out = combine(out, new Map([[symbols.join('*'), p * q]]), 1);
    }
  }
  return out;
}

function factors(monomial: string): readonly string[] {
  return monomial === '' ? [] : monomial.split('*');
}

/** Graded order, ties by alphabet with the earlier name the larger: what polynomial division needs to come to an end. */
function compareMonomials(a: string, b: string): number {
  const x = factors(a);
  const y = factors(b);
  if (x.length !== y.length) return x.length - y.length;
  for (const [i, symbol] of x.entries()) {
    if (symbol !== y[i]) return symbol < y[i]! ? 1 : -1;
  }
  return 0;
}

function leading(polynomial: Polynomial): readonly [string, number] | undefined {
  let best: readonly [string, number] | undefined;
  for (const term of polynomial) {
    if (best === undefined || compareMonomials(term[0], best[0]) > 0) best = term;
  }
  return best;
}

function divideMonomials(a: string, b: string): string | undefined {
  const rest = [...factors(a)];
  for (const symbol of factors(b)) {
    const at = rest.indexOf(symbol);
    if (at < 0) return undefined;
    rest.splice(at, 1);
  }
  return rest.join('*');
}
