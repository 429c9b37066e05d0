import type {
  Merge,
  MergeRequest,
  TrendDetail,
  TrendQuery,
  TrendsQuery,
  TrendsResponse,
} from '../../shared/contracts/trends.ts';
import type { CountedPack } from '../../shared/trends/trend-store.ts';

/** Trends as the host uses them: counted and asked elsewhere, so that nothing waits for them. */
export interface TrendService {
  /** Counts a pack once, however often it is given. Durable when it resolves; false when it was counted before. */
  add(pack: CountedPack): Promise<boolean>;
  list(query: TrendsQuery): Promise<TrendsResponse>;
  /** Undefined when no such name is counted. */
  detail(key: string, query: TrendQuery): Promise<TrendDetail | undefined>;
  merges(): Promise<readonly Merge[]>;
  /** @throws {E_MERGE_UNKNOWN} when there is no such merge, or no such name */
  decide(request: MergeRequest): Promise<Merge>;
  /** Ends what has begun, and closes. */
  close(): Promise<void>;
}
