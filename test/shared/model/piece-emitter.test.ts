import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createPieceInput } from '../../../shared/features/piece-input.ts';
import { listed } from '../../../shared/model/emitter.ts';
import { emitPieces, WHOLE_WORD, type PieceEmissions } from '../../../shared/model/piece-emitter.ts';
import type { Session } from '../../../shared/ort/session.ts';
import { characterPieces } from '../../support/character-pieces.ts';
import { randomTagger } from '../../support/random-tagger.ts';

const LABELS = 3;

/** Scores of a piece: its id, for each label. */
const byId: Session['run'] = async ({ input_ids: ids }) => {
  const data = Float32Array.from(ids!.data as BigInt64Array, Number);
  const scores = Float32Array.from({ length: data.length * LABELS }, (_, i) => data[Math.floor(i / LABELS)]!);
  return { logits: { dtype: 'float32', dims: [...ids!.dims, LABELS], data: scores } };
};

async function piecesOf(
  sentences: readonly (readonly string[])[],
  tagger: Pick<Parameters<typeof emitPieces>[2], 'run' | 'input'>,
): Promise<readonly (PieceEmissions | undefined)[]> {
  const found: (PieceEmissions | undefined)[] = sentences.map(() => undefined);
  const keep = (sentence: number, pieces: PieceEmissions): void => {
    expect(found[sentence]).toBeUndefined();
    found[sentence] = pieces;
  };
  await emitPieces(listed(sentences), keep, { ...tagger, labels: LABELS, concurrency: 2, maxRows: 3 });
  return found;
}

test('gives every piece of a sentence its scores and its place, in order, whatever the windows are', async () => {
  const word = fc.string({ unit: fc.constantFrom('a', 'b', 'c', '1'), maxLength: 4 });
  const sentences = fc.array(fc.array(word, { maxLength: 30 }), { maxLength: 6 });
  await fc.assert(
    fc.asyncProperty(sentences, fc.integer({ min: 6, max: 40 }), async (all, maxPieces) => {
      const found = await piecesOf(all, { run: byId, input: createPieceInput(characterPieces, maxPieces) });
      for (const [i, { ids, wordIds, starts, ends }] of (await characterPieces.encodeSentences(all)).entries()) {
        if (ids.length === 0) expect(found[i]).toBeUndefined();
        else {
          const scores = Float32Array.from({ length: ids.length * LABELS }, (_, at) => ids[Math.floor(at / LABELS)]!);
          expect(found[i]).toEqual({ scores, wordIds, starts, ends });
        }
      }
    }),
    { numRuns: 50 },
  );
});

test('takes each word for a piece where the graph scores words', async () => {
  const [found] = await piecesOf([['a', 'b', 'a']], randomTagger(1, LABELS, 2));
  const rowOf = (t: number): number[] => [...found!.scores.subarray(t * LABELS, (t + 1) * LABELS)];
  expect([...found!.wordIds]).toEqual([0, 1, 2]);
  expect([[...found!.starts], [...found!.ends]]).toEqual([
    [0, 0, 0],
    [WHOLE_WORD, WHOLE_WORD, WHOLE_WORD],
  ]);
  expect(rowOf(0)).toEqual(rowOf(2));
  expect(rowOf(0)).not.toEqual(rowOf(1));
});
