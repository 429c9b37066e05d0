import type { TrendWindow } from '../contracts/trends.ts';
import { GRAIN_MS } from './grain.ts';
import type { Span, TrendReader } from './trend-reader.ts';
import { WINDOWS, type PastDef, type SeriesDef, type WindowDef } from './windows.ts';

/** A window that ends at some time, and the past before it. */
export interface Moment {
  readonly window: TrendWindow;
  readonly def: WindowDef;
  readonly since: number;
  readonly until: number;
  readonly newest: number;
  readonly span: Span;
  /** All tweets of the window. */
  readonly total: number;
  /** What the window is compared with; undefined while there is too little of it. */
  readonly past: PastSpan | undefined;
}

/** Stretches of the past, with all tweets of each. */
export interface PastSpan {
  readonly span: Span;
  readonly halfLife: number;
  readonly totals: ReadonlyMap<number, number>;
}

/** The window that ends at `until`, by default with the newest tweet; undefined when nothing is counted. */
export function momentOf(reader: TrendReader, window: TrendWindow, until?: number): Moment | undefined {
  const newestMinute = reader.newestMinute();
  if (newestMinute === undefined) return undefined;
  const def = WINDOWS[window];
  const end = Math.ceil((until ?? (newestMinute + 1) * GRAIN_MS.minute) / GRAIN_MS[def.grain]);
  const span = { grain: def.grain, from: end - def.ms / GRAIN_MS[def.grain], to: end };
  const since = span.from * GRAIN_MS[def.grain];
  return {
    window,
    def,
    since,
    until: end * GRAIN_MS[def.grain],
    newest: newestMinute * GRAIN_MS.minute,
    span,
    total: sum(reader.totals(span).values()),
    past: pastBefore(reader, def.past, since),
  };
}

/** The buckets of a chart that ends with the window. */
export function seriesSpan({ until }: Moment, { grain, stepMs, steps }: SeriesDef): Span {
  const to = Math.ceil(until / GRAIN_MS[grain]);
  return { grain, from: to - (steps * stepMs) / GRAIN_MS[grain], to };
}

/** Counts by bucket, put together into the steps of a chart. */
export function toSteps(
  counts: ReadonlyMap<number, number>,
  span: Span,
  { grain, stepMs, steps }: SeriesDef,
): number[] {
  const perStep = stepMs / GRAIN_MS[grain];
  const values = new Array<number>(steps).fill(0);
  for (const [bucket, tweets] of counts) {
    const step = Math.floor((bucket - span.from) / perStep);
    if (step >= 0 && step < steps) values[step]! += tweets;
  }
  return values;
}

function pastBefore(reader: TrendReader, defs: readonly PastDef[], since: number): PastSpan | undefined {
  for (const { grain, stretches, halfLife, atLeast } of defs) {
    const to = Math.floor(since / GRAIN_MS[grain]);
    const span = { grain, from: to - stretches, to };
    const totals = reader.totals(span);
    if (totals.size >= atLeast) return { span, halfLife, totals };
  }
  return undefined;
}

function sum(values: Iterable<number>): number {
  let total = 0;
  for (const value of values) total += value;
  return total;
}
