import type { HostStatus, LiveTweet, TopEntities } from '../../../shared/contracts/api.ts';

/** Whether events arrive. */
export type ConnectionState = 'connecting' | 'live' | 'lost';

/** Who is told what. */
export interface ConnectionHandlers {
  readonly onState: (state: ConnectionState) => void;
  readonly onTweet: (tweet: LiveTweet) => void;
  readonly onStatus: (status: HostStatus) => void;
  readonly onTop: (top: TopEntities) => void;
}

const FIRST_RETRY_MS = 1000;
const LAST_RETRY_MS = 10_000;

/**
 * Listens to `/v1/stream` for good. A browser connects again by itself after a broken connection, but gives up after an
 * HTTP error (503 while the host is full or stops): then this does it, after 1, 2, 4 ... 10 s.
 */
export function connect(handlers: ConnectionHandlers): void {
  let retryMs = FIRST_RETRY_MS;
  const open = (): void => {
    const source = new EventSource('/v1/stream');
    source.onopen = () => {
      retryMs = FIRST_RETRY_MS;
      handlers.onState('live');
    };
    source.onerror = () => {
      handlers.onState('lost');
      if (source.readyState !== EventSource.CLOSED) return;
      setTimeout(open, retryMs);
      retryMs = Math.min(2 * retryMs, LAST_RETRY_MS);
    };
    const listen = (event: string, handle: (data: string) => void): void => {
      source.addEventListener(event, (message: MessageEvent<string>) => {
        handle(message.data);
      });
    };
    // The events come from the host that served this page, in the shapes of shared/contracts/api.ts.
    listen('tagged', (data) => {
      handlers.onTweet(JSON.parse(data) as LiveTweet);
    });
    listen('status', (data) => {
      handlers.onStatus(JSON.parse(data) as HostStatus);
    });
    listen('top', (data) => {
      handlers.onTop(JSON.parse(data) as TopEntities);
    });
  };
  handlers.onState('connecting');
  open();
}
