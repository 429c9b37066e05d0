import type { Merge, TrendDetail, TrendsResponse } from '../../shared/contracts/trends.ts';
import type { TrendService } from './trend-service.ts';
import { createTrendThread } from './trend-thread.ts';

/** How often spellings that belong together are looked for, while packs come in. */
const VARIANTS_INTERVAL_MS = 60_000;

/** How long an answer is given to all who ask the same: pages that stand open ask again and again. */
const FRESH_MS = 2_000;

/** Different questions whose answers are kept. */
const MAX_ANSWERS = 64;

export interface ThreadedTrendsOptions {
  readonly path: string;
  readonly clock: () => Date;
  /** Told when looking for variants failed; counting goes on. */
  readonly onError: (error: unknown) => void;
}

interface Answer {
  readonly at: number;
  readonly value: Promise<TrendsResponse>;
}

export interface ThreadedTrends extends TrendService {
  /** From now on spellings are compared by these word vectors too: the vector file of a bundle. */
  compareBy(vectorFile: Uint8Array): void;
}

/** Trends on two threads of their own over one file: one counts, the other answers, so that neither waits. */
export function createThreadedTrends({ path, clock, onError }: ThreadedTrendsOptions): ThreadedTrends {
  const counting = createTrendThread(path);
  const asking = createTrendThread(path);
  const answers = new Map<string, Answer>();
  let lookedAt = 0;
  let vectors: Uint8Array | undefined;

  const lookForVariants = (): void => {
    const now = clock().getTime();
    if (now - lookedAt < VARIANTS_INTERVAL_MS) return;
    lookedAt = now;
    // Sent once: the thread keeps them, and a thread that was lost does without until the next model.
    asking.call({ kind: 'variants', ...(vectors === undefined ? {} : { vectors }) }).catch(onError);
    vectors = undefined;
  };

  return {
    compareBy: (vectorFile) => {
      vectors = vectorFile;
    },
    add: async ({ packId, receivedAt, records }) => {
      const pack = { packId, records, ...(receivedAt === undefined ? {} : { receivedAt }) };
      const added = (await counting.call({ kind: 'add', pack })) as boolean;
      lookForVariants();
      return added;
    },
    list: (query) => {
      const now = clock().getTime();
      const key = JSON.stringify(query);
      const known = answers.get(key);
      if (known !== undefined && now - known.at < FRESH_MS) return known.value;
      if (answers.size >= MAX_ANSWERS) answers.clear();
      const value = asking.call({ kind: 'list', query }) as Promise<TrendsResponse>;
      answers.set(key, { at: now, value });
      // A failure is nobody's answer but of those who wait for it.
      value.catch(() => answers.delete(key));
      return value;
    },
    detail: async (key, query) => (await asking.call({ kind: 'detail', key, query })) as TrendDetail | undefined,
    merges: async () => (await asking.call({ kind: 'merges' })) as readonly Merge[],
    decide: async (request) => {
      answers.clear();
      return (await asking.call({ kind: 'decide', request })) as Merge;
    },
    close: async () => {
      await Promise.all([counting.close(), asking.close()]);
    },
  };
}
