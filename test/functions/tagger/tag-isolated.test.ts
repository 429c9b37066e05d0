import fc from 'fast-check';
import { expect, test } from 'vitest';
import { tagIsolated } from '../../../functions/tagger/tag-isolated.ts';
import type { Tagger } from '../../../functions/tagger/tagger.ts';
import { codeOf } from '../../support/error-code.ts';
import { plainTagger } from '../../support/plain-tagger.ts';

test('gives every text its entities or the error that it alone provokes, in order', async () => {
  const texts = fc.array(fc.constantFrom('hello Anna', 'nobody', 'poison', 'Bob eats poison'), { maxLength: 20 });
  await fc.assert(
    fc.asyncProperty(texts, async (all) => {
      const outcomes = await tagIsolated(plainTagger, all);
      expect(outcomes).toHaveLength(all.length);
      for (const [i, text] of all.entries()) {
        if (text.includes('poison')) expect(outcomes[i]).toMatchObject({ error: { message: 'the text is poison' } });
        else
          expect(outcomes[i]).toEqual({ entities: (await plainTagger.tag([text]))[0], modelId: plainTagger.modelId });
      }
    }),
  );
});

test('calls the tagger once when nothing is wrong', async () => {
  const calls: number[] = [];
  const counting: Tagger = {
    modelId: 'm',
    tag: async (texts) => {
      calls.push(texts.length);
      return texts.map(() => []);
    },
  };
  await tagIsolated(
    counting,
    Array.from({ length: 1_000 }, () => 'x'),
  );
  await tagIsolated(counting, []);
  expect(calls).toEqual([1_000]);
});

test('names for each text the model that tagged it, when models are swapped in between', async () => {
  let model = 0;
  const swapping: Tagger = {
    get modelId() {
      return `model ${model}`;
    },
    tag: (texts) => {
      const used = model;
      model += 1;
      if (texts.includes('poison')) return Promise.reject(new Error('poison'));
      return Promise.resolve(texts.map(() => [entity(String(used))]));
    },
  };
  for (const outcome of await tagIsolated(swapping, ['a', 'b', 'poison', 'c'])) {
    if ('entities' in outcome) expect(`model ${outcome.entities[0]!.type}`).toBe(outcome.modelId);
  }
});

test('fails when the tagger is not well, and blames no text', async () => {
  let calls = 0;
  const down: Tagger = {
    modelId: 'm',
    tag: async () => {
      calls += 1;
      throw new Error('the worker is gone');
    },
  };
  await expect(
    tagIsolated(
      down,
      Array.from({ length: 500 }, () => 'x'),
    ),
  ).rejects.toThrow('the worker is gone');
  expect(calls).toBe(2);
});

test('fails when the tagger answers for another number of texts', async () => {
  const short: Tagger = { modelId: 'm', tag: async (texts) => texts.slice(1).map(() => []) };
  await expect(codeOf(() => tagIsolated(short, ['a', 'b']))).resolves.toBe('E_INTERNAL');
});

function entity(type: string) {
  return { type, text: '', start: 0, end: 0, startCp: 0, endCp: 0, score: 1 };
}
