import { SQSClient } from '@aws-sdk/client-sqs';
import { CLIENT_SETTINGS } from '../../shared/cloud/client-settings.ts';
import type { Queue } from '../../shared/queue/queue.ts';
import { SqsQueue } from '../../shared/queue/sqs-queue.ts';

/** A queue that is only sent to: its dead letters are its receiver's. */
export function sendingQueue(url: string): Pick<Queue, 'send'> {
  return new SqsQueue({ client: new SQSClient(CLIENT_SETTINGS), url, deadLetterUrl: url });
}
