import type { Tweet } from '../../../shared/contracts/tweet.ts';
import { RecentIds } from '../recent-ids.ts';
import { type Delays, exponential, linear, type Link, reconnecting } from '../reconnect.ts';
import type { Delivery, RejectedInput, Source, SourceDeps } from '../source.ts';
import type { XAccess } from './x-access.ts';
import { xDeliveries } from './x-connection.ts';
import type { XMessage } from './x-message.ts';

/**
 * docs.x.com, "Handling disconnections": network errors back off linearly by 250 ms up to 16 s, HTTP errors exponentially
 * from 5 s up to 320 s, HTTP 429 exponentially from a minute. That last one has no documented end; a window of limits is
 * 15 minutes.
 */
const DELAYS: Delays = {
  network: linear(250, 16_000),
  http: exponential(5_000, 320_000),
  'rate-limit': exponential(60_000, 960_000),
};

/** "If no data is received for 20 seconds, trigger reconnection logic": a blank line comes at least as often. */
const IDLE_MS = 20_000;

const BACKFILL_MAX_MINUTES = 5;
const MINUTE_MS = 60_000;

/** What a backfill of five minutes brings again, at a rate that the largest access levels have. */
const RECENT_IDS = 65_536;

export interface XOptions {
  /** Ask for what was missed since the last data, up to five minutes. Only some access levels may. */
  readonly backfill?: boolean;
  readonly idleMs?: number;
}

/**
 * The filtered stream of X API v2: `GET /2/tweets/search/stream` with an app's bearer token. What matches is chosen by
 * rules that X keeps (x-rules.ts). The protocol has no cursor: what comes while nobody listens is lost, but for
 * `backfill_minutes`. The cursor is the time of the last data, and only tells how much to ask for.
 */
export function createXSource(access: XAccess, deps: SourceDeps, options: XOptions = {}): Source {
  const { backfill = false, idleMs = IDLE_MS } = options;
  return {
    name: 'x',
    deliveries: ({ cursor, onChange }, signal) => {
      const recent = new RecentIds(RECENT_IDS);
      let lastDataMs = Date.parse(cursor ?? '');
      const read = (messages: readonly XMessage[]): Delivery => {
        lastDataMs = deps.clock().getTime();
        const tweets: Tweet[] = [];
        const rejected: RejectedInput[] = [];
        for (const message of messages) {
          if (message.kind === 'tweet' && recent.add(message.tweet.id)) tweets.push(message.tweet);
          else if (message.kind === 'rejected') rejected.push(message.rejected);
        }
        return { tweets, rejected, cursor: new Date(lastDataMs).toISOString() };
      };
      const missedMinutes = (): number | undefined => {
        const missedMs = deps.clock().getTime() - lastDataMs;
        if (!backfill || Number.isNaN(missedMs)) return undefined;
        return Math.min(BACKFILL_MAX_MINUTES, Math.max(1, Math.ceil(missedMs / MINUTE_MS)));
      };
      const connect: Link['connect'] = (report, stop) =>
        xDeliveries({ access, backfillMinutes: missedMinutes(), idleMs, deps, onChange: report, read }, stop);
      return reconnecting({ connect, delays: DELAYS }, deps, onChange, signal);
    },
  };
}
