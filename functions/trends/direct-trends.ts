import { describeTrend } from '../../shared/trends/trend-detail.ts';
import { listTrends } from '../../shared/trends/trend-list.ts';
import type { TrendStore } from '../../shared/trends/trend-store.ts';
import type { TrendService } from './trend-service.ts';

/** Trends of a store in this thread: for the command line, which has nothing else to do meanwhile. */
export function createDirectTrends(store: TrendStore): TrendService {
  return {
    add: async ({ packId, receivedAt, records }) =>
      store.addAll([{ packId, records, ...(receivedAt === undefined ? {} : { receivedAt }) }])[0]!,
    list: async (query) => listTrends(store.reader, query),
    detail: async (key, query) => describeTrend(store.reader, key, query),
    merges: async () => store.reader.merges(),
    decide: async (request) => store.decide(request),
    close: async () => {
      store.close();
    },
  };
}
