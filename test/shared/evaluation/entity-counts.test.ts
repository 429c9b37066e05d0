import { expect, test } from 'vitest';
import { compareEntities } from '../../../shared/evaluation/entity-counts.ts';

test('compareEntities counts an entity as correct when type, start and end agree', () => {
  const gold = [
    { type: 'b', start: 0, end: 2, sentence: 0 },
    { type: 'a', start: 3, end: 4, sentence: 0 },
    { type: 'a', start: 6, end: 8, sentence: 2 },
  ];
  const predicted = [
    { type: 'b', start: 0, end: 2, sentence: 0 }, // the same
    { type: 'c', start: 3, end: 4, sentence: 0 }, // another type
    { type: 'a', start: 7, end: 8, sentence: 2 }, // another start
    { type: 'a', start: 9, end: 10, sentence: 2 }, // not in gold
  ];
  const { byType, bySentence } = compareEntities(gold, predicted, 3);
  expect([...byType]).toEqual([
    ['a', { correct: 0, predicted: 2, gold: 2 }],
    ['b', { correct: 1, predicted: 1, gold: 1 }],
    ['c', { correct: 0, predicted: 1, gold: 0 }],
  ]);
  expect(bySentence).toEqual([
    { correct: 1, predicted: 2, gold: 2 },
    { correct: 0, predicted: 0, gold: 0 },
    { correct: 0, predicted: 2, gold: 1 },
  ]);
});
