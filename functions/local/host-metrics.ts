import type { SourceStatus } from '../../shared/contracts/api.ts';
import type { Metrics } from '../../shared/metrics/metrics.ts';
import type { QueueDepth } from '../../shared/queue/queue.ts';
import type { StoredPack } from '../tagger/stored-pack.ts';
import type { Tagger } from '../tagger/tagger.ts';
import type { TaggerHandler, TaggerResult } from '../tagger/handler.ts';
import type { Alarms } from './alarms.ts';

/** A tagger that tells how long its calls take. */
export function timedTagger(tagger: Tagger, metrics: Metrics): Tagger {
  return {
    get modelId() {
      return tagger.modelId;
    },
    tag: (texts) => timed(metrics, 'tagwright_model_seconds', () => tagger.tag(texts)),
  };
}

/** A handler that tells how long its batches take. */
export function timedHandler(handler: TaggerHandler, metrics: Metrics): TaggerHandler {
  return {
    handle: (messages) => timed(metrics, 'tagwright_batch_seconds', () => handler.handle(messages)),
  };
}

async function timed<T>(
  metrics: Metrics,
  name: 'tagwright_model_seconds' | 'tagwright_batch_seconds',
  work: () => Promise<T>,
): Promise<T> {
  const begun = performance.now();
  try {
    // Called at once: a tagger chooses its model while `tag` is called.
    return await work();
  } finally {
    metrics.observe(name, (performance.now() - begun) / 1_000);
  }
}

export function countBatch(metrics: Metrics, { tagged, duplicates, quarantined, failed }: TaggerResult): void {
  metrics.add('tagwright_tweets_tagged_total', tagged);
  metrics.add('tagwright_tweets_duplicate_total', duplicates);
  metrics.add('tagwright_tweets_quarantined_total', quarantined);
  metrics.add('tagwright_messages_retried_total', failed.length);
}

export function observeStored(metrics: Metrics, { receivedAt }: StoredPack, now: Date): void {
  metrics.observe('tagwright_pack_latency_seconds', Math.max(0, now.getTime() - receivedAt.getTime()) / 1_000);
}

export interface Gauged {
  readonly depth: () => Promise<QueueDepth>;
  readonly readers: () => number;
  readonly alarms: Alarms;
  readonly sources: () => readonly SourceStatus[];
}

/** Reads what is a state rather than a count at each scrape. */
export function gaugeHost(metrics: Metrics, { depth, readers, alarms, sources }: Gauged): void {
  metrics.onScrape(async () => {
    const { ready, inFlight, dead } = await depth();
    metrics.set('tagwright_queue_messages', ready, { state: 'ready' });
    metrics.set('tagwright_queue_messages', inFlight, { state: 'in_flight' });
    metrics.set('tagwright_queue_messages', dead, { state: 'dead' });
    metrics.set('tagwright_stream_readers', readers());
    for (const { name, state } of sources()) {
      metrics.set('tagwright_source_live', state === 'live' ? 1 : 0, { source: name });
    }
    metrics.clear('tagwright_alarm');
    for (const { code } of alarms.active()) metrics.set('tagwright_alarm', 1, { code });
  });
}
