import { describe, expect, test } from 'vitest';
import { createRng } from '../../../shared/random.ts';
import { createEpochPlanner } from '../../../training/train/epoch-plan.ts';
import type { Example, ExampleMaker } from '../../../training/train/examples.ts';
import { codeOf } from '../../support/error-code.ts';
import { tinyCorpus } from '../../support/tiny-training.ts';

interface WordsExample extends Example {
  readonly words: readonly string[];
}

/** Examples that are the words; the feeds of a batch are the numbers of its sentences, -1 for an empty row. */
function words(): { readonly maker: ExampleMaker<WordsExample>; readonly made: WordsExample[][] } {
  const made: WordsExample[][] = [];
  const maker: ExampleMaker<WordsExample> = {
    make: async (sentences) => {
      const examples = sentences.map((each, sentence) => ({ sentence, length: each.words.length, words: each.words }));
      made.push(examples);
      return examples;
    },
    feeds: (batch, paddedLength) => ({
      rows: {
        dtype: 'int32',
        dims: [batch.length, paddedLength],
        data: Int32Array.from(batch, (example) => example?.sentence ?? -1),
      },
    }),
  };
  return { maker, made };
}

const settings = {
  batchSize: 4,
  maxTokens: null,
  batching: 'bucketed',
  accumulate: 1,
  stepsPerRun: 2,
  mentionReplacement: 0,
} as const;

const rowsOf = (feeds: ReturnType<ExampleMaker['feeds']>): number[] => Array.from(feeds['rows']!.data as Int32Array);

describe('createEpochPlanner', () => {
  test.each([
    ['bucketed', settings, 3],
    ['shuffled', { ...settings, batching: 'shuffled', batchSize: 5 }, 3],
    ['two batches a step', { ...settings, batchSize: 3, accumulate: 2 }, 2],
    ['three batches a step, of which the last is short', { ...settings, batchSize: 3, accumulate: 3 }, 2],
  ] as const)('has each sentence once an epoch (%s)', async (_, chosen, steps) => {
    const { stepsPerEpoch, plan } = await createEpochPlanner(tinyCorpus, words().maker, chosen);
    const planned = await plan(createRng(1));
    expect([stepsPerEpoch, planned.length]).toEqual([steps, steps]);
    const sentences = planned.flatMap((step) => step.sentences);
    expect([...sentences].sort((a, b) => a - b)).toEqual([...tinyCorpus.keys()]);
    for (const step of planned) {
      const rows = step.feeds().map(rowsOf);
      expect(rows.length).toBeLessThanOrEqual(chosen.accumulate);
      expect(rows.flat().filter((row) => row >= 0)).toEqual(step.sentences);
    }
  });

  test('cuts batches by tokens, padding included', async () => {
    const { stepsPerEpoch, plan } = await createEpochPlanner(tinyCorpus, words().maker, { ...settings, maxTokens: 24 });
    const planned = await plan(createRng(1));
    expect(planned.length).toBe(stepsPerEpoch);
    for (const step of planned) {
      const [rows = 0, length = 0] = step.feeds()[0]!['rows']!.dims;
      expect(rows * length).toBeLessThanOrEqual(24);
    }
  });

  test('plans the same from the same numbers, and otherwise from others', async () => {
    const { plan } = await createEpochPlanner(tinyCorpus, words().maker, settings);
    const sentencesOf = async (seed: number): Promise<unknown> =>
      (await plan(createRng(seed))).map(({ sentences }) => sentences);
    expect(await sentencesOf(1)).toEqual(await sentencesOf(1));
    expect(await sentencesOf(1)).not.toEqual(await sentencesOf(2));
  });

  test('makes examples once, or with replaced mentions anew in each epoch', async () => {
    const once = words();
    const { plan } = await createEpochPlanner(tinyCorpus, once.maker, settings);
    for (const seed of [1, 2]) await plan(createRng(seed));
    expect(once.made).toHaveLength(1);
    const anew = words();
    const replacing = await createEpochPlanner(tinyCorpus, anew.maker, { ...settings, mentionReplacement: 1 });
    for (const seed of [1, 2]) await replacing.plan(createRng(seed));
    expect(anew.made).toHaveLength(3);
    expect(anew.made[1]).not.toEqual(anew.made[0]);
    expect(anew.made[2]).not.toEqual(anew.made[1]);
  });

  test('fails when shuffled batches are to be cut by tokens', async () => {
    const both = { ...settings, batching: 'shuffled', maxTokens: 24 } as const;
    expect(await codeOf(() => createEpochPlanner(tinyCorpus, words().maker, both))).toBe('E_USAGE');
  });
});
