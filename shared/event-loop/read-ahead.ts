/** Items of lists, for any number of readers. */
export interface ReadAhead<T> {
  /** The next item; undefined after the last. Rejects with what the maker of the lists threw. */
  next(): Promise<T | undefined>;
  /** Has no further list made. */
  stop(): void;
}

/** Hands out the items of one list after the other, and has the next list made while one is used up. */
export function readAhead<T>(lists: AsyncGenerator<readonly T[], void>): ReadAhead<T> {
  let items: readonly T[] = [];
  let used = 0;
  const advance = (): Promise<IteratorResult<readonly T[], void>> => {
    const list = lists.next();
    // Whoever waits for it is told; after a failure elsewhere nobody does.
    list.catch(() => undefined);
    return list;
  };
  let ahead: Promise<IteratorResult<readonly T[], void>> | undefined = advance();
  return {
    next: async () => {
      while (used === items.length) {
        if (ahead === undefined) return undefined;
        const awaited = ahead;
        const { done, value } = await awaited;
        // Of all that wait, the first one goes on.
        if (ahead !== awaited) continue;
        [items, used] = [done === true ? [] : value, 0];
        ahead = done === true ? undefined : advance();
      }
      return items[used++];
    },
    stop: () => void lists.return(undefined).catch(() => undefined),
  };
}
