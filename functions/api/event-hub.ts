import type { EventHub, LiveEvent } from './deps.ts';

/** The in-process hub: what the host publishes reaches every listener at once, in the order they came. */
export interface PublishingEventHub extends EventHub {
  publish(event: LiveEvent): void;
}

/** A hub without listeners. */
export function createEventHub(): PublishingEventHub {
  const listeners = new Set<(event: LiveEvent) => void>();
  return {
    subscribe: (listener) => {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    publish: (event) => {
      for (const listener of listeners) listener(event);
    },
  };
}
