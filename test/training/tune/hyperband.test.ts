import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createRng } from '../../../shared/random.ts';
import { bracketCount, createHyperband, roundEpochs, roundSize } from '../../../training/tune/hyperband.ts';
import type { Search } from '../../../training/tune/search.ts';
import type { SearchSpace } from '../../../training/tune/space.ts';
import type { FinishedRound } from '../../../training/tune/trial.ts';
import { expectFails } from '../../support/expect-fails.ts';
import { history } from '../../support/synthetic-trial.ts';

type GoldenRound = readonly [
  bracket: number,
  round: number,
  fromEpoch: number,
  toEpoch: number,
  from: number,
  score: number | null,
];

const golden = JSON.parse(readFileSync(new URL('../../golden/hyperband.json', import.meta.url), 'utf8')) as {
  readonly searches: readonly {
    readonly maxEpochs: number;
    readonly factor: number;
    readonly iterations: number;
    readonly rounds: readonly GoldenRound[];
  }[];
  /** By factor, from 1 epoch on. */
  readonly sizes: Readonly<Record<string, readonly (readonly [brackets: number, trials: number])[]>>;
};

const wide: SearchSpace = { rate: { range: [0, 1] } };

function hyperband(maxEpochs: number, factor: number, iterations = 1, space = wide): Search {
  return createHyperband({ space, maxEpochs, factor, iterations, rng: createRng(1) });
}

/** The round that another goes on from, by number; 0 for none. */
function before(finished: readonly FinishedRound[], { trial, number }: FinishedRound): number {
  return finished.findLast((other) => other.trial.id === trial.id && other.number < number)?.number ?? 0;
}

describe('createHyperband', () => {
  // From the formulas, by hand: trials @ epochs, round after round, brackets parted by a slash.
  const rows: readonly (readonly [number, string, number, number])[] = [
    [5, '5@2 2@5 / 3@5', 10, 31],
    [10, '12@2 4@4 2@10 / 6@4 2@10 / 4@10', 30, 120],
    [81, '81@1 27@3 9@9 3@27 1@81 / 34@3 12@9 4@27 2@81 / 15@9 5@27 2@81 / 8@27 3@81 / 5@81', 211, 1767],
  ];
  test.each(rows)('with %i epochs and factor 3 runs %s', (maxEpochs, table, trials, epochs) => {
    const search = hyperband(maxEpochs, 3);
    const finished = history(search, (number) => (number * 7) % 5);
    const brackets = Map.groupBy(finished, ({ bracket }) => bracket);
    const found = [...brackets.values()].map((rounds) =>
      [...Map.groupBy(rounds, ({ toEpoch }) => toEpoch)].map(([at, some]) => `${some.length}@${at}`).join(' '),
    );
    expect(found.join(' / ')).toBe(table);
    expect(finished.length).toBe(trials);
    expect(finished.reduce((sum, { fromEpoch, toEpoch }) => sum + toEpoch - fromEpoch, 0)).toBe(epochs);
    expect(search.planned).toEqual({ rounds: trials, epochs });
  });

  test.each(golden.searches)(
    'with $maxEpochs epochs, factor $factor and $iterations sweeps runs what KerasTuner runs, failures and all',
    ({ maxEpochs, factor, iterations, rounds }) => {
      const finished = history(hyperband(maxEpochs, factor, iterations), (number) => rounds[number - 1]?.[5]);
      const found = finished.map((round) => [
        round.bracket,
        round.round,
        round.fromEpoch,
        round.toEpoch,
        before(finished, round),
        round.score,
      ]);
      expect(found).toEqual(rounds);
      expect(hyperband(maxEpochs, factor, iterations).next(finished)).toBe('done');
    },
  );

  test('has as many brackets and trials as KerasTuner for 1 to 300 epochs and factors 2 to 10', () => {
    for (const [factor, sizes] of Object.entries(golden.sizes)) {
      const found = sizes.map((_, i) => {
        const budget = { maxEpochs: i + 1, factor: Number(factor) };
        return [bracketCount(budget), roundSize(budget, 0, 0)];
      });
      expect(found).toEqual(sizes);
    }
  });

  test('has as many brackets, trials and epochs as logarithms in floats say', () => {
    // log(243, 3) = 4.999999999999999 in floats, so 1 + log rounds up to 6 and not to 7; the loop counts 6 brackets.
    const budget = { maxEpochs: 243, factor: 3 };
    expect(bracketCount(budget)).toBe(6);
    expect([0, 5].map((bracket) => roundSize(budget, bracket, 0))).toEqual([6, 243]);
    expect([0, 5].map((round) => roundEpochs(budget, 5, round))).toEqual([1, 243]);
  });

  test('draws no configuration twice, and ends when there is hardly another', () => {
    const space: SearchSpace = { kind: { choice: ['a', 'b', 'c'] } };
    const search = hyperband(9, 3, 1, space);
    const finished = history(search, () => 0.5);
    expect(finished.map(({ trial }) => trial.values['kind']).sort()).toEqual(['a', 'b', 'c']);
    expect(search.next(finished)).toBe('exhausted');
  });

  test('keeps the checkpoints that a next round may need, and no others', () => {
    const scores = fc.array(fc.option(fc.integer({ min: 0, max: 5 })), { minLength: 30, maxLength: 30 });
    fc.assert(
      fc.property(scores, (drawn) => {
        const search = hyperband(10, 3);
        const finished = history(search, (number) => drawn[number - 1]);
        finished.forEach((_, i) => {
          const open = search.open(finished.slice(0, i));
          const next = finished[i]!;
          if (next.round > 0) expect(open.some(({ trial }) => trial.id === next.trial.id)).toBe(true);
          // No bracket of this search has more than its first round's twelve.
          expect(open.length).toBeLessThanOrEqual(12);
        });
        expect(search.open(finished)).toEqual([]);
      }),
    );
  });

  test.each([
    ['maxEpochs', { maxEpochs: 0 }],
    ['factor', { factor: 1 }],
    ['iterations', { iterations: 1.5 }],
  ])('fails when %s is out of range', (name, wrong) => {
    const options = { space: wide, maxEpochs: 5, factor: 3, iterations: 1, rng: createRng(1) };
    expectFails(() => createHyperband({ ...options, ...wrong }), 'E_USAGE', `hyperband: ${name}`);
  });
});
