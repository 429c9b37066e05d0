import { describeTrend } from '../../shared/trends/trend-detail.ts';
import { listTrends } from '../../shared/trends/trend-list.ts';
import type { TrendDeps } from '../api/deps.ts';
import type { StoredTrends } from './stored-trends.ts';

/** What the API asks of trends in the object store; decisions about spellings go back into it. */
export function storedTrendDeps(trends: StoredTrends): TrendDeps {
  return {
    list: (query) => trends.ask(({ reader }) => listTrends(reader, query)),
    detail: (key, query) => trends.ask(({ reader }) => describeTrend(reader, key, query)),
    merges: () => trends.ask(({ reader }) => reader.merges()),
    decide: (request) => trends.change((store) => ({ value: store.decide(request), isChanged: true })),
  };
}
