import { NerError } from '../../shared/ner-error.ts';
import { createRng } from '../../shared/random.ts';
import type { Builder, Scope } from './builder.ts';
import { addDims, sizeOf, symbolsOf, type Dim, type Shape } from './dim.ts';
import type { Value } from './ir.ts';
import { innermost } from './scope-stack.ts';
import { tensorOf, type Tensor } from './trace.ts';

export interface RandomSource {
  /** The seed of the run; an integer. */
  readonly seed: number;
  /** Tells call sites apart: equal sites of equal seeds draw equal numbers at equal steps. */
  readonly site: string;
  /** A scalar that changes from step to step: an integer of any dtype in [0, 2^24). */
  readonly step: Tensor;
}

/** The numbers are multiples of 2^-11: what one factor holds exactly in TF32, which products on GPUs may round to. */
const LEVELS = 2048;
/** The largest prime below 2^24: squares of residues are below 2^48, exact in int64 and in float64. */
const MODULUS = 16_777_213;
/** Spreads consecutive places over the residues: MODULUS over the golden ratio, as in Fibonacci hashing. */
const PLACE_FACTOR = 10_368_887;
/** Elements of a residue that fall on one level. */
const PER_LEVEL = 8192;
/** Words that a row and a column multiply; one more for each is added. */
const FACTORS = 4;
const WORDS = FACTORS + 2;

/**
 * Uniform numbers in [0, 1), multiples of 1/2048, as a pure function of seed, site, step and place: no state, the same
 * in onnxruntime and in the interpreter to the last bit, on any device.
 *
 *     u[r, c] = frac( sum_k A[r, k] B[c, k] + D[c] + E[r] )
 *
 * where the first half of the axes is the row r and the second half the column c, so that there are few of both (of three
 * axes the last one is c). A are 4 words of 11 bits hashed from (step, r), and B, D and E are hashed multiples of 1/2048.
 * The inner product is a universal hash (Carter and Wegman 1979): two rows, or two columns, are independent but for a
 * chance of 2^-44 of equal words. Each factor has 11 bits and each sum 24, so every product and partial sum is exact in
 * float32 whatever the order, and one matrix product does nearly all of the work. The words are those of x <- x^2 + key
 * modulo a prime, twice, on R + C numbers only.
 *
 * onnxruntime's own generators keep a state in the kernel, so training could not be resumed to the same bits, and a hash
 * of 32-bit words would need BitShift and BitwiseXor, which have no CUDA kernels.
 *
 * @throws E_SHAPE_MISMATCH the step is not a scalar
 */
export function uniform(shape: Shape, source: RandomSource): Tensor {
  const { scope, fractions } = hashedFractions(shape, source);
  return tensorOf(scope, scope.b.reshape(fractions, shape));
}

/**
 * A mask of ones and zeros, float32: an element is 0 with probability `rate`, rounded to a multiple of 1/2048 (see
 * `droppedShare`). Elements of `uniform` below the rate are the zeros.
 *
 * @throws E_USAGE the rate is not in [0, 1); E_SHAPE_MISMATCH the step is not a scalar
 */
export function keepMask(shape: Shape, rate: number, source: RandomSource): Tensor {
  if (!(rate >= 0 && rate < 1)) {
    throw new NerError('E_USAGE', `keepMask: the rate is out of range, got ${rate}; expected 0 <= rate < 1`);
  }
  const { scope, fractions } = hashedFractions(shape, source);
  const { b } = scope;
  const kept = b.GreaterOrEqual(fractions, droppedShare(rate));
  return tensorOf(scope, b.reshape(b.Cast(kept, { to: 'float32' }), shape));
}

/** The share of zeros that `keepMask` really has for a rate. Dropout divides by one minus this. */
export function droppedShare(rate: number): number {
  return Math.round(rate * LEVELS) / LEVELS;
}

