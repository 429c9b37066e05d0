import type { Sentence } from '../../shared/corpus/conll.ts';
import type { Figures } from '../../shared/evaluation/figures.ts';
import { createDevEvaluator } from './dev-evaluator.ts';
import type { PreparedTagger } from './prepared-tagger.ts';
import { parameterViews } from './train-state.ts';

/** What is tried: O scores so much less, in steps of a quarter. At 3 an entity needs a twentieth of O's odds. */
const TRIED = Array.from({ length: 13 }, (_, i) => i / 4);

export interface OutsideBiasOptions {
  readonly tagger: PreparedTagger;
  readonly dev: readonly Sentence[];
  readonly threads: number;
}

/** Parameters under which O scores less, and what that gives on dev. */
export interface OutsideBias {
  readonly parameters: Float32Array;
  readonly bias: number;
  readonly dev: Figures;
}

/**
 * Finds how much less O has to score for the best F1 on dev. What a tagger is not sure of it leaves out, though F1 would
 * rather have it: of two labels at even odds one is right. Of equal ones the least.
 *
 * @param parameters flat; they are left as they are
 */
export async function fitOutsideBias(parameters: Float32Array, options: OutsideBiasOptions): Promise<OutsideBias> {
  const { tagger } = options;
  const evaluator = await createDevEvaluator({ ...options, device: 'cpu' });
  try {
    let best: OutsideBias | undefined;
    for (const bias of TRIED) {
      const changed = parameters.slice();
      const { data } = parameterViews(tagger.model.parameters, changed).get(tagger.model.outputBias)!;
      // O is the first label.
      data[0]! -= bias;
      const { entities: dev } = await evaluator.evaluate(changed, 0);
      if (best === undefined || dev.f1 > best.dev.f1) best = { parameters: changed, bias, dev };
    }
    return best!;
  } finally {
    await evaluator.release();
  }
}
