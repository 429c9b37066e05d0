import { describe, expect, test } from 'vitest';
import {
  add,
  cast,
  float32,
  gather,
  greater,
  int32,
  interpret,
  ndArray,
  trace,
  verify,
  type Graph,
  type NdArray,
} from '../../../../training/engine/index.ts';
import { quantizeTables } from '../../../../training/engine/passes/quantized-tables.ts';
import type { Program } from '../../../../training/engine/passes/weight-products.ts';
import { expectClose } from '../../../support/close.ts';
import { tolerance } from '../../../support/tolerance.ts';

/** Rows of whole multiples of a 127th of their greatest number, one of them all zero: eight bits hold them. */
const table = Float32Array.of(1.27, -0.5, 0.01, 0, 0, 0, -25.4, 12.6, 0.2, 0.127, 0.127, -0.127);
const small = Float32Array.of(1, 2, 3, 4, 5, 6);

const graph = trace('tables', { ids: int32('B', 'T'), table: float32(4, 3), small: float32(2, 3) }, (x) => ({
  both: add(gather(x.table, x.ids), gather(x.small, cast(greater(x.ids, 1), 'int32'))), // [B, T, 3]
}));

function feeds(names: readonly string[]): Record<string, NdArray> {
  const all = {
    ids: ndArray('int32', [2, 2], [0, 3, 1, 2]),
    table: ndArray('float32', [4, 3], Float64Array.from(table)),
    small: ndArray('float32', [2, 3], Float64Array.from(small)),
  };
  return Object.fromEntries(Object.entries(all).filter(([name]) => names.includes(name)));
}

const run = (one: Graph): NdArray => interpret(one, feeds(one.inputs.map(({ name }) => name!)))['both']!;

describe('quantizeTables', () => {
  const program: Program = { graph, weights: { table, small } };

  test('gives the same rows where eight bits hold them, rows of zeros too', () => {
    const quantized = quantizeTables(program, 12);
    expectClose(run(verify(quantized.graph)).data, run(graph).data, tolerance.forwardFloat32);
    expect(quantized.graph.constants.map(({ value }) => value.type.dtype)).toContain('int8');
  });

  test('drops the table in float32, and leaves smaller ones as they are', () => {
    expect(Object.keys(quantizeTables(program, 12).weights)).toEqual(['small']);
    expect(Object.keys(quantizeTables(program, 13).weights)).toEqual(['table', 'small']);
  });
});
