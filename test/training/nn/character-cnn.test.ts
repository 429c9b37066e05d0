import { describe, expect, test } from 'vitest';
import { createRng } from '../../../shared/random.ts';
import { ndArray } from '../../../training/engine/index.ts';
import { characterCnn, characterCnnParameters } from '../../../training/nn/character-cnn.ts';
import { expectClose } from '../../support/close.ts';
import { randomArray } from '../../support/engine.ts';
import { expectGradient, valueOf } from '../../support/layer-check.ts';
import { tolerance } from '../../support/tolerance.ts';

const [B, T, C, ROWS, WIDTH, FILTERS] = [2, 2, 5, 7, 3, 4];
const rng = createRng(1, 'characters');
const feeds = {
  ids: ndArray(
    'int32',
    [B, T, C],
    Array.from({ length: B * T * C }, () => rng.int(ROWS)),
  ),
  'c.embedding': randomArray(rng, [ROWS, WIDTH]),
  'c.filters.weight': randomArray(rng, [3 * WIDTH, FILTERS]),
  'c.filters.bias': randomArray(rng, [FILTERS]),
};

/** The answer of one filter to three neighbouring characters; -1 stands for what is beyond the word. */
function answer(three: readonly number[], filter: number): number {
  let sum = feeds['c.filters.bias'].data[filter]!;
  three.forEach((id, place) => {
    for (let i = 0; i < WIDTH && id >= 0; i++) {
      const weight = feeds['c.filters.weight'].data[(place * WIDTH + i) * FILTERS + filter]!;
      sum += feeds['c.embedding'].data[id * WIDTH + i]! * weight;
    }
  });
  return Math.max(0, sum);
}

describe('characterCnn', () => {
  test('takes the strongest answer of each filter over all places of the word', () => {
    const y = valueOf(feeds, (p) => characterCnn(p, 'c', p['ids']!));
    const expected: number[] = [];
    for (let word = 0; word < B * T; word++) {
      const ids = [-1, ...feeds.ids.data.subarray(word * C, (word + 1) * C), -1];
      for (let filter = 0; filter < FILTERS; filter++) {
        expected.push(Math.max(...Array.from({ length: C }, (_, at) => answer(ids.slice(at, at + 3), filter))));
      }
    }
    expect(y.shape).toEqual([B, T, FILTERS]);
    expectClose(y.data, expected, tolerance.exactFloat64);
  });

  test('has the right gradient', () => {
    expectGradient(feeds, (p) => characterCnn(p, 'c', p['ids']!));
  });

  test('names its parameters', () => {
    const specs = characterCnnParameters('c', { rows: ROWS, width: WIDTH, filters: FILTERS });
    expect(specs.map(({ name, shape }) => [name, shape])).toEqual([
      ['c.embedding', [ROWS, WIDTH]],
      ['c.filters.weight', [3 * WIDTH, FILTERS]],
      ['c.filters.bias', [FILTERS]],
    ]);
  });
});