/** The uniform numbers as rows and columns [R, C]. */
function hashedFractions(shape: Shape, source: RandomSource): { readonly scope: Scope; readonly fractions: Value } {
  if (source.step.shape.length > 0) {
    const got = source.step.shape.join(', ');
    throw new NerError('E_SHAPE_MISMATCH', `uniform: the step is not a scalar, got [${got}]; expected []`);
  }
  const scope = innermost('uniform');
  const { b } = scope;
  const split = shape.length - Math.max(1, Math.floor(shape.length / 2));
  const [rows, columns] = [sizeOf(shape.slice(0, split)), sizeOf(shape.slice(split))];
  const words = hashedWords(scope, addDims(rows, columns), source); // [R + C, 6], 0..2047
  const [ofRows, ofColumns] = b.Split(words, b.dims([rows, columns]), { axis: 0 });
  // Rows: four factors, 1 for the column's summand, the row's summand. Columns: the other way round.
  const left = affine(b, ofRows!, [1, 1, 1, 1, 0, 1 / LEVELS], [0, 0, 0, 0, 1, 0]); // [R, 6]
  const right = affine(b, ofColumns!, [...new Array<number>(5).fill(1 / LEVELS), 0], [0, 0, 0, 0, 0, 1]); // [C, 6]
  const sums = b.Gemm(left, right, undefined, { alpha: 1, beta: 1, transA: 0, transB: 1 }); // [R, C]
  return { scope, fractions: b.Sub(sums, b.Floor(sums)) };
}

function affine(b: Builder, x: Value, scale: readonly number[], shift: readonly number[]): Value {
  const row = (numbers: readonly number[]): Value =>
    b.constant('float32', [numbers.length], Float32Array.from(numbers));
  return b.Add(b.Mul(x, row(scale)), row(shift));
}

/** Six words of 11 bits for each number below `count`, float32 [count, 6]. */
function hashedWords(scope: Scope, count: Dim, source: RandomSource): Value {
  const { b } = scope;
  const place = placesOf(scope, count); // [count, 1]
  const key = stepKeys(b, scope.resolve(source.step.value)); // [6]
  const site = keys(b, `${source.seed}/${source.site}`); // [6]
  let x = b.Add(b.Mul(place, b.int64(PLACE_FACTOR)), b.Add(key, site)); // [count, 6]
  x = b.Mod(x, b.int64(MODULUS));
  for (let round = 0; round < ROUNDS; round++) x = squareRound(b, x, key);
  return b.Floor(b.Mul(b.Cast(x, { to: 'float32' }), 1 / PER_LEVEL));
}

const ROUNDS = 2;

/** 0, 1, ... as a column, made outside of loops where its length is known there. */
function placesOf(scope: Scope, count: Dim): Value {
  const known = (outer: Scope): boolean => symbolsOf(count).every((symbol) => carries(outer, symbol));
  let at = scope;
  while (at.parent !== undefined && known(at.parent)) at = at.parent;
  const { b } = at;
  const limit = b.reshape(b.dims([count]), []);
  return scope.resolve(b.Unsqueeze(b.Range(b.int64(0), limit, b.int64(1)), [1]));
}

function carries(scope: Scope, symbol: string): boolean {
  return scope.inputs.some((input) => input.type.shape.includes(symbol));
}

/** Six residues that depend on the step alone; equal for all sites, so they are computed once. */
function stepKeys(b: Builder, step: Value): Value {
  const integer = b.Cast(step, { to: 'int64' });
  const start = b.Add(b.Mul(integer, keys(b, 'step factor')), keys(b, 'step summand'));
  let x = b.Mod(start, b.int64(MODULUS));
  for (let round = 0; round < ROUNDS; round++) x = squareRound(b, x, keys(b, 'step round'));
  return x;
}

function squareRound(b: Builder, x: Value, key: Value): Value {
  return b.Mod(b.Add(b.Mul(x, x), key), b.int64(MODULUS));
}

/** Six residues that depend on the label alone. */
function keys(b: Builder, label: string): Value {
  const rng = createRng(0, label);
  return b.constant(
    'int64',
    [WORDS],
    BigInt64Array.from({ length: WORDS }, () => BigInt(rng.int(MODULUS))),
  );
}
