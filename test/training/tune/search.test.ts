import { describe, expect, test } from 'vitest';
import { createRng } from '../../../shared/random.ts';
import { createGridSearch } from '../../../training/tune/grid-search.ts';
import { createRandomSearch } from '../../../training/tune/random-search.ts';
import { drawValues } from '../../../training/tune/search.ts';
import { expectFails } from '../../support/expect-fails.ts';
import { history } from '../../support/synthetic-trial.ts';

describe('createGridSearch', () => {
  const space = { 'a.x': { choice: ['p', 'q'] }, 'b.y': { range: [1, 3, 1] as [number, number, number] } };

  test('runs every configuration once, the last setting fastest, each to the end', () => {
    const search = createGridSearch({ space, maxEpochs: 4 });
    const finished = history(search, (number) => (number === 3 ? null : 0.5));
    expect(finished.map(({ trial: { values } }) => JSON.stringify(Object.values(values)))).toEqual(
      ['p', 'q'].flatMap((x) => [1, 2, 3].map((y) => JSON.stringify([x, y]))),
    );
    expect(finished.map(({ trial, number }) => [trial.id, number])).toEqual([1, 2, 3, 4, 5, 6].map((n) => [n, n]));
    for (const round of finished) expect(round).toMatchObject({ round: 0, fromEpoch: 0, toEpoch: 4, last: true });
    expect(search.planned).toEqual({ rounds: 6, epochs: 24 });
    expect(search.next(finished)).toBe('done');
    expect(search.open(finished)).toEqual([]);
  });

  test('fails when a setting has values without number, naming it', () => {
    const wide = { ...space, 'c.z': { log: [1, 2] as [number, number] } };
    expectFails(() => createGridSearch({ space: wide, maxEpochs: 4 }), 'E_USAGE', 'space: c.z: a grid needs');
  });
});

describe('createRandomSearch', () => {
  const options = { space: { rate: { range: [0, 1] as [number, number] } }, trials: 20, maxEpochs: 3 };
  const values = (seed: number): unknown[] =>
    history(createRandomSearch({ ...options, rng: createRng(seed) }), () => 0.5).map(({ trial }) => trial.values);

  test('runs as many different configurations as it is asked for', () => {
    expect(new Set(values(1).map((value) => JSON.stringify(value))).size).toBe(20);
    expect(createRandomSearch({ ...options, rng: createRng(1) }).planned).toEqual({ rounds: 20, epochs: 60 });
  });

  test('is the same for the same seed, whatever the scores, and another for another', () => {
    const failed = history(createRandomSearch({ ...options, rng: createRng(1) }), () => null);
    expect(failed.map(({ trial }) => trial.values)).toEqual(values(1));
    expect(values(2)).not.toEqual(values(1));
  });

  test('draws trials that do not depend on each other', () => {
    const finished = history(createRandomSearch({ ...options, trials: 400, rng: createRng(1) }), () => 0.5);
    const rates = finished.map(({ trial }) => trial.values['rate'] as number);
    for (const lag of [1, 2, 3, 4, 5, 8, 10]) {
      const near = rates.slice(lag).filter((rate, i) => Math.abs(rate - rates[i]!) < 0.05).length;
      // Two independent numbers are that near with probability 1 - 0.95^2; 400 pairs, five standard deviations.
      expect(near / (400 - lag)).toBeLessThan(0.0975 + 5 * Math.sqrt((0.0975 * 0.9025) / (400 - lag)));
    }
  });

  test('ends when there is hardly another configuration', () => {
    const space = { kind: { choice: ['a', 'b'] } };
    const search = createRandomSearch({ ...options, space, rng: createRng(1) });
    const finished = history(search, () => 0.5);
    expect(finished).toHaveLength(2);
    expect(search.next(finished)).toBe('exhausted');
  });
});

test('drawValues tries 20 times after a collision, then gives up', () => {
  const space = { rate: { range: [0, 1] as [number, number] } };
  let draws = 0;
  const stuck = { ...createRng(1), uniform: () => ((draws += 1), draws <= 20 ? 0.5 : 0.25) };
  expect(drawValues(space, [{ rate: 0.5 }], stuck)).toEqual({ rate: 0.25 });
  expect(draws).toBe(21);
  draws = 0;
  expect(drawValues(space, [{ rate: 0.5 }, { rate: 0.25 }], stuck)).toBeUndefined();
  expect(draws).toBe(21);
});
