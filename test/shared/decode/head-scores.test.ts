import { expect, test } from 'vitest';
import { headScores } from '../../../shared/decode/head-scores.ts';

test('a linear head has no opinion on which label follows which', () => {
  const zeros = (length: number): Float64Array => new Float64Array(length);
  expect(headScores({ kind: 'linear' }, 3)).toEqual({ start: zeros(3), end: zeros(3), transitions: zeros(9) });
});

test('a CRF has its scores, transitions row by row', () => {
  const transitions = [
    [5, 6],
    [7, 8],
  ];
  expect(headScores({ kind: 'crf', start: [1, 2], end: [3, 4], transitions }, 2)).toEqual({
    start: Float64Array.of(1, 2),
    end: Float64Array.of(3, 4),
    transitions: Float64Array.of(5, 6, 7, 8),
  });
});
