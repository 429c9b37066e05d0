import { describe, expect, test } from 'vitest';
import { createRng } from '../../../shared/random.ts';
import { constant, float32, interpret, ndArray, optimize, trace, type Graph } from '../../../training/engine/index.ts';
import {
  CONTEXT_ENCODERS,
  contextEncoders,
  type ContextEncoderName,
} from '../../../training/models/context-encoder.ts';
import { createDropoutSource } from '../../../training/nn/dropout.ts';
import { expectClose } from '../../support/close.ts';
import { randomArray, runInOrt, type Feeds } from '../../support/engine.ts';
import { expectGradient } from '../../support/layer-check.ts';
import { tolerance } from '../../support/tolerance.ts';

const [B, T, N] = [2, 4, 3] as const;
const width = 2;
const settings = { width, layers: 1, lstmUnits: 3, hiddenDropout: 0 };
/** Sentences of three words and of one. */
const MASK = [1, 1, 1, 0, 1, 0, 0, 0];
const isWord = (i: number, width: number): boolean => MASK[Math.floor(i / width)] === 1;

const reach: Readonly<Record<ContextEncoderName, string>> = {
  window: 'as many words to either side as it has layers',
  bilstm: 'the whole sentence, to either side',
};

describe.each(CONTEXT_ENCODERS)('the context encoder %s', (name) => {
  const encoder = contextEncoders[name];
  const specs = encoder.parameters(N, settings);
  const rng = createRng(1, name);
  const parameters: Feeds = Object.fromEntries(specs.map((spec) => [spec.name, randomArray(rng, spec.shape)]));
  const x = randomArray(rng, [B, T, N]);
  const feeds: Feeds = { ...parameters, x, mask: ndArray('float32', [B, T], MASK) };

  const graphOf = (hiddenDropout: number): Graph => {
    const types = Object.fromEntries(specs.map((spec) => [spec.name, float32(...spec.shape)]));
    return trace('context', { ...types, x: float32('B', 'T', N), mask: float32('B', 'T') }, (p) => {
      const options = { mask: p.mask, settings: { ...settings, hiddenDropout } };
      const source = createDropoutSource(1, constant(float32(), [3]));
      return {
        serving: encoder.encode(p, p.x, { ...options, source: undefined }),
        training: encoder.encode(p, p.x, { ...options, source }),
      };
    });
  };

  test('gives hidden states of its width, and does not look at padding', () => {
    const other = x.data.map((value, i) => (isWord(i, N) ? value : 9));
    const [own, changed] = [x.data, other].map((data) => {
      const found = interpret(graphOf(0), { ...feeds, x: ndArray('float32', [B, T, N], data) })['serving']!;
      expect(found.shape).toEqual([B, T, width]);
      return found.data.filter((_, i) => isWord(i, width));
    });
    expect(changed).toEqual(own);
  });

  test(`reads ${reach[name]}`, () => {
    const scores = (data: Float64Array): readonly (readonly number[])[] => {
      const found = interpret(graphOf(0), { ...feeds, x: ndArray('float32', [B, T, N], data) })['serving']!.data;
      return [0, 1, 2].map((t) => [...found.subarray(t * width, (t + 1) * width)]);
    };
    const changedBy = (word: number): readonly boolean[] => {
      const other = scores(x.data.map((value, i) => (Math.floor(i / N) === word ? -value : value)));
      return scores(x.data).map((row, t) => row.some((score, i) => score !== other[t]![i]));
    };
    const far = name === 'bilstm';
    expect(changedBy(0)).toEqual([true, true, far]);
    expect(changedBy(1)).toEqual([true, true, true]);
    expect(changedBy(2)).toEqual([far, true, true]);
  });

  test('drops in training and never in serving', () => {
    const [still, dropping] = [interpret(graphOf(0), feeds), interpret(graphOf(0.5), feeds)];
    expect(still['training']!.data).toEqual(still['serving']!.data);
    expect(dropping['serving']!.data).toEqual(still['serving']!.data);
    expect(dropping['training']!.data).not.toEqual(still['training']!.data);
  });

  test('has the right gradient', () => {
    expectGradient({ ...parameters, x }, (p) =>
      encoder.encode(p, p['x']!, { mask: constant(float32(B, T), MASK), settings, source: undefined }),
    );
  });

  test('is the same in onnxruntime', async () => {
    const graph = graphOf(0.25);
    const [expected, found] = [interpret(graph, feeds), await runInOrt(optimize(graph), feeds, 'all')];
    for (const output of ['serving', 'training']) {
      expectClose(found[output]!.data, expected[output]!.data, tolerance.modelFloat32);
    }
  });
});
