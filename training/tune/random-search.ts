import type { Rng } from '../../shared/random.ts';
import { drawValues, triedValues, type Search } from './search.ts';
import type { SearchSpace } from './space.ts';

export interface RandomSearchOptions {
  readonly space: SearchSpace;
  readonly trials: number;
  readonly maxEpochs: number;
  readonly rng: Rng;
}

/** Configurations at random, all trained to the end. */
export function createRandomSearch({ space, trials, maxEpochs, rng }: RandomSearchOptions): Search {
  return {
    next(finished) {
      if (finished.length >= trials) return 'done';
      const number = finished.length + 1;
      const values = drawValues(space, triedValues(finished), rng.fork(`trial ${number}`));
      if (values === undefined) return 'exhausted';
      return { number, trial: { id: number, values }, round: 0, fromEpoch: 0, toEpoch: maxEpochs, last: true };
    },
    open: () => [],
    planned: { rounds: trials, epochs: trials * maxEpochs },
  };
}
