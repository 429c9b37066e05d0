import type { TrendWindow } from '../contracts/trends.ts';
import { GRAIN_MS, type Grain } from './grain.ts';

/** What one of the windows is made of. */
export interface WindowDef {
  readonly ms: number;
  /** Its counts are sums of these. */
  readonly grain: Grain;
  /** The past that it is compared with: stretches of these lengths, the first of which there is enough. */
  readonly past: readonly PastDef[];
  /** The small chart beside a name: how long it is, and its steps. */
  readonly glance: SeriesDef;
  /** The large chart of one name. */
  readonly history: SeriesDef;
}

/** A past: so many stretches, each weighing half of one that is `halfLife` stretches younger. */
export interface PastDef {
  readonly grain: Grain;
  readonly stretches: number;
  readonly halfLife: number;
  /** Fewer than this with tweets, and a shorter grain is looked at. */
  readonly atLeast: number;
}

/** A chart: steps of equal length, made of counts by `grain`. */
export interface SeriesDef {
  readonly grain: Grain;
  readonly stepMs: number;
  readonly steps: number;
}

const { minute, hour, day } = GRAIN_MS;

/** A week of hours, yesterday weighing half of today: long enough to know the time of day, short enough to forget. */
const HOURS: PastDef = { grain: 'hour', stretches: 7 * 24, halfLife: 24, atLeast: 6 };

/** For a stream that has just begun. */
const MINUTES: PastDef = { grain: 'minute', stretches: 180, halfLife: 60, atLeast: 5 };

export const WINDOWS: Readonly<Record<TrendWindow, WindowDef>> = {
  '10m': {
    ms: 10 * minute,
    grain: 'minute',
    past: [HOURS, MINUTES],
    glance: { grain: 'minute', stepMs: 2 * minute, steps: 30 },
    history: { grain: 'minute', stepMs: 2 * minute, steps: 90 },
  },
  '1h': {
    ms: hour,
    grain: 'minute',
    past: [HOURS, MINUTES],
    glance: { grain: 'minute', stepMs: 10 * minute, steps: 36 },
    history: { grain: 'minute', stepMs: 15 * minute, steps: 96 },
  },
  '1d': {
    ms: day,
    grain: 'hour',
    past: [{ grain: 'day', stretches: 28, halfLife: 7, atLeast: 3 }, HOURS],
    glance: { grain: 'hour', stepMs: 2 * hour, steps: 36 },
    history: { grain: 'hour', stepMs: 3 * hour, steps: 112 },
  },
};
