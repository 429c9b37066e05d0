import { describe, expect, test } from 'vitest';
import { createRng } from '../../../shared/random.ts';
import { initParameters, normal, ones, size, uniform, zeros } from '../../../training/nn/parameter.ts';

const COUNT = 20_000;

function moments(values: Float32Array): { readonly mean: number; readonly deviation: number } {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length;
  return { mean, deviation: Math.sqrt(variance) };
}

describe('initializers', () => {
  test('zeros and ones fill the shape', () => {
    expect([...zeros(createRng(1), [2, 2])]).toEqual([0, 0, 0, 0]);
    expect([...ones(createRng(1), [3])]).toEqual([1, 1, 1]);
    expect(size([])).toBe(1);
    expect(size([2, 0, 3])).toBe(0);
  });

  test('uniform lies within its bound, with the moments of a uniform distribution', () => {
    const values = uniform(0.5)(createRng(1), [COUNT / 2, 2]);
    expect(values.length).toBe(COUNT);
    expect(values.every((value) => value >= -0.5 && value < 0.5)).toBe(true);
    const { mean, deviation } = moments(values);
    // Standard errors: of the mean 0.29/sqrt(n), of the deviation less; five of them.
    const allowed = (5 * 0.29) / Math.sqrt(COUNT);
    expect(Math.abs(mean)).toBeLessThan(allowed);
    expect(Math.abs(deviation - 0.5 / Math.sqrt(3))).toBeLessThan(allowed);
  });

  test('normal has mean 0, the given deviation, and the tails of a normal distribution', () => {
    const values = normal(2)(createRng(1), [COUNT]);
    const { mean, deviation } = moments(values);
    const allowed = (5 * 2) / Math.sqrt(COUNT);
    expect(Math.abs(mean)).toBeLessThan(allowed);
    expect(Math.abs(deviation - 2)).toBeLessThan(allowed);
    // 4.55 % lie beyond two deviations; the standard error of that share is 0.15 %.
    const beyond = values.filter((value) => Math.abs(value) > 4).length / COUNT;
    expect(Math.abs(beyond - 0.0455)).toBeLessThan(5 * 0.0015);
  });
});

describe('initParameters', () => {
  const a = { name: 'a', shape: [2, 3], init: uniform(1) };
  const b = { name: 'b', shape: [4], init: normal(1) };
  const c = { name: 'c', shape: [4], init: normal(1) };

  test('gives the same values for the same seed, others for another', () => {
    const first = initParameters([a, b], createRng(1, 'init'));
    expect(initParameters([a, b], createRng(1, 'init'))).toEqual(first);
    expect(initParameters([a, b], createRng(2, 'init')).get('a')).not.toEqual(first.get('a'));
    expect([...first].map(([name, values]) => [name, values.length])).toEqual([
      ['a', 6],
      ['b', 4],
    ]);
  });

  test('draws each parameter from a stream of its own', () => {
    const alone = initParameters([b], createRng(1, 'init'));
    const among = initParameters([c, a, b], createRng(1, 'init'));
    expect(among.get('b')).toEqual(alone.get('b'));
    expect(among.get('c')).not.toEqual(among.get('b'));
  });
});
