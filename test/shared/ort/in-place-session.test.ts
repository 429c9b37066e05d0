import { create, toBinary } from '@bufbuild/protobuf';
import * as onnx from 'onnx-buf';
import { describe, expect, test } from 'vitest';
import { createInPlaceSession, runToHalt } from '../../../shared/ort/in-place-session.ts';
import type { Tensor } from '../../../shared/ort/tensor.ts';
import { floatValue, node } from '../../support/tiny-graph.ts';

/** next = state + gain * sum(state), and that sum. */
const model = toBinary(
  onnx.ModelProtoSchema,
  create(onnx.ModelProtoSchema, {
    irVersion: 9n,
    opsetImport: [{ domain: '', version: 20n }],
    graph: create(onnx.GraphProtoSchema, {
      name: 'state',
      node: [
        node('ReduceSum', ['state'], ['sum']),
        node('Mul', ['sum', 'gain'], ['step']),
        node('Add', ['state', 'step'], ['next']),
      ],
      input: [floatValue('state', ['N']), floatValue('gain', ['G'])],
      output: [floatValue('next', ['N']), floatValue('sum', [1])],
    }),
  }),
);

const floats = (...values: number[]): Tensor => ({
  dtype: 'float32',
  dims: [values.length],
  data: Float32Array.from(values),
});

describe('an in-place session', () => {
  test('updates its input where it is, run after run', async () => {
    const session = await createInPlaceSession(model);
    expect(session.inputNames).toEqual(['state', 'gain']);
    expect(session.outputNames).toEqual(['next', 'sum']);
    const [state, sum] = [floats(1, 2, 3), floats(0)];
    // Each run adds to each number what all together were: 6, then 6 + 3 * 6, then 24 + 3 * 24.
    const sums: number[] = [];
    for (let i = 0; i < 3; i++) {
      await session.run({ state, gain: floats(1) }, { next: state, sum });
      sums.push(sum.data[0] as number);
    }
    expect([...state.data]).toEqual([127, 128, 129]);
    expect(sums).toEqual([6, 24, 96]);
    await session.release();
  });

  test('writes into a part of an array and leaves the rest', async () => {
    const session = await createInPlaceSession(model);
    const whole = Float32Array.of(7, 1, 2, 7);
    const state: Tensor = { dtype: 'float32', dims: [2], data: whole.subarray(1, 3) };
    await session.run({ state, gain: floats(0.5) }, { next: state, sum: floats(0) });
    expect([...whole]).toEqual([7, 2.5, 3.5, 7]);
    await session.release();
  });

  test('fails when onnxruntime refuses the run, with the shapes', async () => {
    const session = await createInPlaceSession(model);
    const state = floats(1, 2, 3);
    const run = session.run({ state, gain: floats(1, 2) }, { next: state, sum: floats(0) });
    await expect(run).rejects.toMatchObject({
      code: 'E_GRAPH_RUN',
      message: expect.stringMatching(/state: float32\[3\]; gain: float32\[2\].*/) as string,
    });
    await session.release();
  });

  test('fails when an array is missing, of another length, or in shared memory', async () => {
    const session = await createInPlaceSession(model);
    const [state, gain, sum] = [floats(1, 2), floats(1), floats(0)];
    await expect(session.run({ state, gain }, { next: state })).rejects.toMatchObject({
      code: 'E_SHAPE_MISMATCH',
      message: expect.stringContaining("output 'sum' is missing") as string,
    });
    const short: Tensor = { ...state, dims: [3] };
    await expect(session.run({ state, gain }, { next: short, sum })).rejects.toMatchObject({
      code: 'E_SHAPE_MISMATCH',
    });
    const data = new Float32Array(new SharedArrayBuffer(8));
    await expect(
      session.run({ state, gain }, { next: { dtype: 'float32', dims: [2], data }, sum }),
    ).rejects.toMatchObject({ code: 'E_DTYPE_MISMATCH', message: expect.stringContaining('shared memory') as string });
    await session.release();
  });

  test('fails on what is no graph', async () => {
    await expect(createInPlaceSession(Uint8Array.of(1, 2, 3))).rejects.toMatchObject({ code: 'E_GRAPH_INVALID' });
  });
});

describe('runToHalt', () => {
  test('ends when a binding hands the sequence over instead of refusing it', async () => {
    const asked: unknown[] = [];
    const native = {
      run: (_: unknown, fetches: unknown) => {
        asked.push(fetches);
        return Promise.resolve({});
      },
    };
    await runToHalt(native, {}, {});
    expect(asked).toEqual([{ halt: null }]);
  });

  test('fails with any other error than the one of the sequence', async () => {
    const failing = { run: () => Promise.reject(new Error('Non tensor type is temporarily not supported. But no.')) };
    await expect(runToHalt(failing, {}, {})).rejects.toMatchObject({ code: 'E_GRAPH_RUN' });
  });
});
