import type { Sentence } from '../../shared/corpus/conll.ts';
import type { Figures } from '../../shared/evaluation/figures.ts';
import { createDevEvaluator } from '../train/dev-evaluator.ts';
import type { PreparedTagger } from '../train/prepared-tagger.ts';
import { parameterViews } from '../train/train-state.ts';

/** The word-level tagger's last bias; O is the first label. */
const OUTPUT_BIAS = 'output.bias';

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
 * Finds how much less O has to score for the best F1 on dev. A student is less sure than its teacher, and what it is not
 * sure of it leaves out, though F1 would rather have it: of two labels at even odds one is right. Of equal ones the least.
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
      const { data } = parameterViews(tagger.model.parameters, changed).get(OUTPUT_BIAS)!;
      data[0]! -= bias;
      const { entities: dev } = await evaluator.evaluate(changed, 0);
      if (best === undefined || dev.f1 > best.dev.f1) best = { parameters: changed, bias, dev };
    }
    return best!;
  } finally {
    await evaluator.release();
  }
}
