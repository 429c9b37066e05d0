import type { ErrorCode } from '../../shared/ner-error.ts';
import type { MergeRequest, TrendQuery, TrendsQuery } from '../../shared/contracts/trends.ts';
import type { CountedPack } from '../../shared/trends/trend-store.ts';

/** What the thread can be asked. */
export type TrendCall =
  | { readonly kind: 'add'; readonly pack: CountedPack }
  | { readonly kind: 'list'; readonly query: TrendsQuery }
  | { readonly kind: 'detail'; readonly key: string; readonly query: TrendQuery }
  | { readonly kind: 'merges' }
  | { readonly kind: 'decide'; readonly request: MergeRequest }
  /** Looks for spellings that belong together; by these vectors from now on, when there are some. */
  | { readonly kind: 'variants'; readonly vectors?: Uint8Array }
  | { readonly kind: 'close' };

/** A call with the number that its answer carries. */
export interface ToTrends {
  readonly id: number;
  readonly call: TrendCall;
}

/** An answer. */
export type FromTrends =
  | { readonly id: number; readonly value: unknown }
  | { readonly id: number; readonly code: ErrorCode; readonly message: string };
