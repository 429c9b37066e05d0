import { z } from 'zod';
import { NerError } from '../../shared/ner-error.ts';

/** How some of the parameters are trained. */
export interface ParameterGroup {
  /** What the scheduled learning rate is multiplied by; 0 freezes the parameters. */
  readonly learningRate: number;
  readonly weightDecay: number;
}

/** The group of each parameter, by its name. */
export type Grouping = (name: string) => ParameterGroup;

const ownRate = z.number().positive().nullable().default(null);

export const groupSettingsSchema = z.strictObject({
  /** Of all parameters but biases, LayerNorm and CRF. */
  weightDecay: z.number().nonnegative().default(0.01),
  /** Peak rate of what is not encoder; null for that of all. */
  headLearningRate: ownRate,
  /** Peak rate of the CRF's scores; null for that of all. */
  crfLearningRate: ownRate,
  /** What the rate is multiplied by from each encoder layer to the one below it. */
  layerDecay: z.number().positive().max(1).default(1),
  /** What is not trained: nothing, the embeddings, these and so many layers from the bottom, or the whole encoder. */
  freeze: z.union([z.enum(['none', 'embeddings', 'encoder']), z.int().positive()]).default('none'),
});

/** Settings with every default filled in. */
export type GroupSettings = z.output<typeof groupSettingsSchema>;

export interface GroupingContext {
  /** Layers of the encoder; 0 without one. */
  readonly layers: number;
  /** Peak rate, which own rates become multiples of. */
  readonly learningRate: number;
}

/**
 * Puts parameters into groups by their names: `layers.N.*` with the lowest first, below them `embeddings.*` and
 * `relative.*`, which all layers share; `crf.*`; and as the head everything else.
 *
 * - Weight decay: none of biases, LayerNorm and the CRF's scores.
 * - Layer-wise decay of the rate (Clark et al. 2020, https://arxiv.org/abs/2003.10555, counted from the head as in BEiT):
 *   decay^(layers - N) for layer N, decay^(layers + 1) for the embeddings, 1 for head and CRF.
 *
 * @throws {E_USAGE} more layers are to be frozen than there are, or a rate of its own is a multiple of a rate of 0
 */
export function createGrouping(settings: GroupSettings, { layers, learningRate }: GroupingContext): Grouping {
  const frozenBelow = frozenDepths(settings.freeze, layers);
  const multiple = (setting: 'headLearningRate' | 'crfLearningRate'): number => {
    const own = settings[setting];
    if (own === null) return 1;
    if (learningRate > 0) return own / learningRate;
    throw new NerError('E_USAGE', `${setting}: the learning rate of all is 0, got ${own}; expected null.`);
  };
  const [head, crf] = [multiple('headLearningRate'), multiple('crfLearningRate')];
  const rateOf = (name: string): number => {
    if (name.startsWith('crf.')) return crf;
    const depth = depthOf(name);
    if (depth === undefined) return head;
    return depth < frozenBelow ? 0 : settings.layerDecay ** (layers + 1 - depth);
  };
  return (name) => ({
    learningRate: rateOf(name),
    weightDecay: UNDECAYED.test(name) ? 0 : settings.weightDecay,
  });
}

/** Biases, LayerNorm and CRF: `layers.0.attention.norm.weight`, `classifier.bias`, `crf.transitions`. */
const UNDECAYED = /^crf\.|(^|\.)norm\.|(^|\.)bias$/;

/** 0 for the embeddings, N + 1 for layer N, undefined for what is no part of the encoder. */
function depthOf(name: string): number | undefined {
  if (/^(embeddings|relative)\./.test(name)) return 0;
  const layer = /^layers\.(\d+)\./.exec(name);
  return layer === null ? undefined : Number(layer[1]) + 1;
}

/** Parts of the encoder below this depth are frozen. */
function frozenDepths(freeze: GroupSettings['freeze'], layers: number): number {
  if (freeze === 'none') return 0;
  if (freeze === 'embeddings') return 1;
  if (freeze === 'encoder') return layers + 1;
  if (freeze <= layers) return freeze + 1;
  throw new NerError(
    'E_USAGE',
    `freeze: the encoder has not so many layers, got ${freeze}; expected at most ${layers}.`,
  );
}
