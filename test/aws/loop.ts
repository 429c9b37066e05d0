import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { S3Client } from '@aws-sdk/client-s3';
import { SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { PREFIXES } from '../../shared/contracts/layout.ts';
import { decisionSchema } from '../../shared/contracts/promotion.ts';
import type { ObjectStore } from '../../shared/store/object-store.ts';
import { S3ObjectStore } from '../../shared/store/s3-object-store.ts';
import { packTweets } from '../../shared/stream/packer.ts';
import { root, type Deployed } from './deployed-stage.ts';

const MINUTE = 60_000;

const openStore = ({ bucket }: Deployed): ObjectStore => new S3ObjectStore({ client: new S3Client({}), bucket });

/** Uploads the sample corpus as a user would. */
export function upload({ bucket }: Deployed): void {
  const args = [join(root, 'bin', 'tagwright.mjs'), 'upload', join(root, 'data', 'sample'), '--dataset', 'sample'];
  const { status } = spawnSync(process.execPath, [...args, '--bucket', bucket], { cwd: root, stdio: 'inherit' });
  if (status !== 0) throw new Error(`tagwright upload: failed, exit code ${String(status)}`);
}

/** Waits for the decision on the one job that the upload has started, and for the first model of a lake it is yes. */
export async function modelServes(stage: Deployed): Promise<string> {
  const store = openStore(stage);
  return until('a decision on the job', 60 * MINUTE, async () => {
    for await (const { key } of store.list(PREFIXES.decisions)) {
      const object = await store.get(key);
      if (object === undefined) continue;
      const decision = decisionSchema.parse(JSON.parse(Buffer.from(object.body).toString('utf8')));
      if (decision.verdict !== 'promoted' || decision.modelId === undefined) {
        throw new Error(`the model was not promoted: ${decision.verdict}, ${decision.reason}`);
      }
      return decision.modelId;
    }
    return undefined;
  });
}

/** Sends tweets to the ingest queue and waits for their records, tagged by that model. */
export async function tweetsAreTagged(stage: Deployed, model: string): Promise<void> {
  const store = openStore(stage);
  const client = new SQSClient({});
  const tweets = Array.from({ length: 100 }, (_, index) => ({
    id: `aws-${index}`,
    text: `Day ${index} in Lisbon with Ana`,
  }));
  // The taggers look at the pointer now and then; what they tag before belongs to the model of their bundle.
  await setTimeout(MINUTE);
  for (const { body } of packTweets(tweets, { receivedAt: new Date() }).messages) {
    await client.send(new SendMessageCommand({ QueueUrl: stage.ingestQueueUrl, MessageBody: body }));
  }
  const lines = await until('tagged tweets', 10 * MINUTE, async () => {
    for await (const { key } of store.list(PREFIXES.tagged)) {
      const object = await store.get(key);
      if (object !== undefined) return Buffer.from(object.body).toString('utf8').trimEnd().split('\n');
    }
    return undefined;
  });
  const models = new Set(lines.map((line) => (JSON.parse(line) as { model: string }).model));
  if (lines.length !== tweets.length || models.size !== 1 || !models.has(model)) {
    throw new Error(
      `tagged: got ${lines.length} records by ${[...models].join(', ')}; expected ${tweets.length} by ${model}`,
    );
  }
}

async function until<T>(what: string, timeoutMs: number, look: () => Promise<T | undefined>): Promise<T> {
  const end = performance.now() + timeoutMs;
  for (;;) {
    const found = await look();
    if (found !== undefined) return found;
    if (performance.now() > end) throw new Error(`${what}: none came within ${timeoutMs / MINUTE} minutes`);
    await setTimeout(15_000);
  }
}
