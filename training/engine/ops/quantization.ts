import { formatShape, sameShape } from '../dim.ts';
import type { DType } from '../ir.ts';
import { ndArray, type NdArray } from '../nd-array.ts';
import type { InferContext, OpDef } from '../op-def.ts';
import type { NoAttributes } from './elementwise.ts';
import { evaluateProduct, PLAIN, productShape } from './product.ts';

/** The numbers that each dtype of eight bits holds. */
const BOUNDS: Partial<Record<DType, readonly [least: number, most: number]>> = { int8: [-128, 127], uint8: [0, 255] };

/** To the nearest integer, ties to the even one. */
function roundToEven(x: number): number {
  const below = Math.floor(x);
  const rest = x - below;
  if (rest !== 0.5) return rest < 0.5 ? below : below + 1;
  return below % 2 === 0 ? below : below + 1;
}

/**
 * y = saturate(round(x / scale) + zero), with one scale and zero point for all elements; y has the type of the zero point.
 */
export const QuantizeLinear: OpDef<['x', 'scale', 'zero'], NoAttributes, 'one'> = {
  inputs: ['x', 'scale', 'zero'],
  outputs: 1,
  returns: 'one',
  attributes: {},
  sinceOpset: 19,
  infer: (c) => {
    const [x, scale, zero] = [c.x[0]!, c.x[1]!, c.x[2]!];
    if (x.dtype !== 'float32' || scale.dtype !== 'float32') {
      c.dtypeError(`takes numbers and a scale of float32, got ${x.dtype} and ${scale.dtype}`);
    }
    if (BOUNDS[zero.dtype] === undefined) c.dtypeError(`the zero point is ${zero.dtype}; expected int8 or uint8`);
    for (const { shape } of [scale, zero]) {
      if (shape.length > 0) c.shapeError(`scale and zero point are one number each, got ${formatShape(shape)}`);
    }
    return [{ dtype: zero.dtype, shape: x.shape }];
  },
  vjp: null,
  why: 'rounding is constant almost everywhere; quantise after training',
  evaluate: (c) => {
    const [x, scale, zero] = [c.x[0]!, c.x[1]!.data[0]!, c.x[2]!];
    const [least, most] = BOUNDS[zero.dtype]!;
    // onnxruntime divides in float32, which decides ties.
    const round = (value: number): number => roundToEven(Math.fround(value / scale)) + zero.data[0]!;
    return [{ dtype: zero.dtype, shape: x.shape, data: x.data.map((v) => Math.max(least, Math.min(most, round(v)))) }];
  },
};

function expectType(c: InferContext, at: number, name: string, dtypes: readonly DType[]): void {
  const type = c.optional[at];
  if (type !== undefined && !dtypes.includes(type.dtype)) {
    c.dtypeError(`the ${name} is ${type.dtype}; expected ${dtypes.join(' or ')}`);
  }
}

/**
 * y = aScale bScale (A - aZero) B + bias over the last two axes: a product of integers of eight bits, summed up in int32 and
 * scaled to float32 as it is written. A has one scale and zero point; B has a scale for each column.
 *
 * A row of its own because the composition (MatMulInteger, Cast, Mul, Mul, Add) goes over the result four times more. On
 * x86 the fast kernel is that of unsigned A and signed B.
 */
export const MatMulIntegerToFloat: OpDef<
  ['a', 'b', 'aScale', 'bScale', 'aZero', 'bZero?', 'bias?'],
  NoAttributes,
  'one'
> = {
  inputs: ['a', 'b', 'aScale', 'bScale', 'aZero', 'bZero?', 'bias?'],
  outputs: 1,
  returns: 'one',
  domain: 'com.microsoft',
  attributes: {},
  sinceOpset: 1,
  infer: (c) => {
    const [a, b, aScale, bScale, aZero] = [c.x[0]!, c.x[1]!, c.x[2]!, c.x[3]!, c.x[4]!];
    expectType(c, 0, 'first operand', ['uint8']);
    expectType(c, 1, 'second operand', ['int8']);
    for (const [at, name] of [
      [2, 'scale of a'],
      [3, 'scale of b'],
      [6, 'bias'],
    ] as const)
      expectType(c, at, name, ['float32']);
    expectType(c, 4, 'zero point of a', [a.dtype]);
    expectType(c, 5, 'zero point of b', [b.dtype]);
    const shape = productShape(c, [a.shape, b.shape], PLAIN);
    for (const given of [aScale, aZero]) {
      if (given.shape.length > 0) c.shapeError(`a has one scale and zero point, got ${formatShape(given.shape)}`);
    }
    for (const given of [bScale, c.optional[5], c.optional[6]]) {
      if (given !== undefined && !sameShape(given.shape, shape.slice(-1))) {
        c.shapeError(`b has a scale, zero point and bias a column, got ${formatShape(given.shape)}`);
      }
    }
    return [{ dtype: 'float32', shape }];
  },
  vjp: null,
  why: 'its operands are rounded, which is constant almost everywhere; quantise after training',
  evaluate: (c) => {
    const [a, b, aScale, bScale, aZero] = [c.x[0]!, c.x[1]!, c.x[2]!, c.x[3]!, c.x[4]!];
    const columns = bScale.data.length;
    const zeros = c.optional[5]?.data;
    const centred: NdArray = ndArray(
      'float32',
      a.shape,
      a.data.map((x) => x - aZero.data[0]!),
    );
    const weights: NdArray = ndArray(
      'float32',
      b.shape,
      b.data.map((x, i) => x - (zeros?.[i % columns] ?? 0)),
    );
    const { shape, data } = evaluateProduct([centred, weights], PLAIN);
    const bias = c.optional[6]?.data;
    const scaled = data.map((sum, i) => sum * aScale.data[0]! * bScale.data[i % columns]! + (bias?.[i % columns] ?? 0));
    return [ndArray('float32', shape, scaled)];
  },
};
