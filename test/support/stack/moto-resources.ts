import {
  CreateEventBusCommand,
  type EventBridgeClient,
  PutRuleCommand,
  PutTargetsCommand,
  type Target,
} from '@aws-sdk/client-eventbridge';
import { CreateKeyCommand, type KeySpec, type KeyUsageType, type KMSClient } from '@aws-sdk/client-kms';
import {
  CreateBucketCommand,
  PutBucketNotificationConfigurationCommand,
  PutBucketVersioningCommand,
  type S3Client,
} from '@aws-sdk/client-s3';
import { CreateQueueCommand, type SQSClient } from '@aws-sdk/client-sqs';
import { randomUUID } from 'node:crypto';
import { queueArn } from '../aws/queue-pair.ts';
import type { MadeResource, MakeResource } from './template.ts';

export interface StackClients {
  readonly s3: S3Client;
  readonly sqs: SQSClient;
  readonly events: EventBridgeClient;
  readonly kms: KMSClient;
}

const FUNCTION_ARN = 'arn:aws:lambda:us-east-1:123456789012:function:';

type Resolved = Parameters<MakeResource>[0]['resolved'];

/** Attributes of a queue that the emulator takes, by the names of the template. */
const QUEUE_ATTRIBUTES = [
  'VisibilityTimeout',
  'MessageRetentionPeriod',
  'RedrivePolicy',
  'SqsManagedSseEnabled',
] as const;

/** Makes what a template describes in the emulator, with the template's own settings. */
export function createMotoResources(clients: StackClients): MakeResource {
  return async ({ id, type, resolved }) => {
    switch (type) {
      case 'AWS::S3::Bucket':
        return makeBucket(clients, resolved);
      case 'AWS::SQS::Queue':
        return makeQueue(clients, resolved);
      case 'AWS::Events::EventBus':
        return makeBus(clients);
      case 'AWS::Events::Rule':
        return makeRule(clients, resolved);
      case 'AWS::KMS::Key':
        return makeKey(clients, resolved);
      case 'AWS::IAM::Role':
        return { ref: id, attributes: { Arn: `arn:aws:iam::123456789012:role/${id}` } };
      case 'AWS::Lambda::Function':
        return { ref: id, attributes: { Arn: FUNCTION_ARN + id } };
      case 'AWS::Lambda::Alias':
        return { ref: `${FUNCTION_ARN}${String(await resolved('FunctionName'))}:${String(await resolved('Name'))}` };
      default:
        throw new Error(`template: something that runs refers to ${id}, a ${type}, which is not made here`);
    }
  };
}

async function makeBucket({ s3 }: StackClients, resolved: Resolved): Promise<MadeResource> {
  const Bucket = `tagwright-${randomUUID()}`;
  await s3.send(new CreateBucketCommand({ Bucket }));
  const versioning = (await resolved('VersioningConfiguration')) as { readonly Status: 'Enabled' } | undefined;
  if (versioning !== undefined) {
    await s3.send(new PutBucketVersioningCommand({ Bucket, VersioningConfiguration: versioning }));
  }
  const notification = (await resolved('NotificationConfiguration')) as NotificationProperty | undefined;
  if (notification?.EventBridgeConfiguration?.EventBridgeEnabled === true) {
    const NotificationConfiguration = { EventBridgeConfiguration: {} };
    await s3.send(new PutBucketNotificationConfigurationCommand({ Bucket, NotificationConfiguration }));
  }
  return { ref: Bucket, attributes: { Arn: `arn:aws:s3:::${Bucket}` } };
}

interface NotificationProperty {
  readonly EventBridgeConfiguration?: { readonly EventBridgeEnabled: boolean };
}

async function makeQueue({ sqs }: StackClients, resolved: Resolved): Promise<MadeResource> {
  const Attributes: Record<string, string> = {};
  for (const name of QUEUE_ATTRIBUTES) {
    const value = await resolved(name);
    // Numbers, booleans and the policy alike are text there.
    if (value !== undefined) Attributes[name] = JSON.stringify(value);
  }
  const { QueueUrl } = await sqs.send(new CreateQueueCommand({ QueueName: randomUUID(), Attributes }));
  return { ref: QueueUrl!, attributes: { Arn: await queueArn(sqs, QueueUrl!) } };
}

async function makeBus({ events }: StackClients): Promise<MadeResource> {
  const Name = randomUUID();
  const { EventBusArn } = await events.send(new CreateEventBusCommand({ Name }));
  return { ref: Name, attributes: { Arn: EventBusArn!, Name } };
}

async function makeRule({ events }: StackClients, resolved: Resolved): Promise<MadeResource> {
  const Name = randomUUID();
  const EventPattern = JSON.stringify(await resolved('EventPattern'));
  await events.send(new PutRuleCommand({ Name, EventPattern }));
  const Targets = (await resolved('Targets')) as Target[];
  await events.send(new PutTargetsCommand({ Rule: Name, Targets }));
  return { ref: Name };
}

async function makeKey({ kms }: StackClients, resolved: Resolved): Promise<MadeResource> {
  const command = new CreateKeyCommand({
    KeySpec: (await resolved('KeySpec')) as KeySpec | undefined,
    KeyUsage: (await resolved('KeyUsage')) as KeyUsageType | undefined,
  });
  const { KeyId, Arn } = (await kms.send(command)).KeyMetadata!;
  return { ref: KeyId!, attributes: { Arn: Arn! } };
}
