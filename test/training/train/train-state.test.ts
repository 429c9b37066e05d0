import { describe, expect, test } from 'vitest';
import { createRng } from '../../../shared/random.ts';
import { initParameters, normal, ones } from '../../../training/nn/parameter.ts';
import { crfHead } from '../../../training/train/crf-head.ts';
import { initialState, parameterViews } from '../../../training/train/train-state.ts';

const specs = [
  { name: 'w', shape: [2, 3], init: normal(1) },
  { name: 'scale', shape: [], init: ones },
  { name: 'b', shape: [2], init: normal(1) },
];

describe('initialState', () => {
  test('lays fresh parameters side by side, in the order of their specs, with moments of zero', () => {
    const state = initialState(specs, { moments: ['mean', 'square'], trained: 7, rng: createRng(1, 'parameters') });
    const separate = initParameters(specs, createRng(1, 'parameters'));
    expect([...state.parameters]).toEqual([...separate.get('w')!, 1, ...separate.get('b')!]);
    expect(state.moments).toEqual({ mean: new Float32Array(7), square: new Float32Array(7) });
    expect(state).toMatchObject({ epoch: 0, step: 0, best: undefined });
  });
});

describe('parameterViews', () => {
  test('are windows on the flat vector, not copies', () => {
    const flat = Float32Array.from([1, 2, 3, 4, 5, 6, 7, 8, 9]);
    const views = parameterViews(specs, flat);
    expect([...views].map(([name, { shape, data }]) => [name, shape, [...data]])).toEqual([
      ['w', [2, 3], [1, 2, 3, 4, 5, 6]],
      ['scale', [], [7]],
      ['b', [2], [8, 9]],
    ]);
    flat[7] = 80;
    expect(views.get('b')!.data[0]).toBe(80);
  });
});

describe('crfHead', () => {
  test('takes the scores out of the flat vector, transitions from row to column', () => {
    const parameters = [
      { name: 'w', shape: [1], init: ones },
      { name: 'crf.start', shape: [2], init: ones },
      { name: 'crf.end', shape: [2], init: ones },
      { name: 'crf.transitions', shape: [2, 2], init: ones },
    ];
    expect(crfHead(parameters, Float32Array.of(0, 1, 2, 3, 4, 5, 6, 7, 8))).toEqual({
      kind: 'crf',
      start: [1, 2],
      end: [3, 4],
      transitions: [
        [5, 6],
        [7, 8],
      ],
    });
  });
});
