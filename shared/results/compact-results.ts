import type { ObjectStore } from '../store/object-store.ts';
import { type CompactedHour, compactHour } from './compact-hour.ts';
import { hourEnd, type ResultHour, resultHours } from './result-hour.ts';

export interface CompactResultsOptions {
  /** Hours that ended by then are compacted. */
  readonly endedBy: Date;
  /** NDJSON bytes of one Parquet object. */
  readonly maxBytes?: number;
  /** Ends the work after the hour in hand. */
  readonly signal?: AbortSignal;
}

/** An hour in which there was something to do. */
export interface CompactedResults extends CompactedHour {
  readonly hour: ResultHour;
}

/** Compacts every hour that is over, oldest first; gives those in which there was something to do or to complain of. */
export async function* compactResults(
  store: ObjectStore,
  { endedBy, signal, ...options }: CompactResultsOptions,
): AsyncIterable<CompactedResults> {
  for (const hour of await resultHours(store)) {
    if (signal?.aborted === true) return;
    if (hourEnd(hour) > endedBy) continue;
    const done = await compactHour(store, hour, options);
    if (done.written + done.removed + done.damaged.length > 0) yield { hour, ...done };
  }
}
