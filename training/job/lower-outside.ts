import { fitOutsideBias, type OutsideBiasOptions } from '../train/outside-bias.ts';
import type { PreparedRun } from './train-and-export.ts';

/** Lowers the score of O by what is best on dev, and says by how much. */
export function loweringOutside(options: OutsideBiasOptions): NonNullable<PreparedRun['finish']> {
  return async function* (parameters) {
    const { bias, dev, parameters: changed } = await fitOutsideBias(parameters, options);
    yield { type: 'outside-bias', bias, dev };
    return { parameters: changed, recipe: { outsideBias: bias } };
  };
}
