import type { SourceStatus } from '../../shared/contracts/api.ts';
import type { Tweet } from '../../shared/contracts/tweet.ts';
import type { ObjectStore } from '../../shared/store/object-store.ts';
import { messageOf } from '../local/message-of.ts';
import { exponential } from './reconnect.ts';
import type { Delivery, RejectedInput, Source, SourceChange, Wait } from './source.ts';
import { loadStreamCursor, saveStreamCursor } from './stream-cursor.ts';

export interface SourceRunnerDeps {
  /** Accepts tweets for good: what it resolved for is on disk. */
  readonly take: (tweets: readonly Tweet[], rejected: readonly RejectedInput[], source: string) => Promise<unknown>;
  /** Resolves when there is room for more, or at the signal. */
  readonly room: (signal: AbortSignal) => Promise<void>;
  readonly store: ObjectStore;
  readonly clock: () => Date;
  readonly wait: Wait;
  /** Told in a line of changes of state, never of tweets or credentials. */
  readonly log: (line: string) => void;
}

export interface SourceRunner {
  /**
   * Hands over what comes until the source is at its end or the signal, from where it was left. Call it once.
   *
   * @throws {NerError} what the source failed with; what came before it was handed over
   */
  run(signal: AbortSignal): Promise<void>;
  status(): SourceStatus;
}

/** Tweets in hand above which nothing is waited for: a queue message has about 300. */
const BATCH_TWEETS = 1_000;
/** A thin stream waits so long for company, which is little beside the latency that is promised. */
const BATCH_MS = 50;
/** What was accepted after the cursor comes again after a crash, and the ledger drops it. */
const SAVE_EVERY_MS = 1_000;
const retryDelayMs = exponential(1_000, 30_000);

interface Batch {
  tweets: Tweet[];
  rejected: RejectedInput[];
  cursor: string | undefined;
  /** Resolves when the first of it has waited long enough. */
  due: Promise<'due'> | undefined;
  cancel: AbortController;
}

const emptyBatch = (): Batch => ({
  tweets: [],
  rejected: [],
  cursor: undefined,
  due: undefined,
  cancel: new AbortController(),
});

/** Brings a source's tweets to the queue in batches, remembers how far it came, and counts. */
export function createSourceRunner(source: Source, deps: SourceRunnerDeps): SourceRunner {
  return new BatchingRunner(source, deps);
}

class BatchingRunner implements SourceRunner {
  readonly #source: Source;
  readonly #deps: SourceRunnerDeps;
  #status: SourceStatus;
  #connections = 0;
  #batch = emptyBatch();
  #lastSavedMs = -Infinity;
  #unsaved: string | undefined;

  constructor(source: Source, deps: SourceRunnerDeps) {
    this.#source = source;
    this.#deps = deps;
    const since = deps.clock().toISOString();
    this.#status = { name: source.name, state: 'connecting', since, received: 0, lastEventAt: null, reconnects: 0 };
  }

  status(): SourceStatus {
    return this.#status;
  }

  async run(signal: AbortSignal): Promise<void> {
    try {
      await this.#follow(signal);
      this.#change({ state: signal.aborted ? 'stopped' : 'done' });
    } catch (error) {
      this.#change({ state: 'failed', reason: messageOf(error) });
      throw error;
    }
  }

  async #follow(signal: AbortSignal): Promise<void> {
    const cursor = await loadStreamCursor(this.#deps.store, this.#source.name);
    const onChange = (change: SourceChange): void => {
      this.#change(change);
    };
    const deliveries = this.#source.deliveries({ cursor, onChange }, signal)[Symbol.asyncIterator]();
    try {
      for (let next = deliveries.next(); ;) {
        const { due } = this.#batch;
        const come = await (due === undefined ? next : Promise.race([next, due]));
        if (come === 'due') await this.#handOver(signal);
        else if (come.done === true) break;
        else {
          this.#add(come.value);
          if (this.#batch.tweets.length + this.#batch.rejected.length >= BATCH_TWEETS) await this.#handOver(signal);
          next = deliveries.next();
        }
      }
    } finally {
      await this.#handOver(signal);
      await this.#save(true);
    }
  }

  #add({ tweets, rejected, cursor }: Delivery): void {
    const batch = this.#batch;
    for (const tweet of tweets) batch.tweets.push(tweet);
    for (const item of rejected) batch.rejected.push(item);
    batch.cursor = cursor ?? batch.cursor;
    if (tweets.length > 0) this.#update({ lastEventAt: this.#deps.clock().toISOString() });
    const { wait } = this.#deps;
    batch.due ??= wait(BATCH_MS, batch.cancel.signal).then(() => 'due' as const);
  }

  /** Until it is accepted; at the signal one try is left. */
  async #handOver(signal: AbortSignal): Promise<void> {
    const { tweets, rejected, cursor, cancel } = this.#batch;
    this.#batch = emptyBatch();
    cancel.abort();
    for (let failures = 0; tweets.length + rejected.length > 0;) {
      try {
        await this.#deps.room(signal);
        await this.#deps.take(tweets, rejected, this.#source.name);
        this.#update({ received: this.#status.received + tweets.length });
        break;
      } catch (error) {
        if (signal.aborted) throw error;
        failures += 1;
        if (failures === 1) this.#log(`cannot hand over what came, and tries again: ${messageOf(error)}`);
        await this.#deps.wait(retryDelayMs(failures), signal);
      }
    }
    this.#unsaved = cursor ?? this.#unsaved;
    await this.#save(false);
  }

  async #save(now: boolean): Promise<void> {
    const { store, clock } = this.#deps;
    const cursor = this.#unsaved;
    const savedAt = clock();
    if (cursor === undefined || (!now && savedAt.getTime() - this.#lastSavedMs < SAVE_EVERY_MS)) return;
    await saveStreamCursor(store, this.#source.name, { cursor, savedAt });
    this.#lastSavedMs = savedAt.getTime();
    this.#unsaved = undefined;
  }

  #change({ state, reason, retryMs }: SourceChange): void {
    const { reason: reasonBefore, ...before } = this.#status;
    if (state === 'connecting') {
      if (this.#connections++ > 0) this.#update({ reconnects: before.reconnects + 1 });
      // Each try of an outage would be a change, and say nothing that is not known.
      if (before.state === 'waiting') return;
    }
    const changed = state !== before.state || reason !== reasonBefore;
    const since = state === before.state ? before.since : this.#deps.clock().toISOString();
    this.#status = {
      ...before,
      reconnects: this.#status.reconnects,
      state,
      since,
      ...(reason === undefined ? {} : { reason }),
    };
    if (!changed || state === 'connecting') return;
    const retry = retryMs === undefined ? '' : `; next try in ${(retryMs / 1_000).toFixed(1)} s`;
    this.#log(`${state}${reason === undefined ? '' : `: ${reason}`}${retry}`);
  }

  #update(part: Partial<SourceStatus>): void {
    this.#status = { ...this.#status, ...part };
  }

  #log(line: string): void {
    this.#deps.log(`source ${this.#source.name}: ${line}`);
  }
}
