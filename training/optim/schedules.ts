import type { Tensor } from '../engine/index.ts';
import { linearSchedule, type LinearScheduleOptions } from './linear-schedule.ts';

export interface ScheduleOptions {
  readonly linear: LinearScheduleOptions;
}

export type ScheduleName = keyof ScheduleOptions;

/** A schedule by name, with its settings. */
export type ScheduleSettings = {
  readonly [Name in ScheduleName]: { readonly name: Name } & ScheduleOptions[Name];
}[ScheduleName];

/** The learning rate of each step, from the count of finished steps, float32 []. */
export const schedules = {
  linear: linearSchedule,
} as const satisfies { readonly [Name in ScheduleName]: (step: Tensor, options: ScheduleOptions[Name]) => Tensor };
