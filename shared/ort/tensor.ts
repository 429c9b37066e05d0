/** The typed array that holds a dtype's elements: one element a number, bool as 0 or 1 in a byte. */
export interface TensorData {
  readonly float32: Float32Array;
  readonly float64: Float64Array;
  readonly int32: Int32Array;
  readonly int64: BigInt64Array;
  readonly bool: Uint8Array;
  readonly uint8: Uint8Array;
  readonly int8: Int8Array;
}

export type TensorDtype = keyof TensorData;

/** A dense row-major tensor. `data.length` is the product of `dims`; a scalar has `dims: []` and one element. */
export type Tensor = {
  readonly [D in TensorDtype]: { readonly dtype: D; readonly dims: readonly number[]; readonly data: TensorData[D] };
}[TensorDtype];

/** Which constructor makes the data of a dtype. */
export const tensorArrays = {
  float32: Float32Array,
  float64: Float64Array,
  int32: Int32Array,
  int64: BigInt64Array,
  bool: Uint8Array,
  uint8: Uint8Array,
  int8: Int8Array,
} as const satisfies Record<TensorDtype, unknown>;

/** Number of elements of a shape: the product of `dims`, 1 for a scalar. */
export function elementCount(dims: readonly number[]): number {
  return dims.reduce((product, dim) => product * dim, 1);
}

/** The buffers that one of these tensors fills wholly, each once: they can move to another thread without a copy. */
export function wholeBuffers(tensors: Readonly<Record<string, Tensor>>): ArrayBuffer[] {
  const whole = Object.values(tensors)
    .map(({ data }) => data)
    .filter((data) => data.byteLength === data.buffer.byteLength)
    .map((data) => data.buffer)
    .filter((buffer) => buffer instanceof ArrayBuffer);
  return [...new Set(whole)];
}
