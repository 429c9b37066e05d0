import { performance } from 'node:perf_hooks';

/** Signals that come so soon after the first are the same Ctrl-C, sent to the group and passed on by a parent as well. */
const SAME_INTERRUPT_MS = 1_000;

/** Aborts at the first SIGINT or SIGTERM, so that work can end cleanly; a later one ends the process at once. */
export function abortOnInterrupt(): AbortController {
  const abort = new AbortController();
  let firstAt = Infinity;
  const interrupt = (signal: NodeJS.Signals): void => {
    const now = performance.now();
    if (now - firstAt > SAME_INTERRUPT_MS) process.exit(1);
    firstAt = Math.min(firstAt, now);
    abort.abort(signal);
  };
  process.on('SIGINT', interrupt).on('SIGTERM', interrupt);
  return abort;
}

/**
 * Ends the process with 0 so long after the signal, should something still keep it: by then the host has given back what
 * it had in hand.
 */
export function exitAfter(signal: AbortSignal, ms: number): void {
  signal.addEventListener(
    'abort',
    () => {
      setTimeout(() => process.exit(0), ms).unref();
    },
    { once: true },
  );
}

/** Resolves when the signal aborts. */
export async function interrupted(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return;
  await new Promise<void>((resolve) => {
    signal.addEventListener(
      'abort',
      () => {
        resolve();
      },
      { once: true },
    );
  });
}
