/** A message as the queue hands it out. */
export interface ReceivedMessage {
  /** The queue's name for it, the same at every delivery. SQS gives a new one at redrive. */
  readonly id: string;
  readonly body: string;
  /** Names this delivery; what `delete` and `release` take. */
  readonly receipt: string;
  /** 1 at the first delivery. */
  readonly receiveCount: number;
  readonly sentAt: Date;
}

export interface ReceiveOptions {
  /** Messages at most. */
  readonly max: number;
  /** The messages are hidden from other receivers for so long; then they are delivered again. */
  readonly visibilityTimeoutMs: number;
  /** How long to wait for a message when there is none; 0, the default, returns at once. */
  readonly waitMs?: number;
  /** Ends the wait early. */
  readonly signal?: AbortSignal;
}

export interface ReleaseOptions {
  /** The messages stay hidden for so long; 0 by default. */
  readonly delayMs?: number;
  /** Why they were given back, kept for the dead-letter queue where the adapter can. */
  readonly reason?: string;
}

/** Messages by state. On SQS these are approximate. */
export interface QueueDepth {
  readonly ready: number;
  /** Received and neither deleted nor visible again, or released with a delay. */
  readonly inFlight: number;
  readonly dead: number;
}

/** A message that was received too often. */
export interface DeadLetter {
  readonly id: string;
  readonly body: string;
  readonly receiveCount: number;
  readonly sentAt: Date;
  /** The reason of its last release, when one was given. */
  readonly reason?: string;
}

/**
 * A queue with the promises of an SQS standard queue: every accepted message is delivered at least once, in no
 * promised order, until it is deleted; a message received `maxReceiveCount` times without being deleted goes to the
 * dead-letter queue instead of being delivered again. The queue does not bound its depth: whoever sends looks at
 * `depth` first.
 */
export interface Queue {
  /**
   * Accepts the messages, in the order given; when it resolves they are on disk. Returns their ids. When it throws,
   * some may have been accepted (SQS takes ten a call), so a repeated send may repeat messages.
   *
   * @throws E_QUEUE_MESSAGE when a body is empty, over MESSAGE_MAX_BYTES or has characters that SQS refuses.
   */
  send(bodies: readonly string[]): Promise<readonly string[]>;
  receive(options: ReceiveOptions): Promise<readonly ReceivedMessage[]>;
  /**
   * Done with these. A receipt that is out of date (the message was delivered again meanwhile) deletes nothing.
   *
   * @throws E_QUEUE_MESSAGE when a receipt is not one of this queue.
   */
  delete(receipts: readonly string[]): Promise<void>;
  /** Gives messages back before their time-out; out-of-date receipts are passed over as in `delete`. */
  release(receipts: readonly string[], options?: ReleaseOptions): Promise<void>;
  depth(): Promise<QueueDepth>;
  /** The dead-letter queue, oldest first, without taking from it. */
  deadLetters(): AsyncIterable<DeadLetter>;
  /** Moves dead letters back, oldest first and all of them unless `max` says less, with a receive count of 0; returns how many. */
  redrive(max?: number): Promise<number>;
  close(): void;
}
