import { describe, expect, test } from 'vitest';
import { addCounts, figuresOf, macroAverage, weightedAverage } from '../../../shared/evaluation/figures.ts';

describe('figuresOf', () => {
  test.each([
    ['some correct', { correct: 1, predicted: 2, gold: 4 }, { precision: 0.5, recall: 0.25, f1: 1 / 3, support: 4 }],
    ['none correct', { correct: 0, predicted: 2, gold: 4 }, { precision: 0, recall: 0, f1: 0, support: 4 }],
    ['nothing predicted', { correct: 0, predicted: 0, gold: 4 }, { precision: 0, recall: 0, f1: 0, support: 4 }],
    ['nothing at all', { correct: 0, predicted: 0, gold: 0 }, { precision: 0, recall: 0, f1: 0, support: 0 }],
  ])('%s', (_case, counts, expected) => {
    expect(figuresOf(counts)).toEqual(expected);
  });
});

test('addCounts adds each count by itself', () => {
  const counts = [
    { correct: 1, predicted: 2, gold: 3 },
    { correct: 10, predicted: 20, gold: 30 },
  ];
  expect(addCounts(counts)).toEqual({ correct: 11, predicted: 22, gold: 33 });
});

describe('averages over types', () => {
  // One type found, one only predicted: support 3 and 0.
  const perType = [
    { precision: 1, recall: 0.5, f1: 0.75, support: 3 },
    { precision: 0, recall: 0, f1: 0, support: 0 },
  ];

  test('macro counts a type that was only predicted', () => {
    expect(macroAverage(perType)).toEqual({ precision: 0.5, recall: 0.25, f1: 0.375, support: 3 });
  });

  test('weighted does not', () => {
    expect(weightedAverage(perType)).toEqual({ precision: 1, recall: 0.5, f1: 0.75, support: 3 });
  });

  test('over no types are 0', () => {
    const zero = { precision: 0, recall: 0, f1: 0, support: 0 };
    expect([macroAverage([]), weightedAverage([])]).toEqual([zero, zero]);
  });
});
