/**
 * Does several things at the same time, until all are done. When one fails, the others are told to stop; what it failed
 * with is thrown when they have.
 */
export async function together(
  signal: AbortSignal,
  works: readonly ((signal: AbortSignal) => Promise<void>)[],
): Promise<void> {
  const failure = new AbortController();
  const either = AbortSignal.any([signal, failure.signal]);
  const watched = works.map((work) =>
    work(either).catch((error: unknown) => {
      // Of several reasons the first stays.
      failure.abort(error);
    }),
  );
  await Promise.all(watched);
  if (failure.signal.aborted) throw failure.signal.reason;
}
