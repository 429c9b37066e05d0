import { describe, expect, test } from 'vitest';
import { createRng } from '../../../shared/random.ts';
import { weightProducts } from '../../../training/engine/index.ts';
import { measureActivations } from '../../../training/export/activation-statistics.ts';
import { servingProgram } from '../../../training/export/serving-graph.ts';
import { initParameters } from '../../../training/nn/parameter.ts';
import { tinyCorpus, untrainedTagger } from '../../support/tiny-training.ts';

const { model, input } = untrainedTagger();
const program = servingProgram(model, initParameters(model.parameters, createRng(1, 'ranges')));
const activations = [...new Set(weightProducts(program).map(({ activation }) => activation))];
const sentences = tinyCorpus.map(({ words }) => words);
const measure = (texts: readonly (readonly string[])[]) =>
  measureActivations(program, { activations, sentences: texts, input, threads: 1 });

describe('measureActivations', () => {
  test('measures each channel of each activation', async () => {
    const ranges = await measure(sentences);
    expect(ranges.size).toBe(activations.length);
    for (const [activation, { low, high }] of ranges) {
      expect([low.length, high.length]).toEqual([activation.type.shape.at(-1), activation.type.shape.at(-1)]);
      low.forEach((least, channel) => {
        expect(least).toBeLessThanOrEqual(high[channel]!);
      });
    }
  });

  test('reaches as far over all sentences as over each of them', async () => {
    const all = await measure(sentences);
    const parts = [await measure(sentences.slice(0, 5)), await measure(sentences.slice(5))];
    for (const [activation, { low, high }] of all) {
      const [first, second] = parts.map((part) => part.get(activation)!);
      expect(low).toEqual(first!.low.map((least, i) => Math.min(least, second!.low[i]!)));
      expect(high).toEqual(first!.high.map((most, i) => Math.max(most, second!.high[i]!)));
    }
  });
});
