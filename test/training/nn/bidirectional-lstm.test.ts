import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import {
  constant,
  float32,
  gradientGraph,
  interpret,
  mul,
  ndArray,
  optimize,
  reduceSum,
  trace,
  type Graph,
  type NdArray,
} from '../../../training/engine/index.ts';
import { bidirectionalLstm, bidirectionalLstmParameters } from '../../../training/nn/bidirectional-lstm.ts';
import { createDropoutSource } from '../../../training/nn/dropout.ts';
import { expectClose } from '../../support/close.ts';
import { runInOrt, type Feeds } from '../../support/engine.ts';
import { expectGradient } from '../../support/layer-check.ts';
import { tolerance } from '../../support/tolerance.ts';

const numbers = z.array(z.number());
const caseSchema = z.object({
  name: z.string(),
  layers: z.number(),
  inputs: z.number(),
  units: z.number(),
  lengths: numbers,
  parameters: z.record(z.string(), numbers),
  x: numbers,
  weights: numbers,
  y: numbers,
  gradients: z.record(z.string(), numbers),
});
type Case = z.infer<typeof caseSchema>;
const { cases } = z
  .object({ cases: z.array(caseSchema) })
  .parse(JSON.parse(readFileSync(new URL('../../golden/torch-lstm.json', import.meta.url), 'utf8')));

const timeOf = ({ lengths }: Case): number => Math.max(...lengths);

function maskOf(golden: Case): NdArray {
  const mask = golden.lengths.flatMap((length) => Array.from({ length: timeOf(golden) }, (_, t) => Number(t < length)));
  return ndArray('float32', [golden.lengths.length, timeOf(golden)], mask);
}

/** Torch's name of what we call NAME.LAYER.DIRECTION.PART. */
function torchName(name: string, part: string): string {
  const [, layer, direction] = name.split('.');
  return `${part}_l${layer!}${direction === 'backward' ? '_reverse' : ''}`;
}

function transposed(data: readonly number[], [rows, columns]: readonly number[]): number[] {
  return Array.from({ length: rows! * columns! }, (_, i) => data[(i % columns!) * rows! + Math.floor(i / columns!)]!);
}

/** Values under torch's names as ours: matrices transposed, and of the two biases what they mean to the one. */
function ours(golden: Case, named: Readonly<Record<string, readonly number[]>>, bias: 'sum' | 'either'): Feeds {
  const specs = bidirectionalLstmParameters('lstm', golden);
  return Object.fromEntries(
    specs.map(({ name, shape }) => {
      const get = (part: string): readonly number[] => named[torchName(name, part)]!;
      const [ih, hh] = [get('bias_ih'), get('bias_hh')];
      if (name.endsWith('.bias')) {
        return [name, ndArray('float32', shape, bias === 'sum' ? ih.map((value, i) => value + hh[i]!) : ih)];
      }
      const weight = get(name.endsWith('.recurrent') ? 'weight_hh' : 'weight_ih');
      return [name, ndArray('float32', shape, transposed(weight, shape))];
    }),
  );
}

function graphOf(golden: Case, dropout = 0): Graph {
  const { layers, inputs, units } = golden;
  const specs = bidirectionalLstmParameters('lstm', golden);
  const types = {
    ...Object.fromEntries(specs.map(({ name, shape }) => [name, float32(...shape)])),
    x: float32('B', 'T', inputs),
    mask: float32('B', 'T'),
    weights: float32('B', 'T', 2 * units),
  };
  const forward = trace('lstm', types, (p) => {
    const source = createDropoutSource(1, constant(float32(), [3]));
    const y = bidirectionalLstm(p, 'lstm', p.x, { layers, mask: p.mask, dropout, source });
    return { y, loss: reduceSum(mul(y, p.weights)) };
  });
  return gradientGraph(forward, { of: 'loss', wrt: ['x', ...specs.map(({ name }) => name)] });
}

describe.each(cases)('bidirectionalLstm with $name', (golden) => {
  const { inputs, units, layers, lengths } = golden;
  const [batch, time] = [lengths.length, timeOf(golden)];
  const graph = graphOf(golden);
  const parameters = ours(golden, golden.parameters, 'sum');
  const feeds: Feeds = {
    ...parameters,
    x: ndArray('float32', [batch, time, inputs], golden.x),
    mask: maskOf(golden),
    weights: ndArray('float32', [batch, time, 2 * units], golden.weights),
  };

  const expectGolden = (
    found: Readonly<Record<string, NdArray>>,
    within: { readonly rtol: number; readonly atol: number },
  ): void => {
    expectClose(found['y']!.data, golden.y, within);
    expectClose(found['d_x']!.data, golden.gradients['x']!, within);
    // Both of torch's biases have the gradient of their sum.
    for (const [name, { data }] of Object.entries(ours(golden, golden.gradients, 'either'))) {
      expectClose(found[`d_${name}`]!.data, data, within);
    }
  };

  test('is torch.nn.LSTM on packed sequences, and so is its gradient', () => {
    expectGolden(interpret(graph, feeds), tolerance.exactFloat64);
  });

  test('is so in onnxruntime, too', async () => {
    expectGolden(await runInOrt(optimize(graph), feeds, 'all'), tolerance.modelFloat32);
  });

  test('reads nothing of the padding: neither its values nor how much there is', () => {
    const longer = time + 2;
    const padded = (array: NdArray, fill: number): NdArray => {
      const width = array.data.length / (batch * time);
      const data = new Float64Array(batch * longer * width).fill(fill);
      lengths.forEach((length, row) => {
        const own = array.data.subarray(row * time * width, (row * time + length) * width);
        data.set(own, row * longer * width);
      });
      return ndArray('float32', [batch, longer, ...array.shape.slice(2)], data);
    };
    const wide = { ...feeds, x: padded(feeds['x']!, 9), mask: padded(feeds['mask']!, 0) };
    const found = interpret(graph, { ...wide, weights: padded(feeds['weights']!, 9) });
    const y = ndArray('float32', [batch, time, 2 * units], golden.y);
    expectClose(found['y']!.data, padded(y, 0).data, tolerance.exactFloat64);
  });

  test('has the right gradient with dropout between layers', () => {
    expectGradient({ x: feeds['x']!, ...parameters }, (p) =>
      bidirectionalLstm(p, 'lstm', p['x']!, {
        layers,
        mask: constant(float32(batch, time), [...feeds['mask']!.data]),
        dropout: 0.5,
        source: createDropoutSource(1, constant(float32(), [3])),
      }),
    );
  });

  test('drops between layers only', () => {
    const found = interpret(graphOf(golden, 0.5), feeds)['y']!;
    const off = found.data.map((value, i) => Math.abs(value - golden.y[i]!));
    if (layers === 1) expectClose(found.data, golden.y, tolerance.exactFloat64);
    else expect(Math.max(...off)).toBeGreaterThan(0.01);
  });
});
