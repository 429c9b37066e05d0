import { expect, test } from 'vitest';
import { allowsOwnVectors, namedVectors } from '../../cli/vector-flag.ts';

test('none names no vectors and keeps a recipe from its own; without the flag it may use them', () => {
  expect([namedVectors('none'), allowsOwnVectors('none')]).toEqual([undefined, false]);
  expect([namedVectors('glove.txt'), allowsOwnVectors('glove.txt')]).toEqual(['glove.txt', true]);
  expect([namedVectors(undefined), allowsOwnVectors(undefined)]).toEqual([undefined, true]);
});
