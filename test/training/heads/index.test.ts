import { describe, expect, test } from 'vitest';
import { createRng } from '../../../shared/random.ts';
import {
  constant,
  float32,
  interpret,
  ndArray,
  optimize,
  trace,
  type Graph,
  type Tensor,
} from '../../../training/engine/index.ts';
import { createHead, heads, headSettingsSchema, type HeadName } from '../../../training/heads/index.ts';
import { createDropoutSource } from '../../../training/nn/dropout.ts';
import { expectClose } from '../../support/close.ts';
import { randomArray, runInOrt, type Feeds } from '../../support/engine.ts';
import { expectGradient } from '../../support/layer-check.ts';
import { tolerance } from '../../support/tolerance.ts';

const [B, T, H, L] = [2, 4, 3, 2] as const;
/** Sentences of three and of two tokens: the last column is padding. */
const MASK = [1, 1, 1, 0, 1, 1, 0, 0];
const names = Object.keys(heads) as readonly HeadName[];

/** A small head of each kind. */
const settings: Readonly<Record<HeadName, object>> = {
  linear: {},
  convolution: { window: 5, filters: 4 },
  bilstm: { units: 2, layers: 2 },
};

function headOf(kind: HeadName): ReturnType<typeof createHead> {
  const own = headSettingsSchema.parse({ kind, ...settings[kind] });
  return createHead(own, { width: H, labels: L, initializerRange: 0.5 });
}

describe.each(names)('the head %s', (kind) => {
  const head = headOf(kind);
  const rng = createRng(1, kind);
  const parameters: Feeds = Object.fromEntries(
    head.parameters.map(({ name, shape }) => [name, randomArray(rng, shape)]),
  );
  const hidden = randomArray(rng, [B, T, H]);
  const feeds: Feeds = { ...parameters, hidden, mask: ndArray('float32', [B, T], MASK) };

  const graphOf = (dropout: number): Graph => {
    const types = Object.fromEntries(head.parameters.map(({ name, shape }) => [name, float32(...shape)]));
    return trace('head', { ...types, hidden: float32('B', 'T', H), mask: float32('B', 'T') }, (p) => {
      const scores = (step: number | undefined): Tensor => {
        const source = step === undefined ? undefined : createDropoutSource(1, constant(float32(), [step]));
        return head.logits(p, p.hidden, { mask: p.mask, dropout, source });
      };
      return { serving: scores(undefined), first: scores(1), second: scores(2) };
    });
  };

  test('gives each token a score for each label', () => {
    const { serving } = interpret(graphOf(0), feeds);
    expect(serving!.shape).toEqual([B, T, L]);
    // No two of them alike, but in the padding.
    const ofTokens = [...serving!.data].filter((_, i) => MASK[Math.floor(i / L)] === 1);
    expect(new Set(ofTokens).size).toBe(5 * L);
  });

  test('scores a token alike whatever stands in the padding, and however much of it there is', () => {
    const longer = T + 3;
    const data = new Float64Array(B * longer * H).fill(7);
    const mask = new Float64Array(B * longer);
    const places = MASK.flatMap((present, i) => (present === 1 ? [{ row: Math.floor(i / T), t: i % T }] : []));
    for (const { row, t } of places) {
      data.set(hidden.data.subarray((row * T + t) * H, (row * T + t + 1) * H), (row * longer + t) * H);
      mask[row * longer + t] = 1;
    }
    const wide = { hidden: ndArray('float32', [B, longer, H], data), mask: ndArray('float32', [B, longer], mask) };
    const graph = graphOf(0);
    const [own, other] = [interpret(graph, feeds), interpret(graph, { ...feeds, ...wide })];
    for (const { row, t } of places) {
      const scores = own['serving']!.data.subarray((row * T + t) * L, (row * T + t + 1) * L);
      const among = other['serving']!.data.subarray((row * longer + t) * L, (row * longer + t + 1) * L);
      expectClose(among, scores, tolerance.exactFloat64);
    }
  });

  test('drops in training, differently at each step, and not in serving', () => {
    const [still, dropping] = [interpret(graphOf(0), feeds), interpret(graphOf(0.5), feeds)];
    expect(still['first']!.data).toEqual(still['serving']!.data);
    expect(dropping['serving']!.data).toEqual(still['serving']!.data);
    expect(dropping['first']!.data).not.toEqual(still['first']!.data);
    expect(dropping['first']!.data).not.toEqual(dropping['second']!.data);
  });

  test('has the right gradient', () => {
    expectGradient({ ...parameters, hidden }, (p) =>
      head.logits(p, p['hidden']!, { mask: constant(float32(B, T), MASK), dropout: 0, source: undefined }),
    );
  });

  test('is the same in onnxruntime', async () => {
    const graph = graphOf(0.25);
    const [expected, found] = [interpret(graph, feeds), await runInOrt(optimize(graph), feeds, 'all')];
    for (const name of Object.keys(expected)) {
      expectClose(found[name]!.data, expected[name]!.data, tolerance.modelFloat32);
    }
  });
});

describe('headSettingsSchema', () => {
  test('fills in defaults', () => {
    expect(headSettingsSchema.parse({ kind: 'linear' })).toEqual({ kind: 'linear' });
    expect(headSettingsSchema.parse({ kind: 'convolution' })).toEqual({ kind: 'convolution', window: 3, filters: 256 });
    expect(headSettingsSchema.parse({ kind: 'bilstm' })).toEqual({ kind: 'bilstm', units: 128, layers: 1 });
  });

  test('refuses a window without a middle, and settings of another head', () => {
    expect(headSettingsSchema.safeParse({ kind: 'convolution', window: 4 }).success).toBe(false);
    expect(headSettingsSchema.safeParse({ kind: 'linear', layers: 2 }).success).toBe(false);
  });
});
