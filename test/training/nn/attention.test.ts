import { describe, expect, test } from 'vitest';
import { createRng } from '../../../shared/random.ts';
import {
  add,
  constant,
  float32,
  interpret,
  ndArray,
  trace,
  type NdArray,
  type Tensor,
  type Tensors,
} from '../../../training/engine/index.ts';
import { attentionParameters, paddingBias, selfAttention } from '../../../training/nn/attention.ts';
import { createDropoutSource } from '../../../training/nn/dropout.ts';
import { normal } from '../../../training/nn/parameter.ts';
import { expectClose } from '../../support/close.ts';
import { randomArray, type Feeds } from '../../support/engine.ts';
import { expectGradient, valueOf } from '../../support/layer-check.ts';
import { tolerance } from '../../support/tolerance.ts';

const rng = createRng(1, 'attention');
const [B, T, H, A] = [2, 3, 6, 2] as const;
const D = H / A;
const specs = attentionParameters('own', H, normal(1));
const parameters: Feeds = Object.fromEntries(specs.map(({ name, shape }) => [name, randomArray(rng, shape)]));
const x = randomArray(rng, [B, T, H]);
/** The second sentence has two tokens. */
const MASK = [1, 1, 1, 1, 1, 0];

function attend(p: Tensors, own?: Tensor): Tensor {
  const padding = paddingBias(constant(float32(B, T), MASK));
  const bias = own === undefined ? padding : add(padding, own);
  return selfAttention(p, 'own', p['x']!, { heads: A, bias, dropout: 0.5, source: undefined });
}

/** The definition, one head and one query at a time; keys that the mask hides are left out of the sums. */
function byHand(bias: (head: number, query: number, key: number) => number): number[] {
  const project = (part: string, row: readonly number[]): number[] =>
    Array.from({ length: H }, (_, o) =>
      row.reduce(
        (sum, value, i) => sum + value * parameters[`own.${part}.weight`]!.data[o * H + i]!,
        parameters[`own.${part}.bias`]!.data[o]!,
      ),
    );
  const out: number[] = [];
  for (let b = 0; b < B; b++) {
    const rows = Array.from({ length: T }, (_, t) => [...x.data.subarray((b * T + t) * H, (b * T + t + 1) * H)]);
    const seen = rows.flatMap((_, t) => (MASK[b * T + t] === 1 ? [t] : []));
    const [queries, keys, values] = ['query', 'key', 'value'].map((part) => rows.map((row) => project(part, row)));
    for (let query = 0; query < T; query++) {
      const mixed = Array.from({ length: H }, (_, h) => {
        const head = Math.floor(h / D);
        const places = Array.from({ length: D }, (__, d) => head * D + d);
        const scores = seen.map((key) => {
          const dot = places.reduce((sum, i) => sum + queries![query]![i]! * keys![key]![i]!, 0);
          return Math.exp(dot / Math.sqrt(D) + bias(head, query, key));
        });
        const total = scores.reduce((a, b2) => a + b2, 0);
        return seen.reduce((sum, key, i) => sum + (scores[i]! / total) * values![key]![h]!, 0);
      });
      out.push(...project('output', mixed));
    }
  }
  return out;
}

describe('selfAttention', () => {
  test('is the softmax of scaled products over the unpadded keys, head by head', () => {
    const y = valueOf({ ...parameters, x }, (p) => attend(p));
    expect(y.shape).toEqual([B, T, H]);
    expectClose(
      y.data,
      byHand(() => 0),
      tolerance.exactFloat64,
    );
  });

  test('adds a bias to the scores, one for each head, query and key', () => {
    const own = randomArray(rng, [A, T, T]);
    const y = valueOf({ ...parameters, x, own }, (p) => attend(p, p['own']));
    const expected = byHand((head, query, key) => own.data[(head * T + query) * T + key]!);
    expectClose(y.data, expected, tolerance.exactFloat64);
  });

  test('has the right gradient', () => {
    expectGradient({ ...parameters, x }, (p) => attend(p));
  });

  test('is finite for a row of padding alone', () => {
    const graph = trace('padding', { x: float32(1, 2, H), mask: float32(1, 2), ...typesOf(parameters) }, (p) => {
      const bias = paddingBias(p.mask);
      return { y: selfAttention(p, 'own', p.x, { heads: A, bias, dropout: 0, source: undefined }) };
    });
    const feeds = { ...parameters, x: randomArray(rng, [1, 2, H]), mask: ndArray('float32', [1, 2], [0, 0]) };
    expect([...interpret(graph, feeds)['y']!.data].every(Number.isFinite)).toBe(true);
  });

  test('drops probabilities in training, and scales up the others', () => {
    const value = (name: string): NdArray => {
      const identity = Float64Array.from({ length: H * H }, (_, i) => (i % (H + 1) === 0 ? 1 : 0));
      const isMatrix = name.endsWith('weight');
      const passes = name.includes('value') || name.includes('output');
      const data = isMatrix && passes ? identity : new Float64Array(isMatrix ? H * H : H);
      return ndArray('float32', isMatrix ? [H, H] : [H], data);
    };
    // Every score is 0 and every value 1, so an output is the sum of what is left of probabilities of 1/16.
    const long = 16;
    const feeds = {
      ...Object.fromEntries(specs.map(({ name }) => [name, value(name)])),
      x: ndArray('float32', [1, long, H], new Float64Array(long * H).fill(1)),
      step: ndArray('float32', [], [1]),
    };
    const y = valueOf(feeds, (p) => {
      const bias = constant(float32(1), [0]);
      const source = createDropoutSource(1, p['step']!);
      return selfAttention(p, 'own', p['x']!, { heads: A, bias, dropout: 0.5, source });
    });
    const kept = [...y.data].map((sum) => sum * 8);
    expectClose(kept, kept.map(Math.round), tolerance.exactFloat64);
    expect(new Set(kept.map(Math.round)).size).toBeGreaterThan(3);
  });
});

function typesOf(feeds: Feeds): Record<string, ReturnType<typeof float32>> {
  return Object.fromEntries(Object.entries(feeds).map(([name, { shape }]) => [name, float32(...shape)]));
}
