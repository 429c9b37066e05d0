import { expect, test } from 'vitest';
import { createSqsEventsLambda } from '../../../functions/lambda/sqs-events.ts';
import { objectCreatedSchema, type ObjectCreated } from '../../../shared/contracts/events.ts';
import { NerError } from '../../../shared/ner-error.ts';
import { functionRecords } from '../../support/function-records.ts';
import { sqsEvent } from '../../support/lambda-events.ts';

const created = (key: string): string =>
  JSON.stringify({
    version: '0',
    id: `event of ${key}`,
    'detail-type': 'Object Created',
    source: 'aws.s3',
    account: '123456789012',
    time: '2026-11-24T08:00:00Z',
    region: 'us-east-1',
    resources: ['arn:aws:s3:::lake'],
    detail: {
      version: '0',
      bucket: { name: 'lake' },
      object: { key, size: 5, etag: 'b1946ac92492d2347c6235b4d2611184', sequencer: '00617F08299329D189' },
      reason: 'PutObject',
    },
  });

function rig(handle: (event: ObjectCreated) => Promise<void>) {
  const records = functionRecords();
  return { records, handler: createSqsEventsLambda({ schema: objectCreatedSchema, handle, ...records }) };
}

test('hands over each event as EventBridge wrote it', async () => {
  const keys: string[] = [];
  const { handler } = rig(async ({ detail }) => void keys.push(detail.object.key));
  expect(await handler(sqsEvent([created('a'), created('b')]))).toEqual({ batchItemFailures: [] });
  expect(keys).toEqual(['a', 'b']);
});

test('an event that fails comes again, and those beside it do not', async () => {
  const { handler, records } = rig(async ({ detail }) => {
    if (detail.object.key === 'b') throw new NerError('E_STORE_CONFLICT', 'put: another was first.');
  });
  const answer = await handler(sqsEvent(['a', 'b', 'c'].map(created)));
  expect(answer).toEqual({ batchItemFailures: [{ itemIdentifier: 'm1' }] });
  expect(records.counts).toEqual({ MessagesFailed: 1 });
});

test.each([
  ['no JSON', '{"detail'],
  ['no event', '[]'],
  ['an event of another kind', created('a').replace('Object Created', 'Object Deleted')],
])('%s comes again, for the dead-letter queue', async (_, body) => {
  const { handler, records } = rig(async () => expect.unreachable());
  expect(await handler(sqsEvent([body]))).toEqual({ batchItemFailures: [{ itemIdentifier: 'm0' }] });
  expect(records.errors).toEqual([expect.objectContaining({ code: 'E_QUEUE_MESSAGE' })]);
});
