import type { BusEvent } from '../contracts/events.ts';

/**
 * Tells what has happened to whom it concerns. An event that `publish` has resolved for reaches each of those who listen
 * for its type at least once: perhaps several times, late, and in another order. Handlers are idempotent by what the event
 * is about, not by its id.
 */
export interface EventBus {
  /** @throws {E_EVENT_REFUSED} an event is too large, or the bus does not take it; those before it may be published */
  publish(events: readonly BusEvent[]): Promise<void>;
}
