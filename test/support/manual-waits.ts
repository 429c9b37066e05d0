import type { Wait } from '../../functions/sources/source.ts';

/** A wait that has been asked for and not ended. */
export interface PendingWait {
  readonly ms: number;
  /** Ends it, as if the time were over. */
  readonly release: () => void;
}

/** Timers that a test turns by hand. */
export interface ManualWaits {
  readonly wait: Wait;
  /** All that were asked for, in order. */
  readonly asked: readonly number[];
  /** The first pending wait, now or later, for which the condition holds. */
  readonly next: (matches: (ms: number) => boolean) => Promise<PendingWait>;
}

/** Waits for which `auto` holds are over in the next turn of the event loop; the others when they are released. */
export function createManualWaits(auto: (ms: number) => boolean = () => false): ManualWaits {
  const asked: number[] = [];
  const pending = new Set<PendingWait>();
  let wake: () => void = () => undefined;
  let changed = new Promise<void>((resolve) => (wake = resolve));
  return {
    asked,
    wait: (ms, signal) =>
      new Promise((resolve) => {
        asked.push(ms);
        if (signal.aborted) {
          resolve();
          return;
        }
        if (auto(ms)) {
          setImmediate(resolve);
          return;
        }
        const entry: PendingWait = {
          ms,
          release: () => {
            pending.delete(entry);
            signal.removeEventListener('abort', entry.release);
            resolve();
          },
        };
        signal.addEventListener('abort', entry.release, { once: true });
        pending.add(entry);
        wake();
        changed = new Promise((next) => (wake = next));
      }),
    next: async (matches) => {
      for (;;) {
        for (const entry of pending) if (matches(entry.ms)) return entry;
        await changed;
      }
    },
  };
}
