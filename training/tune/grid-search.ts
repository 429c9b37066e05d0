import { NerError } from '../../shared/ner-error.ts';
import type { Search } from './search.ts';
import { valuesOf, type JsonValue, type SearchSpace, type Values } from './space.ts';

export interface GridSearchOptions {
  readonly space: SearchSpace;
  readonly maxEpochs: number;
}

/**
 * Every configuration once, all trained to the end; the last setting of the space changes fastest.
 *
 * @throws {E_USAGE} a setting has values without number
 */
export function createGridSearch({ space, maxEpochs }: GridSearchOptions): Search {
  const axes = Object.entries(space).map(([path, dimension]): [string, readonly JsonValue[]] => {
    const values = valuesOf(dimension);
    if (values !== undefined) return [path, values];
    throw new NerError(
      'E_USAGE',
      `space: ${path}: a grid needs values that can be counted, got ${JSON.stringify(dimension)}. Give the range a step or the log a number of points.`,
    );
  });
  const total = axes.reduce((product, [, values]) => product * values.length, 1);
  return {
    next(finished) {
      const index = finished.length;
      if (index >= total) return 'done';
      const number = index + 1;
      return {
        number,
        trial: { id: number, values: point(axes, index) },
        round: 0,
        fromEpoch: 0,
        toEpoch: maxEpochs,
        last: true,
      };
    },
    open: () => [],
    planned: { rounds: total, epochs: total * maxEpochs },
  };
}

function point(axes: readonly (readonly [string, readonly JsonValue[]])[], index: number): Values {
  const chosen: [string, JsonValue][] = [];
  let rest = index;
  for (const [path, values] of axes.toReversed()) {
    chosen.unshift([path, values[rest % values.length]!]);
    rest = Math.floor(rest / values.length);
  }
  return Object.fromEntries(chosen);
}
