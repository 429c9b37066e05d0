import { setTimeout } from 'node:timers/promises';

/** A moment by which something has to be over. */
export interface Deadline {
  /** Milliseconds left, a given part of them, or 0. */
  leftMs(part?: number): number;
  /** Resolves when the work is done, or at the deadline; then the work goes on unwatched. True when it was done. */
  within(work: Promise<unknown>): Promise<boolean>;
}

export function createDeadline(ms: number): Deadline {
  const endsAt = performance.now() + ms;
  const leftMs = (part = 1): number => Math.max(0, (endsAt - performance.now()) * part);
  return {
    leftMs,
    within: async (work) => {
      const timer = new AbortController();
      // A millisecond more: timers may be early by a part of one.
      const late = setTimeout(Math.ceil(leftMs()) + 1, false, { signal: timer.signal }).catch(() => false);
      const inTime = await Promise.race([work.then(() => true), late]);
      timer.abort();
      return inTime;
    },
  };
}
