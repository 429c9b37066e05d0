import { z } from 'zod';

const beta = z.number().min(0).lt(1);
const adamBetas = { beta1: beta.default(0.9), beta2: beta.default(0.999) };
const epsilon = z.number().nonnegative();

/**
 * Settings of each optimiser; what is left out is as in the library that it is of. Learning rate and weight decay belong
 * to parameter groups and schedule.
 */
export const optimizerSettingsSchema = z.discriminatedUnion('name', [
  z.strictObject({ name: z.literal('adamw'), ...adamBetas, epsilon: epsilon.default(1e-8) }),
  z.strictObject({ name: z.literal('adam'), ...adamBetas, epsilon: epsilon.default(1e-8) }),
  z.strictObject({ name: z.literal('keras-adam'), ...adamBetas, epsilon: epsilon.default(1e-7) }),
  z
    .strictObject({ name: z.literal('sgd'), momentum: beta.default(0), nesterov: z.boolean().default(false) })
    .refine(({ momentum, nesterov }) => momentum > 0 || !nesterov, {
      path: ['nesterov'],
      message: "Nesterov's momentum needs a momentum above 0",
    }),
]);

/** Settings with every default filled in. */
export type OptimizerSettings = z.output<typeof optimizerSettingsSchema>;
export type OptimizerName = OptimizerSettings['name'];
/** The settings of one optimiser. */
export type OptimizerSettingsOf<Name extends OptimizerName> = Extract<OptimizerSettings, { readonly name: Name }>;
