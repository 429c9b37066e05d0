import { CreateQueueCommand, GetQueueAttributesCommand, type SQSClient } from '@aws-sdk/client-sqs';
import { randomUUID } from 'node:crypto';

export interface QueuePair {
  readonly url: string;
  readonly deadLetterUrl: string;
}

/** A queue with a dead-letter queue, as the stacks make them. */
export async function makeQueuePair(client: SQSClient, maxReceiveCount: number): Promise<QueuePair> {
  const name = randomUUID();
  const deadLetters = await client.send(new CreateQueueCommand({ QueueName: `${name}-dead` }));
  const deadLetterUrl = deadLetters.QueueUrl!;
  const RedrivePolicy = JSON.stringify({ deadLetterTargetArn: await queueArn(client, deadLetterUrl), maxReceiveCount });
  const main = await client.send(new CreateQueueCommand({ QueueName: name, Attributes: { RedrivePolicy } }));
  return { url: main.QueueUrl!, deadLetterUrl };
}

export async function queueArn(client: SQSClient, url: string): Promise<string> {
  const input = { QueueUrl: url, AttributeNames: ['QueueArn' as const] };
  return (await client.send(new GetQueueAttributesCommand(input))).Attributes!.QueueArn!;
}
