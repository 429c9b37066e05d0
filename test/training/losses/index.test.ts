import { describe, expect, test } from 'vitest';
import { createRng } from '../../../shared/random.ts';
import {
  float32,
  gradientGraph,
  int32,
  interpret,
  ndArray,
  optimize,
  trace,
  type Graph,
  type TensorType,
  type Tensors,
} from '../../../training/engine/index.ts';
import { crfLoss, crfParameters } from '../../../training/heads/crf.ts';
import {
  createLoss,
  losses,
  lossSettingsSchema,
  type LabelledBatch,
  type LossName,
  type TaughtBatch,
} from '../../../training/losses/index.ts';
import { expectClose } from '../../support/close.ts';
import { randomArray, runInOrt, type Feeds } from '../../support/engine.ts';
import { expectFails } from '../../support/expect-fails.ts';
import { valueOf } from '../../support/layer-check.ts';
import { tolerance } from '../../support/tolerance.ts';

const L = 3;
const names = Object.keys(losses) as readonly LossName[];
const context = { labelCounts: [6, 2, 1] };
const specs = crfParameters(L);
const rng = createRng(1, 'losses');
const parameters: Feeds = Object.fromEntries(specs.map(({ name, shape }) => [name, randomArray(rng, shape)]));
/** Words, then padding. */
const MASK = [1, 1, 0, 1, 0, 0];
const feeds: Feeds = {
  ...parameters,
  emissions: randomArray(rng, [2, 3, L]),
  tags: ndArray('int32', [2, 3], [2, 0, 1, 1, 0, 0]),
  mask: ndArray('float32', [2, 3], MASK),
};
/** What a teacher thinks, for the losses that ask for it. */
const taught: Feeds = { teacher: randomArray(rng, [2, 3, L]) };
const feedsOf = (kind: LossName): Feeds => (losses[kind].taught ? { ...feeds, ...taught } : feeds);

const batchOf = ({ emissions, tags, mask, teacher }: Tensors): LabelledBatch & Partial<TaughtBatch> => ({
  emissions: emissions!,
  tags: tags!,
  mask: mask!,
  ...(teacher && { teacher }),
});

/** A loss with its default settings, and its gradients. */
function lossGraph(kind: LossName): Graph {
  const types = Object.fromEntries(specs.map(({ name, shape }) => [name, float32(...shape)]));
  const scores = float32('B', 'W', L);
  const batch = { emissions: scores, tags: int32('B', 'W'), mask: float32('B', 'W') };
  const teacher: Record<string, TensorType> = losses[kind].taught ? { teacher: scores } : {};
  const loss = createLoss(lossSettingsSchema.parse({ kind }), context);
  const forward = trace('loss', { ...types, ...batch, ...teacher }, (x) => ({
    loss: loss(x, batchOf(x)),
  }));
  const wrt = losses[kind].crf ? ['emissions', ...specs.map(({ name }) => name)] : ['emissions'];
  return gradientGraph(forward, { of: 'loss', wrt });
}

describe.each(names)('the loss %s', (kind) => {
  const graph = lossGraph(kind);
  const feeds = feedsOf(kind);

  test('takes nothing from padding: neither loss nor gradient', () => {
    const other = feeds['emissions']!.data.map((score, i) => (MASK[Math.floor(i / L)] === 1 ? score : 40 - score));
    const whole = interpret(graph, feeds);
    const changed = interpret(graph, { ...feeds, emissions: ndArray('float32', [2, 3, L], other) });
    expect(changed['loss']!.data).toEqual(whole['loss']!.data);
    const slope = [...changed['d_emissions']!.data];
    expect(slope.every((d, i) => MASK[Math.floor(i / L)] === 1 || d === 0)).toBe(true);
    expect(slope.some((d) => d !== 0)).toBe(true);
  });

  test('is 0 with a gradient of 0 for a batch of padding, in onnxruntime too', async () => {
    const none = { ...feeds, mask: ndArray('float32', [2, 3], [0, 0, 0, 0, 0, 0]) };
    for (const found of [interpret(graph, none), await runInOrt(optimize(graph), none, 'all')]) {
      for (const { data } of Object.values(found)) expect([...data].map(Math.abs).every((x) => x === 0)).toBe(true);
    }
  });

  test.each([80, -80])('is right in float32 where the gold score is %d and the others the contrary', async (score) => {
    const tags = feeds['tags']!.data;
    const data = feeds['emissions']!.data.map((_, i) => (tags[Math.floor(i / L)] === i % L ? score : -score));
    const extreme = { ...feeds, emissions: ndArray('float32', [2, 3, L], data) };
    const [expected, found] = [interpret(graph, extreme), await runInOrt(optimize(graph), extreme, 'all')];
    for (const [name, array] of Object.entries(expected)) {
      expect([...array.data].every(Number.isFinite)).toBe(true);
      expectClose(found[name]!.data, array.data, tolerance.modelFloat32);
    }
  });

  test('is the same in onnxruntime', async () => {
    const [expected, found] = [interpret(graph, feeds), await runInOrt(optimize(graph), feeds, 'all')];
    for (const [name, { data }] of Object.entries(expected)) {
      expectClose(found[name]!.data, data, tolerance.modelFloat32);
    }
  });
});

describe('createLoss', () => {
  const value = (settings: Parameters<typeof lossSettingsSchema.parse>[0]): number => {
    const loss = createLoss(lossSettingsSchema.parse(settings), context);
    return valueOf(feeds, (x) => loss(x, batchOf(x))).data[0]!;
  };

  test('gives the likelihood of a CRF per word', () => {
    const sum = valueOf(feeds, (x) => crfLoss(x, batchOf(x)));
    expectClose([value({ kind: 'crf' })], [sum.data[0]! / 3], tolerance.exactFloat64);
  });

  test.each(['cross-entropy', 'focal-softmax'])('balances classes by the counts of the corpus (%s)', (kind) => {
    // 9 words of 3 labels: 9 / (3 * 6), 9 / (3 * 2), 9 / (3 * 1).
    const balanced = value({ kind, classWeights: 'balanced' });
    expect(balanced).toBe(value({ kind, classWeights: [0.5, 1.5, 3] }));
    expect(balanced).not.toBe(value({ kind }));
  });

  test('fills in defaults', () => {
    expect(lossSettingsSchema.parse({ kind: 'focal-sigmoid' })).toEqual({
      kind: 'focal-sigmoid',
      alpha: 0.25,
      gamma: 2,
    });
    expect(lossSettingsSchema.parse({ kind: 'cross-entropy' })).toEqual({
      kind: 'cross-entropy',
      classWeights: 'none',
      labelSmoothing: 0,
    });
  });

  test('fails where a loss needs a teacher and there is none', () => {
    expectFails(() => value({ kind: 'distillation' }), 'E_USAGE', 'got a batch without one');
  });

  test('fails with class weights that are not one for each label', () => {
    const settings = lossSettingsSchema.parse({ kind: 'cross-entropy', classWeights: [1, 2] });
    expectFails(() => createLoss(settings, context), 'E_USAGE', 'got 2; expected 3');
  });
});
