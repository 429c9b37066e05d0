/** What one metric is. A histogram's buckets are upper bounds in seconds. */
export interface MetricDef {
  readonly kind: 'counter' | 'gauge' | 'histogram';
  readonly help: string;
  /** Few and with few values each: never a text, an id of a tweet or anything that a sender chooses. */
  readonly labels?: readonly string[];
  readonly buckets?: readonly number[];
}

/** From a hit in memory to a queue that is minutes behind. */
const LATENCY_BUCKETS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300] as const;
/** One call, which takes a second at most unless something is wrong. */
const CALL_BUCKETS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10] as const;

/**
 * Every metric of ours by its name; docs/operations-local.md has the same list, and a test compares the two. Another
 * metric is another row.
 */
export const METRICS = {
  tagwright_tweets_accepted_total: { kind: 'counter', help: 'Tweets put on the queue by this process' },
  tagwright_lines_rejected_total: { kind: 'counter', help: 'Lines that were no tweet, put in quarantine' },
  tagwright_requests_refused_total: {
    kind: 'counter',
    help: 'Posts of tweets that were told to come back: queue_full or stopping',
    labels: ['reason'],
  },
  tagwright_tweets_tagged_total: { kind: 'counter', help: 'Tweets whose result was stored' },
  tagwright_tweets_duplicate_total: { kind: 'counter', help: 'Tweets left out because they were tagged before' },
  tagwright_tweets_quarantined_total: { kind: 'counter', help: 'Tweets and messages that could not be tagged' },
  tagwright_messages_retried_total: { kind: 'counter', help: 'Deliveries that failed; the message comes again' },
  tagwright_queue_messages: { kind: 'gauge', help: 'Messages by state: ready, in_flight, dead', labels: ['state'] },
  tagwright_pack_latency_seconds: {
    kind: 'histogram',
    help: "From the arrival of a message's first tweet to its stored result",
    buckets: LATENCY_BUCKETS,
  },
  tagwright_batch_seconds: {
    kind: 'histogram',
    help: 'One call of the tagging function, from messages to stored results',
    buckets: CALL_BUCKETS,
  },
  tagwright_model_seconds: {
    kind: 'histogram',
    help: 'One call of the model, from texts to entities',
    buckets: CALL_BUCKETS,
  },
  tagwright_http_request_seconds: {
    kind: 'histogram',
    help: 'Requests by route and status, until the answer begins',
    labels: ['method', 'route', 'status'],
    buckets: CALL_BUCKETS,
  },
  tagwright_stream_readers: { kind: 'gauge', help: 'Open connections of GET /v1/stream' },
  tagwright_model_info: { kind: 'gauge', help: '1 for the model that serves', labels: ['model'] },
  tagwright_model_swaps_total: { kind: 'counter', help: 'Models that began to serve' },
  tagwright_model_refusals_total: { kind: 'counter', help: 'Tries to load a model that failed' },
  tagwright_source_live: { kind: 'gauge', help: '1 while the source is connected, else 0', labels: ['source'] },
  tagwright_alarm: { kind: 'gauge', help: '1 while something needs an operator', labels: ['code'] },
} as const satisfies Readonly<Record<string, MetricDef>>;

type Table = typeof METRICS;

/** The names of one kind. */
export type MetricName<Kind extends MetricDef['kind']> = {
  [Name in keyof Table]: Table[Name]['kind'] extends Kind ? Name : never;
}[keyof Table];

/** The last argument of a call that names a metric: its labels, where it has some. */
export type LabelArgument<Name extends keyof Table> = Table[Name] extends {
  readonly labels: readonly (infer Label extends string)[];
}
  ? [labels: Readonly<Record<Label, string>>]
  : [];
