import { performance } from 'node:perf_hooks';
import { setImmediate } from 'node:timers/promises';

/**
 * The most processor time, in ms, that this thread spends in one turn of the event loop while `work` runs. Other than a
 * delay it does not depend on what else the machine does. The kernel counts that time in ticks of some 4 ms, so that a
 * turn may be charged with the end of the one before: it took no longer than the clock says.
 */
export async function longestTurnMs(work: () => Promise<unknown>): Promise<number> {
  const over = new AbortController();
  let longest = 0;
  const watch = (async () => {
    let [before, began] = [spentMs(), performance.now()];
    while (!over.signal.aborted) {
      await setImmediate();
      const [now, ended] = [spentMs(), performance.now()];
      longest = Math.max(longest, Math.min(now - before, ended - began));
      [before, began] = [now, ended];
    }
  })();
  try {
    await work();
  } finally {
    over.abort();
    await watch;
  }
  return longest;
}

function spentMs(): number {
  const { user, system } = process.threadCpuUsage();
  return (user + system) / 1000;
}
