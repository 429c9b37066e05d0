import { describe, expect, test } from 'vitest';
import { createRng } from '../../../shared/random.ts';
import { initParameters, normal, ones } from '../../../training/nn/parameter.ts';
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

  test('takes pre-trained values where there are some, which leave the others as they are', () => {
    const options = { moments: [], trained: 9, rng: createRng(1, 'parameters') };
    const pretrained = new Map([['scale', Float32Array.of(7)]]);
    const expected = initialState(specs, options).parameters;
    expected[6] = 7;
    expect(initialState(specs, { ...options, pretrained }).parameters).toEqual(expected);
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
