import { describe, expect, test } from 'vitest';
import { createRng } from '../../../shared/random.ts';
import { constant, float32, interpret, ndArray, optimize, trace, type Graph } from '../../../training/engine/index.ts';
import { CONTEXT_ENCODERS, contextEncoders } from '../../../training/models/context-encoder.ts';
import { createDropoutSource } from '../../../training/nn/dropout.ts';
import { expectClose } from '../../support/close.ts';
import { randomArray, runInOrt, type Feeds } from '../../support/engine.ts';
import { expectGradient } from '../../support/layer-check.ts';
import { tolerance } from '../../support/tolerance.ts';

const [B, T, N] = [2, 4, 3] as const;
const settings = { width: 2, layers: 2, hiddenDropout: 0 };
/** Sentences of three words and of one. */
const MASK = [1, 1, 1, 0, 1, 0, 0, 0];
const isWord = (i: number, width: number): boolean => MASK[Math.floor(i / width)] === 1;

describe.each(CONTEXT_ENCODERS)('the context encoder %s', (name) => {
  const encoder = contextEncoders[name];
  const width = encoder.outputWidth(settings);
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

  test('has the width that it says, and does not look at padding', () => {
    const other = x.data.map((value, i) => (isWord(i, N) ? value : 9));
    const [own, changed] = [x.data, other].map((data) => {
      const found = interpret(graphOf(0), { ...feeds, x: ndArray('float32', [B, T, N], data) })['serving']!;
      expect(found.shape).toEqual([B, T, width]);
      return found.data.filter((_, i) => isWord(i, width));
    });
    expect(changed).toEqual(own);
  });

  test('reads a word in its context, to either side', () => {
    const first = (data: Float64Array): readonly number[] => [...data.subarray(0, width)];
    const last = (data: Float64Array): readonly number[] => [...data.subarray(2 * width, 3 * width)];
    const middle = x.data.map((value, i) => (Math.floor(i / N) === 1 ? -value : value));
    const before = interpret(graphOf(0), feeds)['serving']!.data;
    const after = interpret(graphOf(0), { ...feeds, x: ndArray('float32', [B, T, N], middle) })['serving']!.data;
    expect(first(after)).not.toEqual(first(before));
    expect(last(after)).not.toEqual(last(before));
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
