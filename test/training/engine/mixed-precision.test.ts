import { describe, expect, test } from 'vitest';
import { createRng } from '../../../shared/random.ts';
import {
  float32,
  gradients,
  inBfloat16,
  interpret,
  keepMask,
  matMul,
  mul,
  ndArray,
  optimize,
  print,
  reduceSum,
  trace,
  type Graph,
  type NdArray,
  type Tensor,
} from '../../../training/engine/index.ts';
import { encoderGradients, encoderLosses, encoderProgram, type Precision } from '../../support/emitted-graphs.ts';
import { expectClose } from '../../support/close.ts';
import type { Feeds } from '../../support/engine.ts';
import { tinyEncoder, tinyEncoders, type TinyEncoderName } from '../../support/tiny-encoder.ts';
import { tolerance } from '../../support/tolerance.ts';

describe('inBfloat16', () => {
  const layer = trace('layer', { x: float32('N', 3), w: float32(3, 2), step: float32() }, ({ x, w, step }) => {
    const score = (p: { readonly [name: string]: Tensor }): Tensor =>
      mul(matMul(x, p['w']!), keepMask(['N', 2], 0.5, { seed: 1, site: 'a', step })); // [N, 2]
    const loss = reduceSum(inBfloat16({ w }, score)); // []
    return { loss, d_w: gradients(loss, { w }).w };
  });

  test('casts the operands of a product of a parameter, and leaves alone the product that hashes a mask', () => {
    const lines = print(optimize(layer))
      .split('\n')
      .filter((line) => /MatMul|Gemm|bfloat16/.test(line))
      .map((line) => line.trim().replace(/^let /, '').replace(/ \{.*/, ''));
    expect(lines).toMatchInlineSnapshot(`
      [
        "f:bfloat16[N,3] = Cast x",
        "g:bfloat16[3,2] = Cast w",
        "h:bfloat16[N,2] = MatMul f g",
        "ao:float32[N,2] = Gemm al an",
        "aw:bfloat16[N,2] = Cast as",
        "ax:bfloat16[3,2] = Gemm f aw",
      ]
    `);
  });

  test('gives float32 results and gradients, of numbers rounded to 8 bits', () => {
    const x = ndArray('float32', [1, 3], [1.001, 2, 3]);
    const w = ndArray('float32', [3, 2], [1, 0.1, 1, 0.1, 1, 0.1]);
    const found = interpret(layer, { x, w, step: ndArray('float32', [], [3]) });
    const mask = interpret(
      trace('mask', { x: float32('N', 3), step: float32() }, ({ step }) => ({
        y: keepMask(['N', 2], 0.5, { seed: 1, site: 'a', step }),
      })),
      { x, step: ndArray('float32', [], [3]) },
    )['y']!.data;
    expect(found['d_w']!.dtype).toBe('float32');
    // The product is [6, 0.6015625] (see bfloat16.test.ts); its gradient is x, rounded, where the mask is 1.
    expect(found['loss']!.data[0]).toBe(6 * mask[0]! + 0.6015625 * mask[1]!);
    expect([...found['d_w']!.data]).toEqual([1, 2, 3].flatMap((value) => [value * mask[0]!, value * mask[1]!]));
  });
});

/** The state before the first step: the weights of the golden file, as the program's slabs have them, and no moments. */
function stateOf(name: TinyEncoderName, graph: Graph): Feeds {
  const { specs, loaded } = tinyEncoder(name);
  // All parameters are small, so they lie side by side, in the order of their specs; those of a CRF, zeros, follow.
  const values = specs.flatMap((spec) => [...loaded.values.get(spec.name)!]);
  const inputs = graph.inputs.filter((input) => graph.outputs.some((output) => output.name === `next.${input.name!}`));
  return Object.fromEntries(
    inputs.map((input) => {
      const shape = input.type.shape as readonly number[];
      const data = new Float64Array(shape.reduce((a, b) => a * b, 1));
      if (input.name!.startsWith('parameters.')) data.set(values);
      return [input.name!, ndArray('float32', shape, data)];
    }),
  );
}

/** Batches of two sentences of five tokens, the second one shorter, with the labels of five kinds. */
function batches(steps: readonly number[]): Feeds {
  const rng = createRng(5, 'batches');
  const shape = [...steps, 2, 5];
  const count = shape.reduce((a, b) => a * b);
  const draw = (below: number): Float64Array => Float64Array.from({ length: count }, () => rng.int(below));
  return {
    ids: ndArray('int32', shape, draw(20)),
    tags: ndArray('int32', shape, draw(5)),
    mask: ndArray(
      'float32',
      shape,
      Float64Array.from({ length: count }, (_, i) => (i % 10 < 8 ? 1 : 0)),
    ),
  };
}

describe('training with products in bfloat16', () => {
  test.each(encoderLosses)('follows training in float32 for eight steps with the %s loss', (loss) => {
    const run = (precision: Precision): Readonly<Record<string, NdArray>> => {
      const graph = optimize(encoderProgram('bert', { loss, precision }));
      return interpret(graph, { ...stateOf('bert', graph), ...batches([8]) });
    };
    const [full, half] = [run('fp32'), run('bf16')];
    expectClose(half['loss']!.data, full['loss']!.data, tolerance.bfloat16Training);
    expectClose(half['gradientNorm']!.data, full['gradientNorm']!.data, tolerance.bfloat16GradientNorm);
    expect(half['loss']!.data).not.toEqual(full['loss']!.data);
  });

  test.each(tinyEncoders)('has the gradients of float32 for every parameter of %s', (name) => {
    const { weights } = tinyEncoder(name);
    const feeds = { ...weights, ...batches([]) };
    const [full, half] = (['fp32', 'bf16'] as const).map((precision) =>
      interpret(optimize(encoderGradients(name, precision)), feeds),
    );
    const norm = (arrays: readonly NdArray[]): number => Math.hypot(...arrays.map(({ data }) => Math.hypot(...data)));
    const { rtol, atol } = tolerance.bfloat16Gradient;
    const slopes = Object.entries(full!).filter(([key]) => key !== 'loss');
    const whole = norm(slopes.map(([, slope]) => slope));
    for (const [key, slope] of slopes) {
      const distance = Math.hypot(...slope.data.map((value, i) => value - half![key]!.data[i]!));
      expect(distance, key).toBeLessThanOrEqual(rtol * norm([slope]) + atol * whole);
    }
  });
});
