import { expect, test } from 'vitest';
import { tokenAccuracy } from '../../../shared/evaluation/token-accuracy.ts';

test('tokenAccuracy is the share of equal tags over all words', () => {
  expect(tokenAccuracy([['O', 'B-x'], [], ['O', 'O']], [['O', 'I-x'], [], ['O', 'O']])).toBe(0.75);
});

test('tokenAccuracy of no words is 0', () => {
  expect(tokenAccuracy([[]], [[]])).toBe(0);
});
