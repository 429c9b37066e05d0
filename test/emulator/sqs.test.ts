import { startFauxqs } from 'fauxqs';
import { setTimeout } from 'node:timers/promises';
import { describe, inject, onTestFinished } from 'vitest';
import { SqsQueue } from '../../shared/queue/sqs-queue.ts';
import { sqsClient } from '../support/aws/emulator-clients.ts';
import { makeQueuePair } from '../support/aws/queue-pair.ts';
import { queueConformance, type QueueUnderTest } from '../support/conformance/queue.ts';

const moto = inject('motoUrl');

/** Time-outs are whole seconds there, and end a little after them. */
const LATE_MS = 100;

async function openQueue(endpoint: string, maxReceiveCount: number): Promise<QueueUnderTest> {
  const client = sqsClient(endpoint);
  const queue = new SqsQueue({ client, ...(await makeQueuePair(client, maxReceiveCount)) });
  onTestFinished(() => {
    queue.close();
  });
  return { queue, advance: (ms) => setTimeout(ms + LATE_MS) };
}

describe.skipIf(moto === '')('SQS on moto', () => {
  queueConformance('SqsQueue', ({ maxReceiveCount }) => openQueue(moto, maxReceiveCount));
});

describe('SQS on fauxqs', () => {
  queueConformance('SqsQueue', async ({ maxReceiveCount }) => {
    const server = await startFauxqs({ port: 0, host: '127.0.0.1', logger: false });
    onTestFinished(() => server.stop());
    return openQueue(server.address.replace('localhost', '127.0.0.1'), maxReceiveCount);
  });
});
