import type { SourceState } from '../../shared/contracts/api.ts';
import type { Tweet } from '../../shared/contracts/tweet.ts';
import type { QuarantineItem } from '../../shared/stream/quarantine.ts';

/** Waits so long, or until the signal, whichever comes first; never rejects. */
export type Wait = (ms: number, signal: AbortSignal) => Promise<void>;

/** Something that came in and is no tweet. */
export type RejectedInput = Omit<QuarantineItem, 'source'>;

/** What a source gives at a time. */
export interface Delivery {
  readonly tweets: readonly Tweet[];
  readonly rejected: readonly RejectedInput[];
  /** Where to go on once this and everything before it was accepted; as before when left out. */
  readonly cursor?: string;
}

/** A state that a source is in from now on, and why. The reason never holds tweets or credentials. */
export interface SourceChange {
  readonly state: SourceState;
  readonly reason?: string;
  /** When waiting: how long. */
  readonly retryMs?: number;
}

export interface SourceStart {
  /** The last cursor whose deliveries were accepted, also by an earlier process. */
  readonly cursor: string | undefined;
  /** Must not throw. */
  readonly onChange: (change: SourceChange) => void;
}

/** Where tweets come from: a port with an adapter for each service. */
export interface Source {
  /** Part of the cursor's key, of reasons and of log lines: letters, digits and hyphens. */
  readonly name: string;
  /**
   * What comes, in order, for as long as the service gives it: connections that are lost are made again. It is asked for
   * the next delivery only when the last one is taken, and holds back the service meanwhile. Ends at the signal.
   *
   * @throws {NerError} what waiting cannot mend, such as E_SOURCE_DENIED
   */
  deliveries(start: SourceStart, signal: AbortSignal): AsyncIterable<Delivery>;
}

/** What a source that goes over a network is given besides: all that a test replaces. */
export interface SourceDeps {
  readonly clock: () => Date;
  readonly wait: Wait;
  /** For jitter: many clients of one service must not come back at the same moment. */
  readonly rng: { uniform(): number };
}
