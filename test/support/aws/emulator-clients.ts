import { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import { KMSClient } from '@aws-sdk/client-kms';
import { S3Client } from '@aws-sdk/client-s3';
import { SageMakerClient } from '@aws-sdk/client-sagemaker';
import { SQSClient } from '@aws-sdk/client-sqs';
import { onTestFinished } from 'vitest';
import { CLIENT_SETTINGS } from '../../../shared/cloud/client-settings.ts';

const settings = (endpoint: string) => ({
  ...CLIENT_SETTINGS,
  endpoint,
  region: 'us-east-1',
  credentials: { accessKeyId: 'x', secretAccessKey: 'x' },
});

function endWithTest<T extends { destroy(): void }>(client: T): T {
  onTestFinished(() => {
    client.destroy();
  });
  return client;
}

// Clients of an emulator, each for one test.

export const s3Client = (endpoint: string): S3Client => endWithTest(new S3Client(settings(endpoint)));

/** Asks the endpoint whatever host a queue's URL names: those of fauxqs do not resolve. */
export const sqsClient = (endpoint: string): SQSClient =>
  endWithTest(new SQSClient({ ...settings(endpoint), useQueueUrlAsEndpoint: false }));

export const eventBridgeClient = (endpoint: string): EventBridgeClient =>
  endWithTest(new EventBridgeClient(settings(endpoint)));

export const sageMakerClient = (endpoint: string): SageMakerClient =>
  endWithTest(new SageMakerClient(settings(endpoint)));

export const kmsClient = (endpoint: string): KMSClient => endWithTest(new KMSClient(settings(endpoint)));
