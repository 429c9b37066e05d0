import { describe, expect, test } from 'vitest';
import { createRng } from '../../../shared/random.ts';
import { constant, int32 } from '../../../training/engine/index.ts';
import { normal } from '../../../training/nn/parameter.ts';
import { tokenEmbeddings, tokenEmbeddingsParameters } from '../../../training/nn/token-embeddings.ts';
import { expectClose } from '../../support/close.ts';
import { randomArray } from '../../support/engine.ts';
import { expectGradient, valueOf } from '../../support/layer-check.ts';
import { tolerance } from '../../support/tolerance.ts';

const rng = createRng(1, 'token embeddings');
const IDS = [3, 0, 3, 1, 2, 0];
const width = 4;

describe.each([
  { name: 'with types, from position 0', firstPosition: 0, tokenTypes: 2 },
  { name: 'without types, from position 2', firstPosition: 2, tokenTypes: 0 },
])('tokenEmbeddings $name', ({ firstPosition, tokenTypes }) => {
  const size = { vocabulary: 4, positions: 6, firstPosition, tokenTypes, width };
  const specs = tokenEmbeddingsParameters('own', size, normal(1));
  const feeds = Object.fromEntries(specs.map(({ name, shape }) => [name, randomArray(rng, shape)]));

  test('adds up word, position and type', () => {
    const y = valueOf(feeds, (p) => tokenEmbeddings(p, 'own', constant(int32(2, 3), IDS), size));
    const row = (name: string, i: number): readonly number[] =>
      feeds[name] ? [...feeds[name].data.subarray(i * width, (i + 1) * width)] : [0, 0, 0, 0];
    const expected = IDS.flatMap((id, i) => {
      const [word, position] = [row('own.words.weight', id), row('own.positions.weight', firstPosition + (i % 3))];
      return row('own.types.weight', 0).map((type, h) => word[h]! + position[h]! + type);
    });
    expect(y.shape).toEqual([2, 3, width]);
    expectClose(y.data, expected, tolerance.exactFloat64);
  });

  test('has the right gradient, also for a word that comes twice', () => {
    expectGradient(feeds, (p) => tokenEmbeddings(p, 'own', constant(int32(2, 3), IDS), size));
  });
});
