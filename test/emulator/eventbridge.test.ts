import {
  CreateEventBusCommand,
  type EventBridgeClient,
  PutRuleCommand,
  PutTargetsCommand,
} from '@aws-sdk/client-eventbridge';
import { CreateQueueCommand, type SQSClient } from '@aws-sdk/client-sqs';
import { randomUUID } from 'node:crypto';
import { describe, inject } from 'vitest';
import { type BusEvent, type BusEventType, busEventSchema } from '../../shared/contracts/events.ts';
import { EventBridgeBus } from '../../shared/events/eventbridge-bus.ts';
import { SqsQueue } from '../../shared/queue/sqs-queue.ts';
import { eventBridgeClient, sqsClient } from '../support/aws/emulator-clients.ts';
import { queueArn } from '../support/aws/queue-pair.ts';
import { eventBusConformance, type EventBusUnderTest } from '../support/conformance/event-bus.ts';
import { until } from '../support/until.ts';

const endpoint = inject('motoUrl');

interface Clients {
  readonly events: EventBridgeClient;
  readonly sqs: SQSClient;
}

/** A rule for a type with a queue as its target, as the stacks have them; gives the events that came. */
async function listen(
  { events, sqs }: Clients,
  bus: string,
  type: BusEventType,
): Promise<() => Promise<readonly BusEvent[]>> {
  const name = randomUUID();
  const { QueueUrl: url } = await sqs.send(new CreateQueueCommand({ QueueName: name }));
  const EventPattern = JSON.stringify({ source: ['tagwright'], 'detail-type': [type] });
  await events.send(new PutRuleCommand({ Name: name, EventBusName: bus, EventPattern }));
  const target = { Id: 'queue', Arn: await queueArn(sqs, url!) };
  await events.send(new PutTargetsCommand({ Rule: name, EventBusName: bus, Targets: [target] }));
  const queue = new SqsQueue({ client: sqs, url: url!, deadLetterUrl: url! });
  const come: BusEvent[] = [];
  return async () => {
    const messages = await queue.receive({ max: 10, visibilityTimeoutMs: 60_000 });
    come.push(...messages.map(({ body }) => busEventSchema.parse(JSON.parse(body))));
    return come;
  };
}

async function openBus(types: readonly BusEventType[]): Promise<EventBusUnderTest> {
  const clients = { events: eventBridgeClient(endpoint), sqs: sqsClient(endpoint) };
  const bus = randomUUID();
  await clients.events.send(new CreateEventBusCommand({ Name: bus }));
  const listeners = new Map(
    await Promise.all(types.map(async (type) => [type, await listen(clients, bus, type)] as const)),
  );
  return {
    bus: new EventBridgeBus({ client: clients.events, bus }),
    received: async (type, count) => {
      let come: readonly BusEvent[] = [];
      await until(async () => {
        come = await listeners.get(type)!();
        return new Set(come.map(({ detail }) => JSON.stringify(detail))).size >= count;
      });
      return come;
    },
  };
}

describe.skipIf(endpoint === '')('EventBridge on moto', () => {
  eventBusConformance('EventBridgeBus', openBus);
});
