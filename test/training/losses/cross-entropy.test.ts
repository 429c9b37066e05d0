import { describe, expect, test } from 'vitest';
import { createRng } from '../../../shared/random.ts';
import {
  constant,
  float32,
  gradientGraph,
  int32,
  interpret,
  ndArray,
  optimize,
  trace,
  type Graph,
} from '../../../training/engine/index.ts';
import { crossEntropy, type CrossEntropyOptions } from '../../../training/losses/cross-entropy.ts';
import { expectClose } from '../../support/close.ts';
import { randomArray, runInOrt } from '../../support/engine.ts';
import { expectGradient } from '../../support/layer-check.ts';
import { tolerance } from '../../support/tolerance.ts';

// With four labels the smoothed targets are exact in float32, as constants of a graph are.
const L = 4;
const emissions = randomArray(createRng(1, 'cross-entropy'), [2, 3, L]);
const LABELS = [2, -100, 0, 1, 1, 2];
/** The last token of the second sentence is padding. */
const MASK = [1, 1, 1, 1, 1, 0];
const feeds = {
  emissions,
  tags: ndArray('int32', [2, 3], LABELS),
  mask: ndArray('float32', [2, 3], MASK),
};

const cases: readonly { readonly name: string; readonly options: CrossEntropyOptions }[] = [
  { name: 'plain', options: {} },
  { name: 'with smoothing', options: { labelSmoothing: 0.125 } },
  { name: 'with class weights', options: { classWeights: [0.5, 2, 1, 0.25] } },
  { name: 'with both', options: { classWeights: [0.5, 2, 1, 0.25], labelSmoothing: 0.25 } },
];

function lossGraph(options: CrossEntropyOptions): Graph {
  const types = { emissions: float32('B', 'T', L), tags: int32('B', 'T'), mask: float32('B', 'T') };
  const forward = trace('loss', types, (batch) => ({ loss: crossEntropy(batch, options) }));
  return gradientGraph(forward, { of: 'loss', wrt: ['emissions'] });
}

/** The definition, token by token over those that count. */
function byHand({ classWeights = [1, 1, 1, 1], labelSmoothing = 0 }: CrossEntropyOptions): number {
  let [sum, weight] = [0, 0];
  LABELS.forEach((label, i) => {
    if (label < 0 || MASK[i] === 0) return;
    const scores = [...emissions.data.subarray(i * L, (i + 1) * L)];
    const total = Math.log(scores.reduce((acc, score) => acc + Math.exp(score), 0));
    const nll = scores.map((score) => total - score);
    const uniform = nll.reduce((acc, one, c) => acc + classWeights[c]! * one, 0) / L;
    sum += (1 - labelSmoothing) * classWeights[label]! * nll[label]! + labelSmoothing * uniform;
    weight += classWeights[label]!;
  });
  return sum / weight;
}

describe.each(cases)('crossEntropy $name', ({ options }) => {
  const graph = lossGraph(options);

  test('is the weighted mean over the tokens that count', () => {
    expectClose(interpret(graph, feeds)['loss']!.data, [byHand(options)], tolerance.exactFloat64);
  });

  test('is the same in onnxruntime', async () => {
    const found = await runInOrt(optimize(graph), feeds, 'all');
    expectClose(found['loss']!.data, [byHand(options)], tolerance.modelFloat32);
  });

  test('has the right gradient', () => {
    expectGradient({ emissions }, (p) =>
      crossEntropy(
        { emissions: p['emissions']!, tags: constant(int32(2, 3), LABELS), mask: constant(float32(2, 3), MASK) },
        options,
      ),
    );
  });

  test('takes nothing from ignored and padded tokens: neither loss nor gradient', () => {
    const other = ndArray(
      'float32',
      [2, 3, L],
      emissions.data.map((score, i) => ([1, 5].includes(Math.floor(i / L)) ? 40 - score : score)),
    );
    const [whole, changed] = [interpret(graph, feeds), interpret(graph, { ...feeds, emissions: other })];
    expect(changed['loss']!.data).toEqual(whole['loss']!.data);
    const slope = [...whole['d_emissions']!.data];
    expect([...slope.slice(L, 2 * L), ...slope.slice(5 * L)].every((d) => d === 0)).toBe(true);
  });

  test('is 0 with a gradient of 0 where no token counts', () => {
    const none = interpret(graph, { ...feeds, mask: ndArray('float32', [2, 3], [0, 0, 0, 0, 0, 0]) });
    expect([...none['loss']!.data].map(Math.abs)).toEqual([0]);
    expect([...none['d_emissions']!.data].every((d) => d === 0)).toBe(true);
  });
});

test('crossEntropy of even scores is the logarithm of the number of labels', () => {
  const even = { ...feeds, emissions: ndArray('float32', [2, 3, L], new Float64Array(6 * L)) };
  expectClose(interpret(lossGraph({}), even)['loss']!.data, [Math.log(L)], tolerance.exactFloat64);
});
