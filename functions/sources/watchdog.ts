import type { Wait } from './source.ts';

/** Tells when nothing came for too long: a connection whose other end has gone says nothing, not even that. */
export interface Watchdog {
  /** Something came, or is expected from now on. */
  arm(): void;
  /** Nothing is expected: whoever takes what comes is busy. */
  disarm(): void;
}

export interface WatchdogOptions {
  /** Told once, between this and a quarter more after it was last armed. */
  readonly idleMs: number;
  readonly wait: Wait;
  readonly onIdle: () => void;
}

/** Looks this often in the time: a timer for each message would cost more than reading it. */
const LOOKS = 4;

/** Watches until the signal. */
export function createWatchdog({ idleMs, wait, onIdle }: WatchdogOptions, signal: AbortSignal): Watchdog {
  let armed = true;
  let looks = 0;
  const watch = async (): Promise<void> => {
    for (;;) {
      await wait(idleMs / LOOKS, signal);
      if (signal.aborted) return;
      if (armed) looks += 1;
      if (looks <= LOOKS) continue;
      onIdle();
      return;
    }
  };
  void watch();
  return {
    arm: () => {
      armed = true;
      looks = 0;
    },
    disarm: () => {
      armed = false;
    },
  };
}
