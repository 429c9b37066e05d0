import type { BusEvent } from '../contracts/events.ts';
import { EVENT_MAX_BYTES } from '../contracts/limits.ts';
import { NerError } from '../ner-error.ts';

/**
 * Refuses what EventBridge refuses, so that every adapter takes the same events.
 *
 * @throws {E_EVENT_REFUSED}
 */
export function assertEventSize(event: BusEvent): void {
  // What is counted on the platform: source, detail type and detail.
  const sizeBytes = Buffer.byteLength(String(event.source) + event['detail-type'] + JSON.stringify(event.detail));
  if (sizeBytes <= EVENT_MAX_BYTES) return;
  throw new NerError(
    'E_EVENT_REFUSED',
    `publish: the event '${event['detail-type']}' is too large, got ${sizeBytes} bytes; expected at most ${EVENT_MAX_BYTES}. ` +
      'Put what it tells into the store and name the key.',
  );
}
