import { setImmediate } from 'node:timers/promises';

/** A computation that can be interrupted where it yields. */
export type Steps<T> = Generator<void, T>;

/** Runs a computation to its end, without a pause. */
export function atOnce<T>(steps: Steps<T>): T {
  for (;;) {
    const { done, value } = steps.next();
    if (done === true) return value;
  }
}

/** Runs a computation with a turn of the event loop after each step. */
export async function inTurns<T>(steps: Steps<T>): Promise<T> {
  for (;;) {
    const { done, value } = steps.next();
    if (done === true) return value;
    await setImmediate();
  }
}
