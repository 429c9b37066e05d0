import { expect, test } from 'vitest';
import { uncased } from '../../../shared/places/uncased.ts';

test.each([
  ['Glasgow', 'glasgow'],
  ['São', 'sao'],
  ['MÜNCHEN', 'munchen'],
  ['[geo]', '[geo]'],
])('%s is %s', (word, lower) => {
  expect(uncased(word)).toBe(lower);
});
