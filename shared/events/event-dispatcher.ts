import { setTimeout } from 'node:timers/promises';
import type { BusEvent, BusEventType } from '../contracts/events.ts';
import type { Delivery, SqliteEventBus, Subscription } from './sqlite-event-bus.ts';

/** Somebody who is told of events, one after the other in the order of their publishing, unless one has to be told again. */
export interface Subscriber extends Subscription {
  /** Throws to be told again. Idempotent: the same event may come twice, and late. */
  readonly handle: (event: BusEvent) => Promise<void>;
}

type EventOf<T extends BusEventType> = Extract<BusEvent, { readonly 'detail-type': T }>;

/** One that handles events of some types only. */
export function subscriber<T extends BusEventType>(
  name: string,
  types: readonly T[],
  handle: (event: EventOf<T>) => Promise<void>,
): Subscriber {
  const concerns = (event: BusEvent): event is EventOf<T> => types.some((type) => type === event['detail-type']);
  return {
    name,
    types,
    handle: async (event) => {
      if (concerns(event)) await handle(event);
    },
  };
}

/** A subscriber failed at an event. */
export interface DispatchFailure {
  readonly subscriber: string;
  readonly event: BusEvent;
  readonly error: unknown;
  /** Whether this was the last try: the event is among the dead ones. */
  readonly dead: boolean;
}

export interface EventDispatcherOptions {
  readonly bus: SqliteEventBus;
  readonly subscribers: readonly Subscriber[];
  /** Told of every failure, and of the bus's own with no event. Must not throw. */
  readonly onFailure: (failure: DispatchFailure | { readonly error: unknown }) => void;
  /** How soon what another process published is seen. */
  readonly pollMs?: number;
  /** Pause before an event is told again; doubled each time. */
  readonly retryDelayMs?: number;
  /** Tries before an event is given up. */
  readonly maxTries?: number;
  /** After this an event is told again that a killed host had in hand. */
  readonly leaseMs?: number;
}

const RETRY_DELAY_MAX_MS = 5 * 60_000;
const DEFAULTS = {
  pollMs: 250,
  retryDelayMs: 1_000,
  // With pauses up to five minutes: about an hour, in which a full disk or a platform that is down may be mended.
  maxTries: 20,
  leaseMs: 15_000,
};

/**
 * Tells the subscribers of a bus, each in a lane of its own: what rules and queues do between EventBridge and functions, in
 * this process. `run` ends after the signal, once those at work are done.
 */
export function createEventDispatcher(options: EventDispatcherOptions): {
  readonly run: (signal: AbortSignal) => Promise<void>;
} {
  return {
    run: async (signal) => {
      await Promise.all(options.subscribers.map((subscriber) => lane(subscriber, { ...DEFAULTS, ...options }, signal)));
    },
  };
}

type Settings = Required<EventDispatcherOptions>;

async function lane(subscriber: Subscriber, settings: Settings, signal: AbortSignal): Promise<void> {
  const { bus, onFailure, pollMs } = settings;
  while (!signal.aborted) {
    try {
      const delivery = bus.take(subscriber, settings.leaseMs);
      if (delivery === undefined) await published(bus, pollMs, signal);
      else await deliver(subscriber, delivery, settings);
    } catch (error) {
      onFailure({ error });
      await pause(settings.retryDelayMs, signal);
    }
  }
}

async function deliver(subscriber: Subscriber, delivery: Delivery, settings: Settings): Promise<void> {
  const { bus, onFailure, leaseMs, maxTries } = settings;
  const heartbeat = setInterval(() => {
    try {
      bus.extend(delivery, leaseMs);
    } catch (error) {
      onFailure({ error });
    }
  }, leaseMs / 3);
  try {
    await subscriber.handle(delivery.event);
    bus.done(delivery);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    const dead = delivery.tries >= maxTries;
    if (dead) bus.bury(delivery, reason);
    else bus.retry(delivery, Math.min(settings.retryDelayMs * 2 ** (delivery.tries - 1), RETRY_DELAY_MAX_MS), reason);
    onFailure({ subscriber: subscriber.name, event: delivery.event, error, dead });
  } finally {
    clearInterval(heartbeat);
  }
}

/** Resolves when this process publishes, after `ms` in case another one has, or at the signal. */
async function published(bus: SqliteEventBus, ms: number, signal: AbortSignal): Promise<void> {
  const woken = new AbortController();
  const stopListening = bus.onPublish(() => {
    woken.abort();
  });
  await pause(ms, AbortSignal.any([woken.signal, signal]));
  stopListening();
}

async function pause(ms: number, signal: AbortSignal): Promise<void> {
  try {
    await setTimeout(ms, undefined, { signal });
  } catch (error) {
    if (!signal.aborted) throw error;
  }
}
