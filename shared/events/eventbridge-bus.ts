import {
  type EventBridgeClient,
  PutEventsCommand,
  type PutEventsRequestEntry,
  type PutEventsResultEntry,
} from '@aws-sdk/client-eventbridge';
import { setTimeout } from 'node:timers/promises';
import { askCloud } from '../cloud/cloud-error.ts';
import type { BusEvent } from '../contracts/events.ts';
import { EVENT_MAX_BYTES } from '../contracts/limits.ts';
import { NerError } from '../ner-error.ts';
import type { EventBus } from './event-bus.ts';
import { assertEventSize } from './event-size.ts';

export interface EventBridgeBusOptions {
  readonly client: EventBridgeClient;
  /** Name or ARN. */
  readonly bus: string;
}

const ENTRIES_MAX = 10;
const ATTEMPTS = 4;
const FIRST_PAUSE_MS = 100;

/** Failures of single events that another try may mend. */
const TRANSIENT = /Throttling|InternalFailure|InternalException|ServiceUnavailable/;

/**
 * Publishes to EventBridge, which gives each event an id and brings it to the targets of rules that match. Events in the name
 * of AWS (`aws.s3`, `aws.sagemaker`) come from there alone.
 *
 * @throws {E_CLOUD_DENIED, E_CLOUD_UNREACHABLE, E_CLOUD_REFUSED} from `publish`
 */
export class EventBridgeBus implements EventBus {
  readonly #client: EventBridgeClient;
  readonly #bus: string;

  constructor({ client, bus }: EventBridgeBusOptions) {
    this.#client = client;
    this.#bus = bus;
  }

  async publish(events: readonly BusEvent[]): Promise<void> {
    for (const event of events) assertOwn(event);
    for (const batch of batches(events.map((event) => this.#entryOf(event)))) await this.#put(batch);
  }

  #entryOf(event: BusEvent): PutEventsRequestEntry {
    return {
      EventBusName: this.#bus,
      Source: String(event.source),
      DetailType: event['detail-type'],
      Detail: JSON.stringify(event.detail),
      Time: new Date(event.time),
    };
  }

  /** A call can succeed for some of its events: the others are published again, with growing pauses. */
  async #put(batch: readonly PutEventsRequestEntry[]): Promise<void> {
    let left = batch;
    for (let attempt = 1; left.length > 0; attempt++) {
      const call = { service: 'events', action: 'PutEvents', resource: this.#bus };
      const { Entries: results = [] } = await askCloud(call, () =>
        this.#client.send(new PutEventsCommand({ Entries: [...left] })),
      );
      left = left.filter((_, i) => isWorthAnother(results[i], attempt));
      if (left.length > 0) await setTimeout(FIRST_PAUSE_MS * 2 ** (attempt - 1));
    }
  }
}

function assertOwn(event: BusEvent): void {
  assertEventSize(event);
  if (event.source === 'tagwright') return;
  throw new NerError(
    'E_EVENT_REFUSED',
    `publish: the event '${event['detail-type']}' is in the name of AWS, got the source ${String(event.source)}; expected tagwright.`,
  );
}

/** Ten events a call at most, which together may be as large as one. */
function batches(entries: readonly PutEventsRequestEntry[]): readonly (readonly PutEventsRequestEntry[])[] {
  const all: PutEventsRequestEntry[][] = [];
  let roomBytes = 0;
  for (const entry of entries) {
    const sizeBytes = Buffer.byteLength(entry.Source! + entry.DetailType! + entry.Detail!);
    const last = all.at(-1);
    if (last === undefined || last.length === ENTRIES_MAX || sizeBytes > roomBytes) {
      all.push([entry]);
      roomBytes = EVENT_MAX_BYTES;
    } else last.push(entry);
    roomBytes -= sizeBytes;
  }
  return all;
}

function isWorthAnother(
  { ErrorCode: code, ErrorMessage: message }: PutEventsResultEntry = {},
  attempt: number,
): boolean {
  if (code === undefined) return false;
  const got = `got ${code}: ${message ?? ''}`;
  if (!TRANSIENT.test(code)) {
    throw new NerError(
      'E_EVENT_REFUSED',
      `publish: the bus does not take an event, ${got}; expected one that it takes.`,
    );
  }
  if (attempt < ATTEMPTS) return true;
  throw new NerError(
    'E_CLOUD_UNREACHABLE',
    `events: PutEvents failed ${ATTEMPTS} times, ${got}; expected an answer. Try again later.`,
  );
}
