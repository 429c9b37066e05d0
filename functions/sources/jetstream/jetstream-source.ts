import { createHash } from 'node:crypto';
import { NerError } from '../../../shared/ner-error.ts';
import { type Delays, type Ending, exponential, reconnecting } from '../reconnect.ts';
import { RecentIds } from '../recent-ids.ts';
import { SOURCE_MESSAGE_MAX_BYTES } from '../rejected-input.ts';
import type { Delivery, RejectedInput, Source, SourceDeps } from '../source.ts';
import type { Tweet } from '../../../shared/contracts/tweet.ts';
import { socketDeliveries } from './jetstream-connection.ts';
import { POST_COLLECTION, readJetstreamEvent } from './jetstream-event.ts';

/** The public instances (bluesky-social/jetstream, README, "Public Instances"); no credential is needed. */
export const JETSTREAM_ENDPOINTS: readonly string[] = [
  'wss://jetstream2.us-east.bsky.network/subscribe',
  'wss://jetstream1.us-east.bsky.network/subscribe',
  'wss://jetstream2.us-west.bsky.network/subscribe',
  'wss://jetstream1.us-west.bsky.network/subscribe',
];

/**
 * How far before the last event to begin again. "When switching between instances, it may be prudent to rewind your
 * cursor a few seconds for gapless playback"; it covers events that come out of order too.
 */
const REWIND_US = 5_000_000;

/** More than a minute of all of Bluesky's posts, and so more than what comes again after a rewind. */
const RECENT_IDS = 16_384;

/** The network is never so quiet: servers ping, and identity and account events come whatever is asked for. */
const IDLE_MS = 30_000;

/** A pause between the last event seen and the first one now that is worth a word. */
const GAP_US = 5 * 60 * 1_000_000;

/** Jetstream's documents say nothing of delays; these are mild for a public service. */
const DELAYS: Delays = {
  network: exponential(250, 60_000),
  http: exponential(5_000, 320_000),
  'rate-limit': exponential(60_000, 960_000),
};

export interface JetstreamOptions {
  /** Tried in turn: what one server lost another has, since cursors are times. */
  readonly endpoints?: readonly string[];
  readonly idleMs?: number;
  /** Told in a line when events may be missing. */
  readonly onGap?: (line: string) => void;
}

/**
 * New posts of Bluesky from Jetstream, by the protocol of `/subscribe` (Jetstream v1, which v2 servers keep as it was):
 * `wantedCollections`, `cursor` in microseconds, JSON messages. The delivery is at least once; what comes again within
 * sight is dropped here, and ids are stable so that the ledger drops the rest.
 *
 * The cursor is the largest `time_us` seen, never later than the clock: an event that claims to be of the future would
 * else make the next start skip what lies between. Servers keep the last 36 hours; what an older cursor has missed is
 * lost, which is said.
 *
 * @throws {NerError} E_USAGE for an endpoint that is none
 */
export function createJetstreamSource(deps: SourceDeps, options: JetstreamOptions = {}): Source {
  const { endpoints = JETSTREAM_ENDPOINTS, idleMs = IDLE_MS, onGap = () => undefined } = options;
  const urls = endpoints.map(endpointUrl);
  return {
    name: 'jetstream',
    deliveries: ({ cursor, onChange }, signal) => {
      const reader = createReader(deps.clock, startOf(cursor), onGap);
      let tries = 0;
      async function* connect(report: typeof onChange, stop: AbortSignal): AsyncGenerator<Delivery, Ending, undefined> {
        const url = subscription(urls[tries++ % urls.length]!, reader.resumeAt());
        const seenBefore = reader.seen();
        const { read } = reader;
        const ending = yield* socketDeliveries({ url, idleMs, wait: deps.wait, onChange: report, read }, stop);
        const worked = reader.seen() > seenBefore;
        // The next in the list takes the place of a server that is no use; one that was is asked again first.
        if (worked) tries -= 1;
        return { ...ending, worked };
      }
      return reconnecting({ connect, delays: DELAYS }, deps, onChange, signal);
    },
  };
}

interface Reader {
  readonly read: (messages: readonly Uint8Array[]) => Delivery;
  /** Where to begin again; undefined for the present. */
  resumeAt(): number | undefined;
  /** New tweets so far. */
  seen(): number;
}

function createReader(clock: () => Date, start: number | undefined, onGap: (line: string) => void): Reader {
  const recent = new RecentIds(RECENT_IDS);
  let lastUs = start;
  let seen = 0;
  const advance = (timeUs: number): void => {
    const nowUs = clock().getTime() * 1_000;
    const trusted = Math.min(timeUs, nowUs);
    if (lastUs !== undefined && trusted - lastUs > GAP_US) {
      const minutes = Math.round((trusted - lastUs) / 60_000_000);
      onGap(`goes on ${minutes} min after the last event seen; posts in between, if there were any, are lost`);
    }
    lastUs = Math.max(lastUs ?? 0, trusted);
  };
  return {
    resumeAt: () => (lastUs === undefined ? undefined : lastUs - REWIND_US),
    seen: () => seen,
    read: (messages) => {
      const tweets: Tweet[] = [];
      const rejected: RejectedInput[] = [];
      for (const message of messages) {
        const event = readJetstreamEvent(message);
        if (event.timeUs !== undefined) advance(event.timeUs);
        if (event.kind === 'post' && recent.add(event.tweet.id)) tweets.push(event.tweet);
        // Its content is the only name that a message has that cannot be read.
        else if (event.kind === 'rejected' && recent.add(hashOf(message))) rejected.push(event.rejected);
      }
      seen += tweets.length;
      return { tweets, rejected, ...(lastUs === undefined ? {} : { cursor: String(lastUs) }) };
    },
  };
}

function hashOf(message: Uint8Array): string {
  return createHash('sha256').update(message).digest('base64');
}

function startOf(cursor: string | undefined): number | undefined {
  const timeUs = Number(cursor ?? NaN);
  return Number.isSafeInteger(timeUs) && timeUs > 0 ? timeUs : undefined;
}

function endpointUrl(endpoint: string): URL {
  const url = URL.parse(endpoint);
  if (url === null || (url.protocol !== 'ws:' && url.protocol !== 'wss:')) {
    throw new NerError(
      'E_USAGE',
      `jetstream: no address of a Jetstream server, got '${endpoint}'; expected wss://HOST/subscribe.`,
    );
  }
  if (url.pathname === '/') url.pathname = '/subscribe';
  return url;
}

function subscription(endpoint: URL, resumeAt: number | undefined): URL {
  const url = new URL(endpoint);
  url.searchParams.set('wantedCollections', POST_COLLECTION);
  // A record has at most 1 MiB, so nothing that is a post is left out by this.
  url.searchParams.set('maxMessageSizeBytes', String(2 * SOURCE_MESSAGE_MAX_BYTES));
  if (resumeAt !== undefined) url.searchParams.set('cursor', String(Math.max(0, resumeAt)));
  return url;
}
