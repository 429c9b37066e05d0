import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { SqliteEventBus } from '../shared/events/sqlite-event-bus.ts';

/** What became of events that somebody failed at too often. */
export interface RedrivenEvents {
  readonly failed: readonly { readonly type: string; readonly subscriber: string; readonly reason: string }[];
  /** How many are told again. */
  readonly told: number;
}

/** Lets the host tell them once more, unless it is only looked at. Looking makes no file where there is none. */
export function redriveEvents(state: string, look: boolean): RedrivenEvents {
  const path = join(state, 'events.sqlite');
  if (!existsSync(path)) return { failed: [], told: 0 };
  const bus = new SqliteEventBus({ path, clock: () => new Date() });
  try {
    const failed = bus
      .dead()
      .map(({ event, subscriber, reason }) => ({ type: event['detail-type'], subscriber, reason }));
    return { failed, told: look ? 0 : bus.redrive() };
  } finally {
    bus.close();
  }
}
