import type { VectorTable } from './vector-table.ts';

/** Vectors a byte a number: row i of `codes` [N, dim], from -127 to 127, times `scales[i]`. */
export interface VectorCodes {
  readonly codes: Int8Array;
  readonly scales: Float32Array; // [N]
}

const LARGEST_CODE = 127;

/**
 * Rounds each vector to a byte a number, its largest number to 127; `values` are the rounded numbers, which training and
 * serving both compute with.
 *
 * @param vectors [N, dim]
 */
export function quantizeVectors(vectors: Float32Array, dim: number): Pick<VectorTable, 'values' | 'quantized'> {
  const rows = vectors.length / dim;
  const codes = new Int8Array(vectors.length); // [N, dim]
  const scales = new Float32Array(rows); // [N]
  for (let row = 0; row < rows; row++) {
    const vector = vectors.subarray(row * dim, (row + 1) * dim);
    const largest = vector.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
    const scale = Math.fround(largest / LARGEST_CODE);
    scales[row] = scale;
    if (scale > 0) vector.forEach((value, i) => (codes[row * dim + i] = Math.round(value / scale)));
  }
  return { values: dequantizeVectors({ codes, scales }, dim), quantized: { codes, scales } };
}

/** The numbers that the codes stand for, in half precision like those of all tables, [N, dim]. */
export function dequantizeVectors({ codes, scales }: VectorCodes, dim: number): Float16Array {
  const values = new Float16Array(codes.length); // [N, dim]
  // A plain loop: a model that starts at once has a few million numbers to make here.
  for (let row = 0, at = 0; row < scales.length; row++) {
    const scale = scales[row]!;
    for (let end = at + dim; at < end; at++) values[at] = codes[at]! * scale;
  }
  return values;
}
