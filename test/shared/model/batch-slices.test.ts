import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createPieceInput } from '../../../shared/features/piece-input.ts';
import { batchSlices } from '../../../shared/model/batch-slices.ts';
import { listed } from '../../../shared/model/emitter.ts';
import { characterPieces } from '../../support/character-pieces.ts';
import { collect } from '../../support/collect.ts';

const input = createPieceInput(characterPieces, 16);
const plan = { lengthStep: 1, maxRows: 4, maxLength: 16 };

test('puts every window of every sentence into a batch, and counts the words', async () => {
  const sentences = fc.array(fc.array(fc.constantFrom('a', 'bb', '1'), { maxLength: 30 }), { maxLength: 20 });
  await fc.assert(
    fc.asyncProperty(sentences, async (all) => {
      const words = new Int32Array(all.length);
      const found: [sentence: number, keepStart: number][] = [];
      const pace = async (): Promise<void> => undefined;
      for await (const batches of batchSlices(listed(all), { input, plan, pace, words })) {
        for (const { windows } of batches) for (const one of windows) found.push([one.sentence, one.keepStart]);
      }
      const expected = (await input.windows(all)).map(({ sentence, keepStart }) => [sentence, keepStart]);
      expect(new Set(found.map(String))).toEqual(new Set(expected.map(String)));
      expect([found.length, [...words]]).toEqual([expected.length, all.map(({ length }) => length)]);
    }),
    { numRuns: 30 },
  );
});

test('makes slices of some hundred kilobytes, and asks before each stretch of text', async () => {
  const all = Array.from({ length: 300 }, () => ['a'.repeat(1_000)]);
  const asked: number[] = [];
  const pace = async (characters: number): Promise<void> => void asked.push(characters);
  const slices = await collect(batchSlices(listed(all), { input, plan, pace, words: new Int32Array(300) }));
  // 1,008 characters each with what a sentence costs: 130 a slice, 2 a stretch.
  expect(slices.length).toBe(3);
  expect(Math.max(...asked)).toBe(2 * 1_008);
  expect(asked.reduce((sum, one) => sum + one, 0)).toBe(2 * 300 * 1_008);
});
