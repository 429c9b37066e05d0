import { setTimeout } from 'node:timers/promises';
import { NerError } from '../../shared/ner-error.ts';
import type { Queue, QueueDepth, ReceivedMessage } from '../../shared/queue/queue.ts';
import type { TaggerHandler, TaggerResult } from '../tagger/handler.ts';
import { RateMeter } from './rate-meter.ts';
import { wait } from './wait.ts';

export interface PumpEvents {
  /** A batch is done: what came of it. Must not throw. */
  readonly onBatch?: (result: TaggerResult) => void;
  /** The queue or the handler failed as a whole; the pump goes on after a pause. Must not throw. */
  readonly onError?: (error: unknown) => void;
}

export interface PumpOptions {
  readonly queue: Queue;
  readonly handler: TaggerHandler;
  readonly clock: () => Date;
  readonly events?: PumpEvents;
  /** Messages in one call of the handler; a message has MESSAGE_MAX_BYTES, so this bounds tweets and memory. */
  readonly maxMessages?: number;
  /** Batches at work at once: while one is tagged, the next is read and the one before is stored. */
  readonly lanes?: number;
  /** Longer than a batch can take; a batch that takes longer is tagged twice, though stored once. */
  readonly visibilityTimeoutMs?: number;
  /** How long work that has begun may go on after the signal; then its messages go back to the queue. */
  readonly stopDeadlineMs?: number;
  /** Pause before a failed message is delivered again, and after a failure of the queue; doubled each time. */
  readonly retryDelayMs?: number;
}

/** Counts since the pump was made. */
export interface PumpCounts {
  readonly tagged: number;
  readonly duplicates: number;
  readonly quarantined: number;
  /** Deliveries that failed; a message that fails twice counts twice. */
  readonly failed: number;
}

export interface PumpSnapshot extends PumpCounts {
  /** Tweets tagged per second, mean of the last five seconds. */
  readonly taggedPerSecond: number;
  readonly depth: QueueDepth;
}

export interface Pump {
  /** Takes messages from the queue to the handler until the signal, then ends what has begun. Call it once. */
  run(signal: AbortSignal): Promise<void>;
  snapshot(): Promise<PumpSnapshot>;
}

const RECEIVE_WAIT_MS = 1_000;
const RETRY_DELAY_MAX_MS = 60_000;

/** The embedded host's event source mapping: what Lambda does between SQS and a function, in this process. */
export function createPump(options: PumpOptions): Pump {
  return new QueuePump(options);
}

class QueuePump implements Pump {
  readonly #queue: Queue;
  readonly #handler: TaggerHandler;
  readonly #events: PumpEvents;
  readonly #settings: Required<Omit<PumpOptions, 'queue' | 'handler' | 'clock' | 'events'>>;
  readonly #rate: RateMeter;
  readonly #inHand = new Set<ReceivedMessage>();
  #counts: PumpCounts = { tagged: 0, duplicates: 0, quarantined: 0, failed: 0 };

  constructor({ queue, handler, clock, events = {}, ...settings }: PumpOptions) {
    this.#queue = queue;
    this.#handler = handler;
    this.#events = events;
    this.#settings = {
      maxMessages: settings.maxMessages ?? 4,
      lanes: settings.lanes ?? 2,
      visibilityTimeoutMs: settings.visibilityTimeoutMs ?? 60_000,
      stopDeadlineMs: settings.stopDeadlineMs ?? 10_000,
      retryDelayMs: settings.retryDelayMs ?? 1_000,
    };
    this.#rate = new RateMeter(clock);
  }

  async run(signal: AbortSignal): Promise<void> {
    const failure = new AbortController();
    const stop = AbortSignal.any([signal, failure.signal]);
    const lanes = Array.from({ length: this.#settings.lanes }, () =>
      this.#lane(stop).catch((error: unknown) => {
        failure.abort();
        throw error;
      }),
    );
    const done = Promise.all(lanes);
    const settled = done.then(
      () => true,
      () => true,
    );
    await aborted(stop, settled);
    const timer = new AbortController();
    const inTime = await Promise.race([settled, setTimeout(this.#settings.stopDeadlineMs, false, timer)]);
    timer.abort();
    if (inTime) await done;
    else await this.#queue.release([...this.#inHand].map((message) => message.receipt));
  }

  async snapshot(): Promise<PumpSnapshot> {
    return { ...this.#counts, taggedPerSecond: this.#rate.perSecond(), depth: await this.#queue.depth() };
  }

  async #lane(signal: AbortSignal): Promise<void> {
    for (let failures = 0; !signal.aborted;) {
      try {
        await this.#batch(signal);
        failures = 0;
      } catch (error) {
        // Nothing that waiting could mend.
        if (error instanceof NerError && error.code === 'E_DATABASE_CORRUPT') throw error;
        this.#events.onError?.(error);
        failures += 1;
        await wait(this.#retryDelayMs(failures), signal);
      }
    }
  }

  async #batch(signal: AbortSignal): Promise<void> {
    const { maxMessages: max, visibilityTimeoutMs } = this.#settings;
    const messages = await this.#queue.receive({ max, visibilityTimeoutMs, waitMs: RECEIVE_WAIT_MS, signal });
    if (messages.length === 0) return;
    for (const message of messages) this.#inHand.add(message);
    try {
      const result = await this.#handler.handle(messages);
      this.#count(result);
      await this.#settle(messages, result);
      this.#events.onBatch?.(result);
    } finally {
      for (const message of messages) this.#inHand.delete(message);
    }
  }

  async #settle(messages: readonly ReceivedMessage[], { failed, reasons }: TaggerResult): Promise<void> {
    const again = new Set(failed);
    await this.#queue.delete(messages.filter(({ id }) => !again.has(id)).map(({ receipt }) => receipt));
    for (const message of messages.filter(({ id }) => again.has(id))) {
      const delayMs = this.#retryDelayMs(message.receiveCount);
      const reason = reasons.get(message.id);
      await this.#queue.release([message.receipt], reason === undefined ? { delayMs } : { delayMs, reason });
    }
  }

  #count({ tagged, duplicates, quarantined, failed }: TaggerResult): void {
    this.#rate.add(tagged);
    this.#counts = {
      tagged: this.#counts.tagged + tagged,
      duplicates: this.#counts.duplicates + duplicates,
      quarantined: this.#counts.quarantined + quarantined,
      failed: this.#counts.failed + failed.length,
    };
  }

  #retryDelayMs(tries: number): number {
    return Math.min(this.#settings.retryDelayMs * 2 ** (tries - 1), RETRY_DELAY_MAX_MS);
  }
}

/** Resolves at the signal, or when `settled` does. */
async function aborted(signal: AbortSignal, settled: Promise<unknown>): Promise<void> {
  if (signal.aborted) return;
  const heard = new Promise<void>((resolve) => {
    signal.addEventListener(
      'abort',
      () => {
        resolve();
      },
      { once: true },
    );
  });
  await Promise.race([heard, settled]);
}
