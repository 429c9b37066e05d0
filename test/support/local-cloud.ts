import { CreateBucketCommand, S3Client } from '@aws-sdk/client-s3';
import { CreateQueueCommand, SQSClient } from '@aws-sdk/client-sqs';
import { buildApp } from 'fauxqs';
import { S3ObjectStore } from '../../shared/store/s3-object-store.ts';
import { SqsQueue } from '../../shared/queue/sqs-queue.ts';
import type { ObjectStore } from '../../shared/store/object-store.ts';
import type { Queue } from '../../shared/queue/queue.ts';

/** S3 and SQS on this machine, with a bucket. */
export interface LocalCloud {
  readonly store: ObjectStore;
  /** What a function needs in its environment to reach it. */
  readonly environment: Readonly<Record<string, string>>;
  /** Makes a queue. */
  makeQueue(name: string): Promise<{ readonly url: string; readonly queue: Queue }>;
  stop(): Promise<void>;
}

const BUCKET = 'lake';
const credentials = { accessKeyId: 'x', secretAccessKey: 'x' };

/** Starts fauxqs on the loopback address. */
export async function startLocalCloud(): Promise<LocalCloud> {
  const app = buildApp({ logger: false });
  const endpoint = await app.listen({ port: 0, host: '127.0.0.1' });
  const settings = { endpoint, region: 'us-east-1', credentials };
  const s3 = new S3Client(settings);
  const sqs = new SQSClient(settings);
  await s3.send(new CreateBucketCommand({ Bucket: BUCKET }));
  return {
    store: new S3ObjectStore({ client: s3, bucket: BUCKET }),
    environment: {
      AWS_ENDPOINT_URL: endpoint,
      AWS_REGION: settings.region,
      AWS_ACCESS_KEY_ID: credentials.accessKeyId,
      AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey,
      TAGWRIGHT_BUCKET: BUCKET,
      TAGWRIGHT_STAGE: 'test',
    },
    makeQueue: async (name) => {
      const { QueueUrl } = await sqs.send(new CreateQueueCommand({ QueueName: name }));
      // The SDK asks the host of a queue's URL, and fauxqs names one that does not resolve.
      const url = `${endpoint}${new URL(QueueUrl!).pathname}`;
      return { url, queue: new SqsQueue({ client: sqs, url, deadLetterUrl: url }) };
    },
    stop: async () => {
      s3.destroy();
      sqs.destroy();
      await app.close();
    },
  };
}
