import { NerError } from '../../shared/ner-error.ts';
import { fromBfloat16Bits, toBfloat16Bits } from './bfloat16.ts';
import type { ConstantData, DType } from './ir.ts';

/**
 * A computed tensor of the float64 interpreter. Every dtype is held in float64: integers are exact up to 2^53, bool is
 * 0 or 1.
 */
export interface NdArray {
  readonly dtype: DType;
  readonly shape: readonly number[];
  readonly data: Float64Array;
}

export function countOf(shape: readonly number[]): number {
  return shape.reduce((a, b) => a * b, 1);
}

/** @throws E_SHAPE_MISMATCH the number of elements is not that of the shape. */
export function ndArray(dtype: DType, shape: readonly number[], data: Float64Array | readonly number[]): NdArray {
  if (data.length !== countOf(shape)) {
    throw new NerError(
      'E_SHAPE_MISMATCH',
      `ndArray: wrong number of elements, got ${data.length}; expected ${countOf(shape)} for [${shape.join(', ')}]`,
    );
  }
  return { dtype, shape, data: data instanceof Float64Array ? data : Float64Array.from(data) };
}

/** Row-major strides in elements. */
export function stridesOf(shape: readonly number[]): number[] {
  const strides = new Array<number>(shape.length);
  for (let axis = shape.length - 1, step = 1; axis >= 0; axis--) {
    strides[axis] = step;
    step *= shape[axis]!;
  }
  return strides;
}

/** Strides of `shape` seen as `target` by broadcasting: 0 along every axis that is repeated. */
export function broadcastStrides(shape: readonly number[], target: readonly number[]): number[] {
  const own = stridesOf(shape);
  const offset = target.length - shape.length;
  return target.map((length, axis) => {
    const at = axis - offset;
    return at < 0 || (shape[at] === 1 && length !== 1) ? 0 : own[at]!;
  });
}

/**
 * Visits every index of `shape` in row-major order with the offsets it has under each stride list, plus a start each.
 */
export function forEachIndex(
  shape: readonly number[],
  strides: readonly (readonly number[])[],
  visit: (position: number, offsets: readonly number[]) => void,
): void {
  const count = countOf(shape);
  const index = new Array<number>(shape.length).fill(0);
  const offsets = new Array<number>(strides.length).fill(0);
  for (let position = 0; position < count; position++) {
    visit(position, offsets);
    for (let axis = shape.length - 1; axis >= 0; axis--) {
      index[axis]! += 1;
      for (let k = 0; k < strides.length; k++) offsets[k]! += strides[k]![axis]!;
      if (index[axis]! < shape[axis]!) break;
      for (let k = 0; k < strides.length; k++) offsets[k]! -= strides[k]![axis]! * shape[axis]!;
      index[axis] = 0;
    }
  }
}

const ARRAYS: Readonly<Record<DType, abstract new () => ConstantData>> = {
  float32: Float32Array,
  bfloat16: Uint16Array,
  int32: Int32Array,
  int64: BigInt64Array,
  int8: Int8Array,
  uint8: Uint8Array,
  bool: Uint8Array,
};

/** True if an array is of the type that holds the elements of a dtype. */
export function holds(dtype: DType, data: ConstantData): boolean {
  return data instanceof ARRAYS[dtype];
}

/** Float64 elements as the array type of a dtype. */
export function toConstantData(dtype: DType, data: ArrayLike<number>): ConstantData {
  switch (dtype) {
    case 'float32':
      return Float32Array.from(data);
    case 'bfloat16':
      return Uint16Array.from(data, toBfloat16Bits);
    case 'int32':
      return Int32Array.from(data);
    case 'int64':
      return BigInt64Array.from(Array.from(data, (x) => BigInt(x)));
    case 'int8':
      return Int8Array.from(data);
    case 'uint8':
    case 'bool':
      return Uint8Array.from(data);
  }
}

export function fromConstantData(data: ConstantData): Float64Array {
  if (data instanceof Uint16Array) return Float64Array.from(data, fromBfloat16Bits);
  return Float64Array.from(data as ArrayLike<number | bigint>, Number);
}
