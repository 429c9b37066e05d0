/** The lengths of time that are counted apart. */
export type Grain = 'minute' | 'hour' | 'day';

export const GRAINS = ['minute', 'hour', 'day'] as const satisfies readonly Grain[];

export const GRAIN_MS: Readonly<Record<Grain, number>> = { minute: 60_000, hour: 3_600_000, day: 86_400_000 };

/** The number of the minute, hour or day (UTC) that a time is in, from 1970. */
export function bucketOf(timeMs: number, grain: Grain): number {
  return Math.floor(timeMs / GRAIN_MS[grain]);
}
