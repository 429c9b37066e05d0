import { createEventHub, type PublishingEventHub } from '../../functions/api/event-hub.ts';
import type { ApiDeps, Prediction } from '../../functions/api/deps.ts';
import { createDirectTrends } from '../../functions/trends/direct-trends.ts';
import type { HostStatus, JobSummary, LiveTweet, ModelSummary } from '../../shared/contracts/api.ts';
import type { Entity, Tweet } from '../../shared/contracts/tweet.ts';
import { createMetrics } from '../../shared/metrics/metrics.ts';
import type { RejectedLine } from '../../shared/stream/parse-tweets.ts';
import { TrendStore } from '../../shared/trends/trend-store.ts';

/** What a host gives, and a function may not. */
type HostDeps = ApiDeps & Required<Pick<ApiDeps, 'status' | 'events' | 'metrics'>>;

/** A host in memory behind the API: what it was given can be looked at, its state can be set. */
export interface ApiHost {
  readonly deps: HostDeps;
  readonly hub: PublishingEventHub;
  readonly ingested: Tweet[];
  readonly quarantined: RejectedLine[];
  /** Errors that callers got as 500. */
  readonly reported: unknown[];
  setStatus(change: Partial<HostStatus>): void;
}

export const MODEL_ID = '0123456789abcdef';

const MODELS: readonly ModelSummary[] = [
  { id: 'fedcba9876543210', current: false, labels: ['O', 'B-person'], metrics: {}, sizeBytes: 1000 },
  {
    id: MODEL_ID,
    current: true,
    createdAt: '2026-11-24T08:00:00.000Z',
    labels: ['O', 'B-geo-loc', 'I-geo-loc'],
    metrics: { dev: { precision: 0.5, recall: 0.25, f1: 1 / 3 } },
    sizeBytes: 2_000_000,
  },
];

/** A job that trains, and one whose model was refused. */
export const JOBS: readonly JobSummary[] = [
  {
    name: 'tagwright-local-1',
    dataset: 'wnut17/0123456789abcdef',
    status: 'InProgress',
    stage: 'Training',
    createdAt: '2026-11-24T08:00:00.000Z',
    metrics: { 'train:epoch': 4, 'val:f1': 0.4512 },
  },
  {
    name: 'tagwright-local-0',
    dataset: 'wnut17/fedcba9876543210',
    status: 'Completed',
    stage: 'Completed',
    createdAt: '2026-11-23T08:00:00.000Z',
    startedAt: '2026-11-23T08:00:01.000Z',
    endedAt: '2026-11-23T08:10:00.000Z',
    metrics: {},
    decision: {
      verdict: 'refused',
      reason: 'F1 0.4471 against 0.4512 (-0.0041): it has to be +0.0000 at least',
      decidedAt: '2026-11-23T08:10:02.000Z',
      modelId: 'fedcba9876543210',
      f1: 0.4471,
      championF1: 0.4512,
    },
  },
];

/** Finds "Lisbon", and nothing else. */
export function findLisbon(text: string): readonly Entity[] {
  const start = text.indexOf('Lisbon');
  if (start < 0) return [];
  const startCp = Array.from(text.slice(0, start)).length;
  return [{ type: 'geo-loc', text: 'Lisbon', start, end: start + 6, startCp, endCp: startCp + 6, score: 0.9 }];
}

/** A ready host whose parts can be replaced. */
export function createApiHost(overrides: Partial<ApiDeps> = {}): ApiHost {
  const hub = createEventHub();
  const ingested: Tweet[] = [];
  const quarantined: RejectedLine[] = [];
  const reported: unknown[] = [];
  let status: HostStatus = {
    ready: true,
    modelId: MODEL_ID,
    tweetsPerSecond: 0,
    tagged: 0,
    failed: 0,
    duplicates: 0,
    rejected: 0,
    queue: { ready: 0, inFlight: 0, dead: 0 },
    alarms: [],
  };
  const deps: HostDeps = {
    admission: async () => 'open',
    ingest: async (tweets, rejected) => {
      ingested.push(...tweets);
      quarantined.push(...rejected);
      return { accepted: tweets.length, rejected: rejected.length, messages: Math.ceil(tweets.length / 100) };
    },
    predict: async (texts): Promise<Prediction> => ({ model: MODEL_ID, results: texts.map(findLisbon) }),
    models: async () => MODELS,
    serving: () => status,
    jobs: async () => JOBS,
    status: () => status,
    events: hub,
    metrics: createMetrics(),
    trends: createDirectTrends(new TrendStore({ path: ':memory:', clock: () => new Date(0) })),
    reportError: (error) => void reported.push(error),
    ...overrides,
  };
  return {
    deps,
    hub,
    ingested,
    quarantined,
    reported,
    setStatus: (change) => {
      status = { ...status, ...change };
    },
  };
}

/** A tagged tweet for the live page, with "Lisbon" found where it stands. */
export function liveTweet(id: string, text: string): LiveTweet {
  return { id, text, author: 'somebody', entities: [...findLisbon(text)], taggedAt: '2026-11-24T08:00:00.000Z' };
}
