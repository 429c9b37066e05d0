import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createPieceInput } from '../../../shared/features/piece-input.ts';
import { emit, type EmitterOptions } from '../../../shared/model/emitter.ts';
import type { Session } from '../../../shared/ort/session.ts';
import { characterPieces } from '../../support/character-pieces.ts';
import { codeOf } from '../../support/error-code.ts';
import { randomTagger } from '../../support/random-tagger.ts';

const LABELS = 3;

/** The emissions of each sentence, [W, L]; fails when one is visited twice. */
async function emissionsOf(
  sentences: readonly (readonly string[])[],
  options: Omit<EmitterOptions, 'labels' | 'concurrency' | 'maxRows'>,
): Promise<readonly (readonly number[] | undefined)[]> {
  const found: (number[] | undefined)[] = sentences.map(() => undefined);
  await emit(
    sentences,
    (sentence, { emissions, offset, length }) => {
      expect(found[sentence]).toBeUndefined();
      found[sentence] = [...emissions.subarray(offset, offset + length * LABELS)];
    },
    { ...options, labels: LABELS, concurrency: 2, maxRows: 4 },
  );
  return found;
}

test('gives a word its scores from its window, whatever the lengths and batches are', async () => {
  const word = fc.constantFrom('a', 'b', 'c', 'd');
  await fc.assert(
    fc.asyncProperty(fc.array(fc.array(word, { maxLength: 40 }), { maxLength: 12 }), async (sentences) => {
      const tagger = randomTagger(1, LABELS);
      const found = await emissionsOf(sentences, tagger);
      const alone = new Map<string, readonly number[]>();
      for (const text of 'abcd') alone.set(text, (await emissionsOf([[text]], tagger))[0]!);
      expect(found).toEqual(
        sentences.map((words) => (words.length === 0 ? undefined : words.flatMap((text) => [...alone.get(text)!]))),
      );
    }),
    { numRuns: 50 },
  );
});

/** Scores of a piece: its id, for each label. */
const byId: Session['run'] = async ({ input_ids: ids }) => {
  const data = Float32Array.from(ids!.data as BigInt64Array, Number);
  const scores = Float32Array.from({ length: data.length * LABELS }, (_, i) => data[Math.floor(i / LABELS)]!);
  return { logits: { dtype: 'float32', dims: [...ids!.dims, LABELS], data: scores } };
};

test('gives a word the scores of its first piece, and one without a piece such that it is O', async () => {
  const sentences = [['ba', '1', 'c'], ['1', '2'], []];
  const found = await emissionsOf(sentences, { run: byId, input: createPieceInput(characterPieces, 4) });
  const all = (character: string): number[] => Array<number>(LABELS).fill(character.charCodeAt(0));
  const outside = [0, -1e4, -1e4];
  expect(found).toEqual([[...all('b'), ...outside, ...all('c')], [...outside, ...outside], undefined]);
});

test('fails when the graph gives scores of another shape, or none', async () => {
  const input = createPieceInput(characterPieces, 8);
  const run: Session['run'] = async () => ({ logits: { dtype: 'float32', dims: [1, 2], data: new Float32Array(2) } });
  expect(await codeOf(() => emissionsOf([['a']], { run, input }))).toBe('E_SHAPE_MISMATCH');
  expect(await codeOf(() => emissionsOf([['a']], { run: async () => ({}), input }))).toBe('E_SHAPE_MISMATCH');
});

test('fails with the error of the graph, and starts no batch after it', async () => {
  let runs = 0;
  const run: Session['run'] = async () => {
    runs++;
    throw new Error('out of memory');
  };
  const sentences = Array.from({ length: 40 }, () => ['a']);
  await expect(emissionsOf(sentences, { run, input: createPieceInput(characterPieces, 8) })).rejects.toThrow(
    'out of memory',
  );
  expect(runs).toBeLessThanOrEqual(2);
});
