import { describe, expect, test } from 'vitest';
import { bioConstraints } from '../../../shared/decode/constraints.ts';
import { viterbi } from '../../../shared/decode/viterbi.ts';
import { createRng, type Rng } from '../../../shared/random.ts';
import { fitTemperature, type GoldChain } from '../../../training/export/fit-temperature.ts';
import { distribution, isAllowed, randomChain, scoreOf } from '../../support/path-enumeration.ts';

const labels = ['O', 'B-x', 'I-x'];
const constraints = bioConstraints(labels);

/** The search leaves at most half a per cent on either side, and the grid as much again. */
const LOG_ACCURACY = 0.011;
const GRID = 350;

/** Chains whose gold path is drawn from what the model says at this temperature. */
function drawn(rng: Rng, count: number, temperature: number): GoldChain[] {
  return Array.from({ length: count }, (_, i) => {
    const chain = { ...randomChain(rng, 1 + (i % 4), labels.length), constraints };
    const { paths } = distribution(chain, temperature);
    let rest = rng.uniform();
    const gold = paths.find(({ probability }) => (rest -= probability) < 0) ?? paths.at(-1)!;
    return { chain, gold: gold.path };
  });
}

/** The best temperature of a grid over all that is searched, every path of every chain scored at each. */
function bestOfGrid(sentences: readonly GoldChain[]): number {
  const losses = Array.from({ length: GRID }, (_, i) => {
    const temperature = 0.25 * 32 ** (i / (GRID - 1));
    const loss = sentences.reduce((sum, { chain, gold }) => {
      const { logPartition } = distribution(chain, temperature);
      return sum + logPartition - scoreOf(chain, Array.from(gold)) / temperature;
    }, 0);
    return { temperature, loss };
  });
  return losses.reduce((best, next) => (next.loss < best.loss ? next : best)).temperature;
}

describe('fitTemperature', () => {
  test.each([0.5, 1, 2, 4])('is the best of a fine grid, for gold drawn at temperature %f', (temperature) => {
    const sentences = drawn(createRng(1, String(temperature)), 20, temperature);
    const found = fitTemperature(sentences);
    expect(Math.abs(Math.log(found / bestOfGrid(sentences)))).toBeLessThan(LOG_ACCURACY);
  });

  test('recovers the temperature that gold was drawn at, given enough of it', () => {
    const temperature = 2;
    const sentences = drawn(createRng(2, 'many'), 500, temperature);
    // The Fisher information of log T is the variance of the scores under the model, divided by T squared.
    const information = sentences.reduce((sum, { chain }) => {
      const { paths } = distribution(chain, temperature);
      const mean = (power: number): number =>
        paths.reduce((total, { path, probability }) => total + probability * scoreOf(chain, path) ** power, 0);
      return sum + (mean(2) - mean(1) ** 2) / temperature ** 2;
    }, 0);
    const standardErrors = Math.abs(Math.log(fitTemperature(sentences) / temperature)) * Math.sqrt(information);
    expect(standardErrors).toBeLessThan(4);
    // Or four standard errors would say little: they are less than a fifth.
    expect(4 / Math.sqrt(information)).toBeLessThan(0.2);
  });

  test('is as low as it goes where the model is always right, as high where it is always wrong', () => {
    const rng = createRng(3);
    const chains = Array.from({ length: 10 }, () => ({ ...randomChain(rng, 3, labels.length), constraints }));
    const right = chains.map((chain) => ({ chain, gold: viterbi(chain).path }));
    expect(Math.abs(Math.log(fitTemperature(right) / 0.25))).toBeLessThan(LOG_ACCURACY);
    const wrong = chains.map((chain) => {
      const paths = distribution(chain).paths.filter(({ path }) => isAllowed(chain, path));
      return { chain, gold: paths.reduce((worst, next) => (next.probability < worst.probability ? next : worst)).path };
    });
    expect(Math.abs(Math.log(fitTemperature(wrong) / 8))).toBeLessThan(LOG_ACCURACY);
  });

  test('is 1 where there is nothing to fit it on', () => {
    expect(fitTemperature([])).toBe(1);
  });
});
