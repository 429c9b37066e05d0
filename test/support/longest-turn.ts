import { setImmediate } from 'node:timers/promises';

/**
 * The most processor time, in ms, that this thread spends in one turn of the event loop while `work` runs. Other than a
 * delay it does not depend on what else the machine does.
 */
export async function longestTurnMs(work: () => Promise<unknown>): Promise<number> {
  const over = new AbortController();
  let longest = 0;
  const watch = (async () => {
    let before = spentMs();
    while (!over.signal.aborted) {
      await setImmediate();
      const now = spentMs();
      longest = Math.max(longest, now - before);
      before = now;
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
