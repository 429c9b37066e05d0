import type { HostStatus, JobSummary, LiveTweet, ModelSummary, TopEntities } from '../../shared/contracts/api.ts';
import type { Entity, Tweet } from '../../shared/contracts/tweet.ts';
import type { Metrics } from '../../shared/metrics/metrics.ts';
import type { PredictOptions } from '../../shared/model/predictor.ts';
import type { RejectedLine } from '../../shared/stream/parse-tweets.ts';
import type { TrendService } from '../trends/trend-service.ts';
import type { Authentication } from './auth/authentication.ts';
import type { ApiLimits } from './limits.ts';

/** What became of one ingest call: tweets queued, lines quarantined, messages that the tweets were packed into. */
export interface Ingested {
  readonly accepted: number;
  readonly rejected: number;
  readonly messages: number;
}

/** Whether tweets are taken: not while the queue is full, and not by a host that is stopping. */
export type Admission = 'open' | 'full' | 'stopping';

/** Whether a model is loaded, and which. */
export interface Serving {
  readonly ready: boolean;
  readonly modelId: string | null;
}

/** Entities of each text, and the one model that found them all. */
export interface Prediction {
  readonly model: string;
  readonly results: readonly (readonly Entity[])[];
}

/** Something that the live page shows. A `tagged` event carries what one queue message held. */
export type LiveEvent =
  | { readonly kind: 'tagged'; readonly tweets: readonly LiveTweet[] }
  | { readonly kind: 'status'; readonly status: HostStatus }
  | { readonly kind: 'top'; readonly top: TopEntities };

/** Where live events are heard. Listeners are called in turn, must be quick and must not throw. */
export interface EventHub {
  /** Returns the call that ends the subscription. */
  subscribe(listener: (event: LiveEvent) => void): () => void;
}

/** A file of the console page, as it is sent. */
export interface ConsoleAsset {
  readonly body: string;
  readonly contentType: string;
  /** Strong entity tag, with its quotes. */
  readonly etag: string;
}

/** The files of the pages by path, each made when it is asked for. */
export type ConsoleFiles = ReadonlyMap<string, () => Promise<ConsoleAsset>>;

/** What the API asks of the trends. */
export type TrendDeps = Pick<TrendService, 'list' | 'detail' | 'merges' | 'decide'>;

/** Everything that the API is given. It knows neither the queue nor the store nor where it runs. */
export interface ApiDeps {
  /** Asked before a body is read: what is not taken costs nothing. */
  admission(): Promise<Admission>;
  /** Packs and enqueues the tweets, and puts the rejected lines in quarantine. */
  ingest(tweets: readonly Tweet[], rejected: readonly RejectedLine[]): Promise<Ingested>;
  /** @throws {NerError} E_NOT_READY when no model is loaded. */
  predict(texts: readonly string[], options?: PredictOptions): Promise<Prediction>;
  models(): Promise<readonly ModelSummary[]>;
  /** The training jobs of uploads, the newest first; without it there is no route for them. */
  jobs?(): Promise<readonly JobSummary[]>;
  /** Whether it answers, and by which model. */
  serving(): Serving | Promise<Serving>;
  /** How the host is; without it, as in a function, there is neither `GET /v1/status` nor a stream. */
  status?(): HostStatus;
  /** What happens, for the stream of the live page. */
  readonly events?: EventHub;
  /** Without it there is no `GET /metrics`. */
  readonly metrics?: Pick<Metrics, 'text' | 'contentType' | 'observe' | 'add'>;
  /** Who may call; without it, whoever reaches the server. */
  readonly authentication?: Authentication;
  /** What is talked about; without it there are no routes for it. */
  readonly trends?: TrendDeps;
  /** Told of every error that a caller got as 500, with the request's id. */
  reportError(error: unknown, requestId: string): void;
  /**
   * Host names that are served besides the loopback ones: `name` (any port) or `name:port`. `*`, for an API where no caller
   * is let in for being near: any host and origin.
   */
  readonly hosts?: readonly string[];
  /** The pages by path; without them `GET /` is not found, without the live page it leads to the trends. */
  readonly console?: ConsoleFiles;
  readonly limits?: Partial<ApiLimits>;
}
