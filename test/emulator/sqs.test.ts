import { buildApp } from 'fauxqs';
import { setTimeout } from 'node:timers/promises';
import { describe, expect, inject, onTestFinished } from 'vitest';
import { SqsQueue } from '../../shared/queue/sqs-queue.ts';
import { sqsClient } from '../support/aws/emulator-clients.ts';
import { makeQueuePair } from '../support/aws/queue-pair.ts';
import { queueConformance, type QueueDeviations, type QueueUnderTest } from '../support/conformance/queue.ts';
import { codeOf } from '../support/error-code.ts';

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

async function openFauxqs(maxReceiveCount: number): Promise<QueueUnderTest> {
  const app = buildApp({ logger: false });
  const endpoint = await app.listen({ port: 0, host: '127.0.0.1' });
  onTestFinished(() => app.close());
  return openQueue(endpoint, maxReceiveCount);
}

const receiveOne = { max: 1, visibilityTimeoutMs: 1_000 };

const motoDeviations: QueueDeviations = {
  earlierReceipt: {
    because: 'moto 5.2.5 deletes, where SQS may or may not',
    instead: async () => {
      const { queue, advance } = await openQueue(moto, 5);
      await queue.send(['a']);
      const [first] = await queue.receive(receiveOne);
      await advance(1_000);
      expect(await queue.receive(receiveOne)).toHaveLength(1);
      await queue.delete([first!.receipt]);
      expect(await queue.depth()).toEqual({ ready: 0, inFlight: 0, dead: 0 });
    },
  },
};

const fauxqsDeviations: QueueDeviations = {
  counts: {
    because: 'fauxqs 2.4.1 sees time-outs when it is asked for messages',
    instead: async () => {
      const { queue, advance } = await openFauxqs(1);
      await queue.send(['a', 'b', 'c']);
      expect(await queue.depth()).toEqual({ ready: 3, inFlight: 0, dead: 0 });
      await queue.receive({ max: 2, visibilityTimeoutMs: 1_000 });
      expect(await queue.depth()).toEqual({ ready: 1, inFlight: 2, dead: 0 });
      await advance(1_000);
      expect(await queue.receive({ max: 10, visibilityTimeoutMs: 60_000 })).toHaveLength(1);
      expect(await queue.depth()).toEqual({ ready: 0, inFlight: 1, dead: 2 });
    },
  },
  everyText: {
    because: 'fauxqs 2.4.1 refuses what is beyond U+FFFF, where SQS does not',
    instead: async () => {
      const { queue } = await openFauxqs(5);
      const text = '"\t\n\r \u007f\u0085\ud7ff\ue000\ufffd';
      await queue.send([text]);
      expect(await queue.receive(receiveOne)).toMatchObject([{ body: text }]);
      expect(await codeOf(() => queue.send(['😀']))).toBe('E_CLOUD_REFUSED');
    },
  },
  foreignReceipt: {
    because: 'fauxqs 2.4.1 takes any',
    instead: async () => {
      const { queue } = await openFauxqs(5);
      await queue.delete(['no receipt']);
    },
  },
};

describe.skipIf(moto === '')('SQS on moto', () => {
  queueConformance('SqsQueue', ({ maxReceiveCount }) => openQueue(moto, maxReceiveCount), motoDeviations);
});

describe('SQS on fauxqs', () => {
  queueConformance('SqsQueue', ({ maxReceiveCount }) => openFauxqs(maxReceiveCount), fauxqsDeviations);
});
