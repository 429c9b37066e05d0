import { z } from 'zod';

/** What a position of each label counts: all alike, all labels alike over the corpus, or a number for each label. */
const classWeights = z.union([z.literal(['none', 'balanced']), z.array(z.number().nonnegative())]).default('none');
/** What a student learns from its teacher; chosen on WNUT16 dev, docs/distillation.md has what was tried. */
const teaching = {
  temperature: z.number().min(1).default(2),
  teacherShare: z.number().min(0).max(1).default(0.7),
};
const gamma = z.number().nonnegative().default(2);

/** Settings of each loss; what is left out has its default. */
export const lossSettingsSchema = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('crf') }),
  z.strictObject({
    kind: z.literal('cross-entropy'),
    classWeights,
    labelSmoothing: z.number().min(0).lt(1).default(0),
  }),
  z.strictObject({ kind: z.literal('distillation'), ...teaching }),
  z.strictObject({ kind: z.literal('distillation-crf'), ...teaching }),
  z.strictObject({ kind: z.literal('focal-sigmoid'), alpha: z.number().min(0).max(1).default(0.25), gamma }),
  z.strictObject({ kind: z.literal('focal-softmax'), classWeights, gamma }),
]);

/** Settings with every default filled in. */
export type LossSettings = z.output<typeof lossSettingsSchema>;
export type LossName = LossSettings['kind'];
/** The settings of one loss. */
export type LossSettingsOf<K extends LossName> = Extract<LossSettings, { readonly kind: K }>;
export type ClassWeightSettings = z.output<typeof classWeights>;
