import { describe, expect, test } from 'vitest';
import { createGrouping, groupSettingsSchema } from '../../../training/optim/parameter-groups.ts';

const NAMES = [
  'embeddings.words.weight',
  'embeddings.norm.weight',
  'embeddings.norm.bias',
  'relative.weight',
  'layers.0.attention.query.weight',
  'layers.0.attention.query.bias',
  'layers.0.attention.norm.weight',
  'layers.1.feedForward.inner.weight',
  'layers.1.feedForward.norm.bias',
  'classifier.weight',
  'classifier.bias',
  'lstm.forward.recurrent',
  'crf.transitions',
];

type Settings = Parameters<typeof groupSettingsSchema.parse>[0];

function groups(settings: Settings, learningRate = 0.5): Record<'rates' | 'decays', Record<string, number>> {
  const grouping = createGrouping(groupSettingsSchema.parse(settings), { layers: 2, learningRate });
  const of = (key: 'learningRate' | 'weightDecay'): Record<string, number> =>
    Object.fromEntries(NAMES.map((name) => [name, grouping(name)[key]]));
  return { rates: of('learningRate'), decays: of('weightDecay') };
}

const named = (names: readonly string[], value: number): Record<string, number> =>
  Object.fromEntries(names.map((name) => [name, value]));

describe('createGrouping', () => {
  test('trains everything alike by default, but does not decay biases, LayerNorm and CRF', () => {
    const { rates, decays } = groups({});
    expect(rates).toEqual(named(NAMES, 1));
    expect(decays).toEqual({
      ...named(NAMES, 0.01),
      ...named(
        NAMES.filter((name) => /bias$|\.norm\.|^crf/.test(name)),
        0,
      ),
    });
    expect(decays['embeddings.words.weight']).toBe(0.01);
    expect(decays['lstm.forward.recurrent']).toBe(0.01);
  });

  test('gives head and CRF rates of their own, as multiples of the rate of all', () => {
    const { rates } = groups({ headLearningRate: 2, crfLearningRate: 0.25 });
    expect(rates).toEqual({
      ...named(NAMES, 1),
      ...named(['classifier.weight', 'classifier.bias', 'lstm.forward.recurrent'], 4),
      'crf.transitions': 0.5,
    });
  });

  test('lowers the rate from layer to layer, embeddings last, and leaves the head alone', () => {
    const { rates } = groups({ layerDecay: 0.5 });
    expect(rates).toEqual({
      ...named(
        NAMES.filter((name) => /^(embeddings|relative)/.test(name)),
        0.125,
      ),
      ...named(
        NAMES.filter((name) => name.startsWith('layers.0')),
        0.25,
      ),
      ...named(
        NAMES.filter((name) => name.startsWith('layers.1')),
        0.5,
      ),
      ...named(NAMES.slice(-4), 1),
    });
  });

  test.each([
    { freeze: 'none', frozen: /^$/ },
    { freeze: 'embeddings', frozen: /^(embeddings|relative)/ },
    { freeze: 1, frozen: /^(embeddings|relative|layers\.0)/ },
    { freeze: 2, frozen: /^(embeddings|relative|layers)/ },
    { freeze: 'encoder', frozen: /^(embeddings|relative|layers)/ },
  ])('freezes from the bottom ($freeze)', ({ freeze, frozen }) => {
    const { rates } = groups({ freeze });
    for (const name of NAMES) expect([name, rates[name] === 0]).toEqual([name, frozen.test(name)]);
  });

  test('fails when more layers are to be frozen than there are', () => {
    expect(() => groups({ freeze: 3 })).toThrow(
      expect.objectContaining({
        code: 'E_USAGE',
        message: 'freeze: the encoder has not so many layers, got 3; expected at most 2.',
      }),
    );
  });

  test('fails when a rate would be a multiple of 0', () => {
    expect(() => groups({ crfLearningRate: 1 }, 0)).toThrow(
      expect.objectContaining({ code: 'E_USAGE', message: expect.stringContaining('crfLearningRate') as string }),
    );
  });

  test.each([{ freeze: 0 }, { freeze: 'head' }, { layerDecay: 0 }, { headLearningRate: 0 }, { weightDecay: -1 }])(
    'fails for settings out of range (%o)',
    (settings) => {
      expect(groupSettingsSchema.safeParse(settings).success).toBe(false);
    },
  );
});
