import { describe, expect, test } from 'vitest';
import { createRng } from '../../../../shared/random.ts';
import {
  add,
  float32,
  gemm,
  interpret,
  matMul,
  ndArray,
  relu,
  toOnnx,
  trace,
  verify,
  type Graph,
  type NdArray,
  type Value,
} from '../../../../training/engine/index.ts';
import { quantizeProducts, type Quantizer } from '../../../../training/engine/passes/quantized-products.ts';
import { weightProducts, type Program } from '../../../../training/engine/passes/weight-products.ts';
import { expectClose } from '../../../support/close.ts';
import { lstm, lstmParameters } from '../../../../training/nn/lstm.ts';
import { tolerance } from '../../../support/tolerance.ts';

const opsOf = ({ nodes }: Graph): readonly string[] => nodes.map(({ op }) => op);

/** Weights of which each is a whole number of hundredths up to 1.27, and one in each column is 1.27: eight bits hold them. */
function exactWeights(rows: number, columns: number): Float32Array {
  const rng = createRng(1, `${rows} x ${columns}`);
  return Float32Array.from({ length: rows * columns }, (_, i) => (i < columns ? 1.27 : (rng.int(255) - 127) / 100));
}

/** Gives inputs of numbers that [-1.28, 1.27] in steps of .01 holds. */
const exactQuantizer: Quantizer = { scale: 0.01, zero: 128 };

function exactFeed(...shape: number[]): NdArray {
  const rng = createRng(2, shape.join());
  const length = shape.reduce((a, b) => a * b, 1);
  return ndArray(
    'float32',
    shape,
    Float64Array.from({ length }, () => Math.fround((rng.int(256) - 128) / 100)),
  );
}

function withWeights({ weights }: Program, feeds: Record<string, NdArray>, graph: Graph): Record<string, NdArray> {
  const fed = Object.entries(weights).map(([name, data]): [string, NdArray] => {
    const shape = graph.inputs.find((input) => input.name === name)!.type.shape as readonly number[];
    return [name, ndArray('float32', shape, Float64Array.from(data))];
  });
  return { ...feeds, ...Object.fromEntries(fed) };
}

/** Two products of one activation, one transposed and one with its bias apart, and a third of what they give. */
const graph = trace(
  'two products',
  {
    x: float32('B', 4),
    w: float32(3, 4),
    b: float32(3),
    u: float32(4, 3),
    c: float32(3),
    v: float32(3, 2),
  },
  ({ x, w, b, u, c, v }) => ({
    y: matMul(relu(add(gemm(x, w, b, { transB: true }), add(c, matMul(x, u)))), v), // [B, 2]
  }),
);
const program: Program = {
  graph,
  weights: {
    // [nOut, nIn]: what stands first in a column of the product is the first of a row here.
    w: Float32Array.from({ length: 12 }, (_, i) => exactWeights(4, 3)[(i % 4) * 3 + Math.floor(i / 4)]!),
    b: Float32Array.of(0.5, -1, 2),
    u: exactWeights(4, 3),
    c: Float32Array.of(1, 0, -1),
    v: exactWeights(3, 2),
  },
};
const [first] = weightProducts(program);
const ofX = new Map<Value, Quantizer>([[first!.activation, exactQuantizer]]);

describe('quantizeProducts', () => {
  const quantized = quantizeProducts(program, ofX);

  test('computes the same where eight bits hold weights and activations', () => {
    const feeds = { x: exactFeed(5, 4) };
    const { y: expected } = interpret(graph, withWeights(program, feeds, graph));
    const { y } = interpret(verify(quantized.graph), withWeights(quantized, feeds, quantized.graph));
    expectClose(y!.data, expected!.data, tolerance.forwardFloat32);
  });

  test('makes an activation integers once for all products that read it, and takes their biases in', () => {
    expect(opsOf(quantized.graph)).toEqual([
      'QuantizeLinear',
      'MatMulIntegerToFloat',
      'MatMulIntegerToFloat',
      'Add',
      'Relu',
      'MatMul',
    ]);
  });

  test('drops the weights that nothing reads any more', () => {
    expect(Object.keys(quantized.weights).sort()).toEqual(['b', 'c', 'v']);
    expect(quantized.graph.inputs.map(({ name }) => name)).toEqual(['x', 'b', 'c', 'v']);
    expect(toOnnx(quantized.graph, { weights: quantized.weights }).length).toBeGreaterThan(0);
  });

  test('divides the rows of the weights by the multipliers of the channels', () => {
    // Channels that are multiplied by 1, 2, 4, 8 fill the range if they are smaller by that much.
    const multiplier = Float32Array.of(1, 2, 4, 8);
    const scaled = quantizeProducts(program, new Map([[first!.activation, { ...exactQuantizer, multiplier }]]));
    const x = exactFeed(50, 4);
    const feeds = { x: { ...x, data: x.data.map((value, i) => value / multiplier[i % 4]!) } };
    const { y: expected } = interpret(graph, withWeights(program, feeds, graph));
    const { y } = interpret(verify(scaled.graph), withWeights(scaled, feeds, scaled.graph));
    // The rows of small channels are rounded by the scale of the large ones: to one in 254 of the greatest, 1.27.
    const spread = expected!.data.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
    y!.data.forEach((value, i) => {
      expect(Math.abs(value - expected!.data[i]!)).toBeLessThan(0.02 * spread);
    });
    expect(opsOf(scaled.graph).slice(0, 2)).toEqual(['Mul', 'QuantizeLinear']);
  });

  test('leaves the graph as it is where no activation has a quantizer', () => {
    expect(opsOf(quantizeProducts(program, new Map()).graph)).toEqual(opsOf(graph));
  });

  test('leaves products within loops alone', () => {
    const specs = lstmParameters('lstm', { inputs: 2, units: 3 });
    const types = Object.fromEntries(specs.map(({ name, shape }) => [name, float32(...shape)]));
    const loop = trace('loop', { ...types, x: float32('T', 'B', 2), mask: float32('T', 'B') }, (p) => ({
      h: lstm(p, 'lstm', p.x, { mask: p.mask }),
    }));
    const weights = Object.fromEntries(specs.map(({ name, shape }) => [name, exactWeights(shape[0]!, shape[1] ?? 1)]));
    expect(weightProducts({ graph: loop, weights }).map(({ weight }) => weight.name)).toEqual(['lstm.input.weight']);
  });
});
