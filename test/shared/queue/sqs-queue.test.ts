import { createHash } from 'node:crypto';
import { expect, onTestFinished, test } from 'vitest';
import { SqsQueue } from '../../../shared/queue/sqs-queue.ts';
import { sqsClient } from '../../support/aws/emulator-clients.ts';
import { type RecordedAnswer, recordedAnswers } from '../../support/aws/recorded-answers.ts';
import { codeOf } from '../../support/error-code.ts';

// The suite of the port runs against two emulators: test/emulator/sqs.test.ts. Here is what none does.

async function openQueue(...answers: readonly (RecordedAnswer | object)[]) {
  const recorded = answers.map((answer) => ('status' in answer ? answer : { status: 200, body: answer }));
  const { endpoint, requests } = await recordedAnswers(recorded);
  const urls = { url: `${endpoint}/1/ingest`, deadLetterUrl: `${endpoint}/1/dead` };
  const queue = new SqsQueue({ client: sqsClient(endpoint), ...urls });
  onTestFinished(() => {
    queue.close();
  });
  return { queue, bodies: () => requests.map(({ body }) => JSON.parse(body) as Record<string, unknown>) };
}

const md5 = (body: string): string => createHash('md5').update(body).digest('hex');
const sent = (id: string, body: string) => ({ Id: id, MessageId: `message-${id}`, MD5OfMessageBody: md5(body) });
const failed = (id: string, code: string, senderFault = false) => ({ Id: id, Code: code, SenderFault: senderFault });

test('sends what a call has failed for again, alone, and keeps the order of the ids', async () => {
  const { queue, bodies } = await openQueue(
    { Successful: [sent('2', 'c')], Failed: [failed('0', 'InternalError'), failed('1', 'InternalError')] },
    { Successful: [sent('0', 'a'), sent('1', 'b')] },
  );
  expect(await queue.send(['a', 'b', 'c'])).toEqual(['message-0', 'message-1', 'message-2']);
  const entries = bodies().map(({ Entries }) =>
    (Entries as { MessageBody: string }[]).map((entry) => entry.MessageBody),
  );
  expect(entries).toEqual([
    ['a', 'b', 'c'],
    ['a', 'b'],
  ]);
});

test('fails when the service fails a message again and again', async () => {
  const { queue, bodies } = await openQueue({ Failed: [failed('0', 'InternalError')] });
  expect(await codeOf(() => queue.send(['a']))).toBe('E_CLOUD_UNREACHABLE');
  expect(bodies()).toHaveLength(4);
});

test('fails at once for what the service does not take', async () => {
  const { queue, bodies } = await openQueue({ Failed: [failed('0', 'InvalidMessageContents', true)] });
  expect(await codeOf(() => queue.send(['a']))).toBe('E_CLOUD_REFUSED');
  expect(bodies()).toHaveLength(1);
});

test('passes over receipts that are out of date, and fails for one that is none', async () => {
  const gone = await openQueue({ Failed: [failed('0', 'MessageNotInflight', true)] });
  await gone.queue.release(['receipt'], { delayMs: 1_500 });
  expect(gone.bodies()[0]).toMatchObject({ Entries: [{ ReceiptHandle: 'receipt', VisibilityTimeout: 2 }] });
  const none = await openQueue({ Failed: [failed('0', 'ReceiptHandleIsInvalid', true)] });
  expect(await codeOf(() => none.queue.delete(['receipt']))).toBe('E_QUEUE_MESSAGE');
});

test('asks ten by ten, and waits only as long as it has nothing', async () => {
  const message = (i: number) => ({
    MessageId: `m${i}`,
    ReceiptHandle: `r${i}`,
    Body: 'a',
    MD5OfBody: md5('a'),
    Attributes: { ApproximateReceiveCount: '1', SentTimestamp: '1772600767000' },
  });
  const full = { Messages: Array.from({ length: 10 }, (_, i) => message(i)) };
  const { queue, bodies } = await openQueue(full, { Messages: [message(10)] });
  expect(await queue.receive({ max: 14, visibilityTimeoutMs: 30_000, waitMs: 45_000 })).toHaveLength(11);
  expect(bodies()).toMatchObject([
    { MaxNumberOfMessages: 10, WaitTimeSeconds: 20, VisibilityTimeout: 30 },
    { MaxNumberOfMessages: 4, WaitTimeSeconds: 0 },
  ]);
});

test('waits longer than one call can', async () => {
  const { queue, bodies } = await openQueue({});
  expect(await queue.receive({ max: 1, visibilityTimeoutMs: 1_000, waitMs: 45_000 })).toEqual([]);
  expect(bodies().map(({ WaitTimeSeconds }) => WaitTimeSeconds)).toEqual([20, 20, 5]);
});

test('fails for a queue that is not there', async () => {
  const type = 'com.amazonaws.sqs#QueueDoesNotExist';
  const { queue } = await openQueue({ status: 400, body: { __type: type, message: 'no such queue' } });
  expect(await codeOf(() => queue.depth())).toBe('E_CLOUD_REFUSED');
});
