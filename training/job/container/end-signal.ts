import { STOP_GRACE_SECONDS } from '../../../shared/contracts/training-job.ts';

/** Enough of the platform's grace is left to write what was printed. */
const LAST_MOMENT_MS = (STOP_GRACE_SECONDS - 10) * 1_000;

/**
 * Aborts when the process is to end: at SIGTERM, which process 1 of a container has no default action for, at SIGINT, and
 * when the parent that started it over a channel is gone. A step that takes longer than the grace is not waited for: the
 * checkpoint before it is there.
 */
export function endSignal(): AbortSignal {
  const end = new AbortController();
  const onEnd = (reason: string): void => {
    if (end.signal.aborted) return;
    end.abort(reason);
    setTimeout(() => process.exit(0), LAST_MOMENT_MS).unref();
  };
  process.on('SIGTERM', onEnd).on('SIGINT', onEnd);
  process.on('disconnect', () => {
    onEnd('disconnect');
  });
  // The parent being there is no reason to stay.
  process.channel?.unref();
  return end.signal;
}
