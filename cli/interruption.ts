/** Aborts at the first SIGINT or SIGTERM, so that work can end cleanly; a second one ends the process at once. */
export function abortOnInterrupt(): AbortController {
  const abort = new AbortController();
  const interrupt = (signal: NodeJS.Signals): void => {
    if (abort.signal.aborted) process.exit(1);
    abort.abort(signal);
  };
  process.on('SIGINT', interrupt).on('SIGTERM', interrupt);
  return abort;
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
