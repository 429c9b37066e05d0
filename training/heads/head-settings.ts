import { z } from 'zod';

/** Settings of each head; what is left out has its default. */
export const headSettingsSchema = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('linear') }),
  z.strictObject({
    kind: z.literal('convolution'),
    /** Tokens that a filter reads; odd. */
    window: z
      .int()
      .positive()
      .refine((size) => size % 2 === 1, { error: 'expected an odd number, so that a token is in the middle' })
      .default(3),
    filters: z.int().positive().default(256),
  }),
  z.strictObject({
    kind: z.literal('bilstm'),
    /** Width of the state in each direction. */
    units: z.int().positive().default(128),
    layers: z.int().positive().default(1),
  }),
]);

/** Settings with every default filled in. */
export type HeadSettings = z.output<typeof headSettingsSchema>;
export type HeadName = HeadSettings['kind'];
/** The settings of one head. */
export type HeadSettingsOf<K extends HeadName> = Extract<HeadSettings, { readonly kind: K }>;
