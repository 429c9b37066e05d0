import { expect, test } from 'vitest';
import type { BusEvent, ModelRefused, ObjectCreated } from '../../../shared/contracts/events.ts';
import { EventBridgeBus } from '../../../shared/events/eventbridge-bus.ts';
import { eventBridgeClient } from '../../support/aws/emulator-clients.ts';
import { recordedAnswers } from '../../support/aws/recorded-answers.ts';
import { codeOf } from '../../support/error-code.ts';

// The suite of the port runs against an emulator: test/emulator/eventbridge.test.ts. Here is what none does.

async function openBus(...answers: readonly object[]) {
  const { endpoint, requests } = await recordedAnswers(answers.map((body) => ({ status: 200, body })));
  const bus = new EventBridgeBus({ client: eventBridgeClient(endpoint), bus: 'default' });
  const entries = (): readonly (readonly string[])[] =>
    requests.map(({ body }) => {
      const { Entries } = JSON.parse(body) as { readonly Entries: readonly { readonly Detail: string }[] };
      return Entries.map(({ Detail }) => (JSON.parse(Detail) as ModelRefused['detail']).job);
    });
  return { bus, entries };
}

const time = '2026-03-04T05:06:07.000Z';

function refused(job: string, reason = ''): ModelRefused {
  return { id: job, time, source: 'tagwright', 'detail-type': 'Model Refused', detail: { job, reason } };
}

const published = { EventId: '0' };
const throttled = { ErrorCode: 'ThrottlingException', ErrorMessage: 'slower' };

test('publishes those of a call that failed again, alone', async () => {
  const { bus, entries } = await openBus(
    { FailedEntryCount: 2, Entries: [throttled, published, { ErrorCode: 'InternalFailure' }] },
    { FailedEntryCount: 0, Entries: [published, published] },
  );
  await bus.publish([refused('a'), refused('b'), refused('c')]);
  expect(entries()).toEqual([
    ['a', 'b', 'c'],
    ['a', 'c'],
  ]);
});

test('fails when an event is throttled again and again', async () => {
  const { bus, entries } = await openBus({ FailedEntryCount: 1, Entries: [throttled] });
  expect(await codeOf(() => bus.publish([refused('a')]))).toBe('E_CLOUD_UNREACHABLE');
  expect(entries()).toHaveLength(4);
});

test('fails at once for an event that the bus does not take', async () => {
  const { bus, entries } = await openBus({ FailedEntryCount: 1, Entries: [{ ErrorCode: 'MalformedDetail' }] });
  expect(await codeOf(() => bus.publish([refused('a')]))).toBe('E_EVENT_REFUSED');
  expect(entries()).toHaveLength(1);
});

test('sends ten events a call, and fewer where they are large', async () => {
  const { bus, entries } = await openBus({ FailedEntryCount: 0, Entries: [] });
  await bus.publish(Array.from({ length: 21 }, (_, i) => refused(String(i))));
  expect(entries().map((jobs) => jobs.length)).toEqual([10, 10, 1]);
  const large = 'x'.repeat(100_000);
  await bus.publish([refused('a', large), refused('b', large), refused('c', large)]);
  expect(entries().slice(3)).toEqual([['a', 'b'], ['c']]);
});

test('fails for an event in the name of AWS, and publishes nothing', async () => {
  const { bus, entries } = await openBus({});
  const forged: ObjectCreated = {
    id: '1',
    time,
    source: 'aws.s3',
    'detail-type': 'Object Created',
    detail: { bucket: { name: 'lake' }, object: { key: 'datasets/a/0123/manifest.json' } },
  };
  const events: readonly BusEvent[] = [refused('a'), forged];
  expect(await codeOf(() => bus.publish(events))).toBe('E_EVENT_REFUSED');
  expect(entries()).toEqual([]);
});
