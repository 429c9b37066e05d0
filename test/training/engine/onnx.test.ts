import { fromBinary } from '@bufbuild/protobuf';
import * as onnx from 'onnx-buf';
import { describe, expect, test } from 'vitest';
import { createSession } from '../../../shared/ort/session.ts';
import * as E from '../../../training/engine/index.ts';
import { toOnnx } from '../../../training/engine/onnx.ts';
import { ndArray } from '../../../training/engine/nd-array.ts';
import { optimize } from '../../../training/engine/passes/index.ts';
import { scan } from '../../../training/engine/scan.ts';
import { bool, float32, int32, int64, trace, type Tensor } from '../../../training/engine/trace.ts';
import { expectClose } from '../../support/close.ts';
import { tolerance } from '../../support/tolerance.ts';
import { expectFails } from '../../support/expect-fails.ts';
import { runInOrt } from '../../support/engine.ts';

const read = (bytes: Uint8Array): onnx.GraphProto => fromBinary(onnx.ModelProtoSchema, bytes).graph!;

const affine = trace('affine', { x: float32('B', 3), w: float32(3, 2), b: float32(2) }, ({ x, w, b }) => ({
  y: E.add(E.matMul(x, w), b),
}));

describe('toOnnx', () => {
  test('writes symbolic lengths as dimension parameters', () => {
    const { input, output } = read(toOnnx(affine));
    const dims = ({ type }: onnx.ValueInfoProto): unknown => {
      const tensor = type!.value;
      return tensor.case === 'tensorType' ? tensor.value.shape!.dim.map((dim) => dim.value.value) : undefined;
    };
    expect(input.map(({ name }) => name)).toEqual(['x', 'w', 'b']);
    expect(input.map(dims)).toEqual([['B', 3n], [3n, 2n], [2n]]);
    expect(output.map(dims)).toEqual([['B', 2n]]);
  });

  test('declares opset 20 of ONNX and 1 of com.microsoft', () => {
    const { opsetImport, irVersion } = fromBinary(onnx.ModelProtoSchema, toOnnx(affine));
    expect(opsetImport.map(({ domain, version }) => [domain, version])).toEqual([
      ['', 20n],
      ['com.microsoft', 1n],
    ]);
    expect(irVersion).toBe(9n);
  });

  test('writes given weights into the file instead of asking for them', async () => {
    const bytes = toOnnx(affine, { weights: { w: Float32Array.of(1, 2, 3, 4, 5, 6), b: Float32Array.of(10, 20) } });
    const session = await createSession(bytes);
    expect(session.inputNames).toEqual(['x']);
    const { y } = await session.run({ x: { dtype: 'float32', dims: [1, 3], data: Float32Array.of(1, 0, 2) } });
    expect([...(y!.data as Float32Array)]).toEqual([21, 34]);
    await session.release();
  });

  test('takes a view of a larger buffer for weights', () => {
    const whole = Float32Array.of(0, 0, 1, 2, 3, 4, 5, 6, 0);
    const { initializer } = read(toOnnx(affine, { weights: { w: whole.subarray(2, 8) } }));
    expect(initializer[0]!.rawData).toEqual(new Uint8Array(whole.slice(2, 8).buffer));
  });

  test('fails when weights name no input, or do not fill it', () => {
    expectFails(
      () => toOnnx(affine, { weights: { v: Float32Array.of(1) } }),
      'E_GRAPH_INVALID',
      "weights for 'v', which is no input",
    );
    expectFails(
      () => toOnnx(affine, { weights: { w: Float32Array.of(1) } }),
      'E_SHAPE_MISMATCH',
      "weights do not fill 'w', got 1 elements; expected [3, 2]",
    );
    expectFails(
      () => toOnnx(affine, { weights: { w: Int32Array.of(1, 2, 3, 4, 5, 6) } }),
      'E_DTYPE_MISMATCH',
      "weights of 'w' are a Int32Array; expected float32",
    );
  });

  test('names outputs that are inputs, constants, or each other', async () => {
    const graph = trace('aliases', { x: float32(2) }, ({ x }) => {
      const y = E.add(x, 1);
      return { first: y, second: y, same: x, two: E.constant(float32(), [2]) };
    });
    const result = await runInOrt(graph, { x: ndArray('float32', [2], [1, 2]) });
    expect(Object.fromEntries(Object.entries(result).map(([name, { data }]) => [name, [...data]]))).toEqual({
      first: [2, 3],
      second: [2, 3],
      same: [1, 2],
      two: [2],
    });
  });

  test('carries constants of every type', async () => {
    const graph = trace('types', {}, () => ({
      f: E.constant(float32(2), [1.5, -2]),
      i: E.constant(int32(2), [3, -4]),
      l: E.constant(int64(1), [2 ** 40]),
      b: E.constant(bool(3), [1, 0, 1]),
    }));
    const result = await runInOrt(graph, {});
    expect(Object.values(result).map(({ dtype, data }) => [dtype, ...data])).toEqual([
      ['float32', 1.5, -2],
      ['int32', 3, -4],
      ['int64', 2 ** 40],
      ['bool', 1, 0, 1],
    ]);
  });

  test('leaves statistics of a layer normalisation out where nothing reads them', () => {
    const norm = trace('norm', { x: float32('B', 4), s: float32(4) }, ({ x, s }) => ({
      y: E.layerNormalization(x, { scale: s }),
    }));
    expect(read(toOnnx(norm)).node.map((node) => node.output.length)).toEqual([1]);
    const trained = trace('norm', { x: float32('B', 4), s: float32(4) }, ({ x, s }) => ({
      d: E.gradients(E.reduceSum(E.layerNormalization(x, { scale: s })), { s }).s,
    }));
    expect(read(toOnnx(optimize(trained))).node[0]!.output).toHaveLength(3);
  });

  test('lets bodies read outer values by name, two levels deep, under names of their own', async () => {
    const graph = trace('nested', { x: float32('T', 2), w: float32(2), v1: float32(2) }, ({ x, w, v1 }) => {
      const run = (from: Tensor): Tensor =>
        scan({ states: { s: from }, inputs: { x } }, ({ s }, step) => ({
          states: {
            s: scan({ states: { r: s }, inputs: { x } }, ({ r }, inner) => ({
              states: { r: E.add(r, E.mul(E.mul(inner.x, step.x), E.mul(w, s))) },
            })).states.r,
          },
        })).states.s;
      return { y: E.add(run(w), run(v1)), v0: v1 };
    });
    const feeds = {
      x: ndArray('float32', [3, 2], [1, 2, 0.5, 1, -1, 1]),
      w: ndArray('float32', [2], [0.5, 0.25]),
      v1: ndArray('float32', [2], [1, 2]),
    };
    const [plain, fast] = [await runInOrt(graph, feeds), await runInOrt(optimize(graph), feeds, 'all')];
    const expected = E.interpret(graph, feeds)['y']!;
    expect(plain['y']).toEqual(expected);
    expect(fast['y']).toEqual(expected);
  });

  test('writes a graph with a scan that is called twice, once of them within another scan', async () => {
    const total = trace('total', { x: float32('T', 2), w: float32(2) }, ({ x, w }) => {
      const { states } = scan({ states: { s: w }, inputs: { x } }, ({ s }, step) => ({
        states: { s: E.add(E.mul(s, w), step.x) },
      }));
      return { y: states.s };
    });
    const graph = trace('calls', { x: float32('T', 2), w: float32(2) }, ({ x, w }) => {
      const first = E.call(total, { x, w })['y']!;
      const { states } = scan({ states: { s: first }, inputs: { x } }, ({ s }, step) => ({
        states: { s: E.add(E.call(total, { x, w: s })['y']!, step.x) },
      }));
      return { y: states.s, d: E.gradients(E.reduceSum(states.s), { w }).w };
    });
    const feeds = { x: ndArray('float32', [3, 2], [1, 2, 0.5, 1, -1, 1]), w: ndArray('float32', [2], [0.5, 0.25]) };
    const expected = E.interpret(graph, feeds);
    const [plain, fast] = [await runInOrt(graph, feeds), await runInOrt(optimize(graph), feeds, 'all')];
    for (const name of ['y', 'd']) {
      expectClose(plain[name]!.data, expected[name]!.data, tolerance.modelFloat32);
      expectClose(fast[name]!.data, expected[name]!.data, tolerance.modelFloat32);
    }
  });
});
