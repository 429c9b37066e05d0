import { BODY_MAX_BYTES } from '../../shared/contracts/limits.ts';

/** What one caller may ask for at once. */
export interface ApiLimits {
  readonly bodyMaxBytes: number;
  /** Requests with a body that are worked on at once: bodies are held in memory. More are told to come back. */
  readonly maxBodiesInFlight: number;
  /** Open `GET /v1/stream` connections. */
  readonly maxStreams: number;
  /** Bytes that wait for one reader of the stream; a reader that falls further behind is cut off. */
  readonly streamBufferBytes: number;
  /** Time between two tweets on the stream: 125 ms shows at most 8 a second, which an eye can still follow. */
  readonly streamIntervalMs: number;
  /** Time between two comments that keep an idle stream open through proxies. */
  readonly heartbeatMs: number;
  /** Rejected lines that an ingest answer names. */
  readonly maxReportedLines: number;
}

export const DEFAULT_LIMITS: ApiLimits = {
  bodyMaxBytes: BODY_MAX_BYTES,
  maxBodiesInFlight: 16,
  maxStreams: 32,
  streamBufferBytes: 256 * 1024,
  streamIntervalMs: 125,
  heartbeatMs: 15_000,
  maxReportedLines: 20,
};
