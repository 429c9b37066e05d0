import { z } from 'zod';

/** How long the rate rises from 0 to its peak: a share of all steps, rounded up as transformers does, or a number of steps. */
const warmup = z
  .union([z.strictObject({ ratio: z.number().min(0).max(1) }), z.strictObject({ steps: z.int().nonnegative() })])
  .default({ ratio: 0.1 });

/** Settings of each schedule, without the peak and the number of steps, which are those of the training. */
export const scheduleSettingsSchema = z.discriminatedUnion('name', [
  z.strictObject({ name: z.literal('linear'), warmup }),
  z.strictObject({ name: z.literal('cosine'), warmup }),
  z.strictObject({ name: z.literal('constant'), warmup }),
  z.strictObject({
    name: z.literal('inverse-square-root'),
    warmup,
    /** Steps from the peak until the rate is 1 / sqrt(2) of it; null for the warm-up's, or 10,000 without. */
    timescale: z.number().positive().nullable().default(null),
  }),
]);

/** Settings with every default filled in. */
export type ScheduleSettings = z.output<typeof scheduleSettingsSchema>;
export type ScheduleName = ScheduleSettings['name'];

/** The settings of one schedule. */
type SettingsOf<Name extends ScheduleName> = Extract<ScheduleSettings, { readonly name: Name }>;

export interface Course {
  /** The rate after the warm-up. */
  readonly peak: number;
  /** Steps of the whole training. */
  readonly totalSteps: number;
}

/** One schedule for a training of a known length: settings whose warm-up is in steps. */
export type ScheduleOf<Name extends ScheduleName> = Omit<SettingsOf<Name>, 'name' | 'warmup'> &
  Course & { readonly warmupSteps: number };

export type Schedule = { readonly [Name in ScheduleName]: ScheduleOf<Name> & { readonly name: Name } }[ScheduleName];

/** The settings for a training of so many steps. */
export function scheduleOf({ warmup, ...settings }: ScheduleSettings, { peak, totalSteps }: Course): Schedule {
  const warmupSteps = 'steps' in warmup ? warmup.steps : Math.ceil(warmup.ratio * totalSteps);
  return { ...settings, peak, totalSteps, warmupSteps };
}
