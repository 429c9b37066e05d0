import { setImmediate } from 'node:timers/promises';

/** Resolves when so much more work may be done in this turn of the event loop, or in one to come. */
export type Pace = (work: number) => Promise<void>;

/**
 * Shares the turns of the event loop with everything else in the thread: those who ask before they work are let in one
 * after the other, and once `perTurn` is spent the loop turns before the next. Work that is larger than that gets a
 * turn of its own.
 */
export function createPace(perTurn: number): Pace {
  let spent = 0;
  let last = Promise.resolve();
  const enter = async (work: number): Promise<void> => {
    if (spent > 0 && spent + work > perTurn) {
      await setImmediate();
      spent = 0;
    }
    spent += work;
  };
  return (work) => (last = last.then(() => enter(work)));
}
