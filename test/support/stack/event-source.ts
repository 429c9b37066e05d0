import {
  ChangeMessageVisibilityBatchCommand,
  DeleteMessageBatchCommand,
  GetQueueAttributesCommand,
  type Message,
  ReceiveMessageCommand,
  type SQSClient,
} from '@aws-sdk/client-sqs';
import type { SQSBatchResponse, SQSEvent } from 'aws-lambda';
import type { LambdaProcess } from '../lambda-process.ts';
import type { EventSourceMapping } from './deployed-stage.ts';

/** What may go wrong with a batch. */
export type Mishap =
  | 'none'
  /** The environment is killed while it works. */
  | 'crash'
  /** The messages are visible to others at once. */
  | 'delivered-twice';

export interface EventSourceOptions {
  readonly sqs: SQSClient;
  readonly mapping: EventSourceMapping;
  /** Starts an environment of the function. */
  readonly start: () => Promise<LambdaProcess>;
  /** Environments at once. Default 1. */
  readonly concurrency?: number;
  /** What happens to the next batch. */
  readonly mishap?: () => Mishap;
  /** When it strikes, after the invocation has begun. */
  readonly crashAfterMs?: () => number;
}

/** How a queue was emptied. */
export interface Drained {
  readonly invocations: number;
  readonly crashes: number;
  readonly deliveredTwice: number;
}

/**
 * Calls a function for all messages of its queue, as Lambda's event source mapping does: in batches, each message that is
 * not reported as failed deleted, all of them coming again when the function dies. What would come again after the queue's
 * visibility time-out, minutes, comes again at once. Resolves when the queue is empty.
 */
export async function drainQueue(options: EventSourceOptions): Promise<Drained> {
  const drained = { invocations: 0, crashes: 0, deliveredTwice: 0 };
  const workers = Array.from({ length: options.concurrency ?? 1 }, () => work(options, drained));
  await Promise.all(workers);
  return drained;
}

async function work(
  options: EventSourceOptions,
  drained: { -readonly [K in keyof Drained]: Drained[K] },
): Promise<void> {
  const { sqs, mapping, start, mishap = () => 'none', crashAfterMs = () => 0 } = options;
  let lambda: LambdaProcess | undefined;
  try {
    for (;;) {
      const messages = await receive(sqs, mapping);
      if (messages.length === 0) {
        if (await isEmpty(sqs, mapping)) return;
        continue;
      }
      lambda ??= await start();
      drained.invocations += 1;
      const what = mishap();
      if (what === 'delivered-twice') {
        drained.deliveredTwice += 1;
        await release(sqs, mapping, messages);
      }
      const invoked = lambda.invoke(sqsEvent(mapping, messages), mapping.function.timeoutMs);
      const crash = what === 'crash' ? setTimeout(() => void lambda?.end(), crashAfterMs()) : undefined;
      try {
        await settle(options, messages, (await invoked) as SQSBatchResponse);
      } catch (error) {
        if (what !== 'crash') throw error;
        drained.crashes += 1;
        lambda = undefined;
        await release(sqs, mapping, messages);
      } finally {
        clearTimeout(crash);
      }
    }
  } finally {
    await lambda?.end();
  }
}

async function receive(sqs: SQSClient, { queueUrl, batchSize }: EventSourceMapping): Promise<readonly Message[]> {
  // Without a time-out of its own: the queue's is part of what is tested.
  const { Messages = [] } = await sqs.send(
    new ReceiveMessageCommand({
      QueueUrl: queueUrl,
      MaxNumberOfMessages: batchSize,
      WaitTimeSeconds: 1,
      MessageSystemAttributeNames: ['All'],
      MessageAttributeNames: ['All'],
    }),
  );
  return Messages;
}

async function isEmpty(sqs: SQSClient, { queueUrl }: EventSourceMapping): Promise<boolean> {
  const names = ['ApproximateNumberOfMessages', 'ApproximateNumberOfMessagesNotVisible'] as const;
  const command = new GetQueueAttributesCommand({ QueueUrl: queueUrl, AttributeNames: [...names] });
  const { Attributes } = await sqs.send(command);
  return names.every((name) => Attributes?.[name] === '0');
}

/** Deletes what is done, and brings what failed again. */
async function settle(
  options: EventSourceOptions,
  messages: readonly Message[],
  response: SQSBatchResponse,
): Promise<void> {
  const { sqs, mapping } = options;
  const failed = new Set(response.batchItemFailures.map(({ itemIdentifier }) => itemIdentifier));
  const isDone = ({ MessageId }: Message): boolean => !mapping.reportsFailures || !failed.has(MessageId!);
  const done = messages.filter(isDone);
  if (done.length > 0) {
    const Entries = done.map(({ ReceiptHandle }, i) => ({ Id: String(i), ReceiptHandle: ReceiptHandle! }));
    await sqs.send(new DeleteMessageBatchCommand({ QueueUrl: mapping.queueUrl, Entries }));
  }
  await release(
    sqs,
    mapping,
    messages.filter((message) => !isDone(message)),
  );
}

async function release(sqs: SQSClient, { queueUrl }: EventSourceMapping, messages: readonly Message[]): Promise<void> {
  if (messages.length === 0) return;
  const Entries = messages.map(({ ReceiptHandle }, i) => {
    return { Id: String(i), ReceiptHandle: ReceiptHandle!, VisibilityTimeout: 0 };
  });
  await sqs.send(new ChangeMessageVisibilityBatchCommand({ QueueUrl: queueUrl, Entries }));
}

/** The messages as Lambda hands them to a function. */
function sqsEvent({ queueArn }: EventSourceMapping, messages: readonly Message[]): SQSEvent {
  return {
    Records: messages.map(({ MessageId, ReceiptHandle, Body, MD5OfBody, Attributes }) => ({
      messageId: MessageId!,
      receiptHandle: ReceiptHandle!,
      body: Body!,
      attributes: {
        ApproximateReceiveCount: Attributes!.ApproximateReceiveCount!,
        SentTimestamp: Attributes!.SentTimestamp!,
        SenderId: Attributes!.SenderId!,
        ApproximateFirstReceiveTimestamp: Attributes!.ApproximateFirstReceiveTimestamp!,
      },
      messageAttributes: {},
      md5OfBody: MD5OfBody!,
      eventSource: 'aws:sqs',
      eventSourceARN: queueArn,
      awsRegion: 'us-east-1',
    })),
  };
}
