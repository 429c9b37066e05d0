import { describe, expect, test } from 'vitest';
import type { BusEvent, BusEventType, ModelPromoted, ModelRefused } from '../../../shared/contracts/events.ts';
import { EVENT_MAX_BYTES } from '../../../shared/contracts/limits.ts';
import type { EventBus } from '../../../shared/events/event-bus.ts';
import { codeOf } from '../error-code.ts';

/** A bus on which one listens for each of the types that `make` was given. */
export interface EventBusUnderTest {
  readonly bus: EventBus;
  /**
   * What has come for the listener of a type so far, copies and all, once `count` events of different details are there.
   * Those that come later are given by the next call, with these.
   */
  readonly received: (type: BusEventType, count: number) => Promise<readonly BusEvent[]>;
}

const time = '2026-03-04T05:06:07.000Z';

function promoted(number: number): ModelPromoted {
  const modelId = number.toString(16).padStart(16, '0');
  return {
    id: `promoted-${number}`,
    time,
    source: 'tagwright',
    'detail-type': 'Model Promoted',
    detail: { modelId, previous: null, job: `job-${number}` },
  };
}

function refused(reason: string): ModelRefused {
  return {
    id: 'refused-1',
    time,
    source: 'tagwright',
    'detail-type': 'Model Refused',
    detail: { job: 'job-1', reason },
  };
}

/** What events say, without the ids and times that a platform gives them anew; copies once. */
function said(events: readonly BusEvent[]): readonly string[] {
  return [...new Set(events.map((event) => JSON.stringify([event['detail-type'], event.detail])))].sort();
}

/** What every EventBus does. `make` gives a bus without events; it is called inside tests. */
export function eventBusConformance(
  name: string,
  make: (types: readonly BusEventType[]) => Promise<EventBusUnderTest>,
): void {
  describe(`${name} as an event bus`, () => {
    test('brings an event to who listens for its type, with all that it says', async () => {
      const { bus, received } = await make(['Model Promoted']);
      await bus.publish([promoted(1)]);
      const [event] = await received('Model Promoted', 1);
      expect(event).toMatchObject({ source: 'tagwright', 'detail-type': 'Model Promoted', detail: promoted(1).detail });
      expect(event?.id).not.toBe('');
      expect(Date.parse(event!.time)).not.toBeNaN();
    });

    test('brings each of many events', async () => {
      const { bus, received } = await make(['Model Promoted']);
      const events = Array.from({ length: 25 }, (_, i) => promoted(i));
      await bus.publish(events);
      expect(said(await received('Model Promoted', 25))).toEqual(said(events));
    });

    test('brings nothing to who listens for something else', async () => {
      const { bus, received } = await make(['Model Promoted', 'Model Refused']);
      await bus.publish([refused('F1 fell by 0.02'), promoted(1), promoted(2)]);
      expect(said(await received('Model Promoted', 2))).toEqual(said([promoted(1), promoted(2)]));
      expect(said(await received('Model Refused', 1))).toEqual(said([refused('F1 fell by 0.02')]));
    });

    test('brings text of every script as it is', async () => {
      const { bus, received } = await make(['Model Refused']);
      const event = refused('"F1" \\ sank\n\tum 2 % 😀 \u2028 اَلْعَرَبِيَّةُ');
      await bus.publish([event]);
      expect(said(await received('Model Refused', 1))).toEqual(said([event]));
    });

    test('takes an event that was published already', async () => {
      const { bus, received } = await make(['Model Promoted']);
      await bus.publish([promoted(1)]);
      await bus.publish([promoted(1), promoted(2)]);
      expect(said(await received('Model Promoted', 2))).toEqual(said([promoted(1), promoted(2)]));
    });

    test('has nothing to do for an empty list', async () => {
      const { bus } = await make([]);
      await bus.publish([]);
    });

    test('fails for an event that is too large, and takes one that is just not', async () => {
      const { bus, received } = await make(['Model Refused']);
      const around = Buffer.byteLength(`tagwrightModel Refused${JSON.stringify(refused('').detail)}`);
      const largest = refused('x'.repeat(EVENT_MAX_BYTES - around));
      expect(await codeOf(() => bus.publish([refused(`${largest.detail.reason}x`)]))).toBe('E_EVENT_REFUSED');
      await bus.publish([largest]);
      expect(said(await received('Model Refused', 1))).toEqual(said([largest]));
    });
  });
}
