import { NerError } from '../../shared/ner-error.ts';
import type { Tensor, Tensors } from '../engine/index.ts';
import { balancedClassWeights } from './class-weights.ts';
import { crfLikelihood } from './crf-likelihood.ts';
import { crossEntropy } from './cross-entropy.ts';
import { distillation, type TaughtBatch } from './distillation.ts';
import { focalSigmoid, focalSoftmax } from './focal.ts';
import type { LabelledBatch } from './labelled-batch.ts';
import type { ClassWeightSettings, LossName, LossSettingsOf } from './loss-settings.ts';

export type { TaughtBatch } from './distillation.ts';
export type { LabelledBatch } from './labelled-batch.ts';
export { lossSettingsSchema, type LossName, type LossSettings } from './loss-settings.ts';

/** The mean over the labelled positions of a batch, float32 []; `p` has the model's parameters. */
export type Loss = (p: Tensors, batch: LabelledBatch & Partial<TaughtBatch>) => Tensor;

/** What a loss has to know of the corpus. */
export interface LossContext {
  /** How often each label occurs in the training set, [L]. */
  readonly labelCounts: readonly number[];
}

export interface LossDef<K extends LossName> {
  /** Whether it reads the scores of a CRF, which the model then needs among its parameters. */
  readonly crf: boolean;
  /** Whether its batches have to say what a teacher thinks: `TaughtBatch`. */
  readonly taught: boolean;
  readonly create: (settings: LossSettingsOf<K>, context: LossContext) => Loss;
}

export const losses = {
  crf: { crf: true, taught: false, create: () => crfLikelihood },
  'cross-entropy': {
    crf: false,
    taught: false,
    create: ({ labelSmoothing, ...settings }, context) => {
      const classWeights = weightsOf(settings.classWeights, context);
      return (_, batch) => crossEntropy(batch, { labelSmoothing, classWeights });
    },
  },
  distillation: {
    crf: false,
    taught: true,
    create:
      ({ temperature, teacherShare }) =>
      (p, batch) =>
        distillation(p, taughtBatch(batch), { temperature, teacherShare, labels: 'cross-entropy' }),
  },
  'distillation-crf': {
    crf: true,
    taught: true,
    create:
      ({ temperature, teacherShare }) =>
      (p, batch) =>
        distillation(p, taughtBatch(batch), { temperature, teacherShare, labels: 'crf' }),
  },
  'focal-sigmoid': {
    crf: false,
    taught: false,
    create:
      ({ alpha, gamma }) =>
      (_, batch) =>
        focalSigmoid(batch, { alpha, gamma }),
  },
  'focal-softmax': {
    crf: false,
    taught: false,
    create: ({ gamma, ...settings }, context) => {
      const classWeights = weightsOf(settings.classWeights, context);
      return (_, batch) => focalSoftmax(batch, { gamma, classWeights });
    },
  },
} satisfies { readonly [K in LossName]: LossDef<K> };

/**
 * The loss that the settings name.
 *
 * @throws {E_USAGE} class weights are not one for each label
 */
export function createLoss<K extends LossName>(settings: LossSettingsOf<K> & { kind: K }, context: LossContext): Loss {
  const table: { readonly [N in LossName]: LossDef<N> } = losses;
  return table[settings.kind].create(settings, context);
}

/** Whoever makes the batches of a loss that is `taught` puts the teacher in. */
function taughtBatch(batch: LabelledBatch & Partial<TaughtBatch>): TaughtBatch {
  const { teacher } = batch;
  if (teacher !== undefined) return { ...batch, teacher };
  throw new NerError(
    'E_USAGE',
    'loss.kind: distillation needs a teacher, got a batch without one. Distil with `tagwright distill`, or choose another loss.',
  );
}

function weightsOf(settings: ClassWeightSettings, { labelCounts }: LossContext): readonly number[] | undefined {
  if (settings === 'none') return undefined;
  if (settings === 'balanced') return balancedClassWeights(labelCounts);
  if (settings.length === labelCounts.length) return settings;
  throw new NerError(
    'E_USAGE',
    `loss.classWeights: wrong number of weights, got ${settings.length}; expected ${labelCounts.length}, one for each label in the order of the label set.`,
  );
}
