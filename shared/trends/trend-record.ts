import type { Entity } from '../contracts/tweet.ts';
import { GRAIN_MS } from './grain.ts';

/** What counting needs of a tagged tweet. Records of before these were stored lack the text and what is beside it. */
export interface TrendRecord {
  readonly id: string;
  readonly entities: readonly Entity[];
  readonly taggedAt: string;
  readonly createdAt?: string | undefined;
  readonly author?: string | undefined;
  readonly text?: string | undefined;
}

/** How far clocks may be apart: a tweet from further in the future has a wrong time. */
const FUTURE_MS = 2 * GRAIN_MS.minute;

/** A tweet that claims to be older than this has a wrong time more often than a story to tell. */
const PAST_MS = 366 * GRAIN_MS.day;

/**
 * When a tweet counts: when it was written, where that can be believed, else when it came in. `receivedAt` is in
 * milliseconds; where it is not known, the time of tagging stands for it.
 */
export function timeOf({ createdAt, taggedAt }: TrendRecord, receivedAt = Date.parse(taggedAt)): number {
  const created = createdAt === undefined ? Number.NaN : Date.parse(createdAt);
  return created <= receivedAt + FUTURE_MS && created >= receivedAt - PAST_MS ? created : receivedAt;
}
