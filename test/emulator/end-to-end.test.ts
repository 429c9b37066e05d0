import { ListTrainingJobsCommand } from '@aws-sdk/client-sagemaker';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, inject, onTestFinished, test } from 'vitest';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { stageConfig, type StageConfig } from '../../infra/stages.ts';
import { bundleFunctions } from '../../scripts/function-bundles/bundle-functions.ts';
import { readDatasetFolder } from '../../shared/datasets/read-dataset-folder.ts';
import { storeDataset } from '../../shared/datasets/store-dataset.ts';
import { createRng } from '../../shared/random.ts';
import { readNdjsonResults } from '../../shared/results/ndjson-results.ts';
import { SqsQueue } from '../../shared/queue/sqs-queue.ts';
import { S3ObjectStore } from '../../shared/store/s3-object-store.ts';
import { eventBridgeClient, kmsClient, s3Client, sageMakerClient, sqsClient } from '../support/aws/emulator-clients.ts';
import { synthesize } from '../support/infra/synthesized-stage.ts';
import { urlEvent } from '../support/lambda-events.ts';
import { type LambdaProcess, startLambda } from '../support/lambda-process.ts';
import { writeSmallCorpus } from '../support/small-corpus.ts';
import { type DeployedStage, deployStage } from '../support/stack/deployed-stage.ts';
import { drainQueue, type EventSourceOptions } from '../support/stack/event-source.ts';
import { trainByHand } from '../support/stack/sagemaker-by-hand.ts';
import type { StackTemplate } from '../support/stack/template.ts';
import { tempFolder } from '../support/temp-folder.ts';

const endpoint = inject('motoUrl');

const TWEETS = 100_000;
/** Tweets of one request. */
const REQUEST_TWEETS = 5_000;
const SENTENCES = 300;

/** The stage that a new account gets, with a model that trains in seconds. */
const stage: StageConfig = {
  ...stageConfig('dev'),
  training: { ...stageConfig('dev').training, hyperparameters: { epochs: '3' } },
};

/** What the platform gives every function, and where its services are. */
const PLATFORM = {
  AWS_ENDPOINT_URL: endpoint,
  AWS_REGION: 'us-east-1',
  AWS_ACCESS_KEY_ID: 'x',
  AWS_SECRET_ACCESS_KEY: 'x',
};

let folder: string;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'tagwright-stage-'));
  await bundleFunctions({ architecture: process.arch === 'arm64' ? 'arm64' : 'x64', outDir: folder });
});

afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

/** The synthesised stage in the emulator, and what a user and the platform do with it. */
async function deploy() {
  const clients = {
    s3: s3Client(endpoint),
    sqs: sqsClient(endpoint),
    events: eventBridgeClient(endpoint),
    kms: kmsClient(endpoint),
  };
  const { templates } = synthesize(stage);
  const json = [templates.data, templates.training, templates.serving].map((each) => each.toJSON() as StackTemplate);
  const deployed = await deployStage(json, clients);
  return { ...clients, deployed, store: new S3ObjectStore({ client: clients.s3, bucket: deployed.bucket }) };
}

async function start(deployed: DeployedStage, name: string): Promise<LambdaProcess> {
  const { environment } = deployed.function(name);
  const lambda = await startLambda({
    folder: join(folder, name),
    environment: { ...PLATFORM, TMPDIR: tempFolder(), ...environment },
  });
  onTestFinished(() => lambda.end());
  return lambda;
}

/** Sentences of the sample corpus, again and again, each under an id of its own. */
function sampleTweets(): readonly string[] {
  const sample = readFileSync(join(import.meta.dirname, '..', '..', 'data', 'sample', 'train'), 'utf8');
  const texts = sample
    .trim()
    .split('\n\n')
    .map((sentence) =>
      sentence
        .split('\n')
        .map((line) => line.split('\t')[0])
        .join(' '),
    );
  return Array.from({ length: TWEETS }, (_, i) => {
    return JSON.stringify({ id: `tweet-${i}`, text: texts[i % texts.length], author: `author-${i % 1_000}` });
  });
}

interface HttpAnswer {
  readonly statusCode: number;
  readonly body: string;
}

describe.skipIf(endpoint === '')('a synthesised stage in the emulator', () => {
  test('goes from an upload to a promoted model, and from 100,000 tweets to trends', { timeout: 600_000 }, async () => {
    const { s3: _, sqs, events, deployed, store } = await deploy();
    const sageMaker = sageMakerClient(endpoint);
    const drain = (name: string, more: Partial<EventSourceOptions> = {}) =>
      drainQueue({ sqs, mapping: deployed.mapping(name), start: () => start(deployed, name), ...more });

    const corpus = tempFolder();
    await writeSmallCorpus(corpus, SENTENCES);
    await storeDataset(store, readDatasetFolder({ dir: corpus, name: 'sample' }));
    await drain('retrain');
    const { TrainingJobSummaries: jobs = [] } = await sageMaker.send(
      new ListTrainingJobsCommand({ NameContains: `tagwright-${stage.name}-` }),
    );
    expect(jobs).toHaveLength(1);
    const jobName = jobs[0]!.TrainingJobName!;
    const job = await trainByHand(jobName, { sageMaker, events, store, eventCopies: 2 });
    expect(job).toMatchObject({ status: 'Completed' });
    await drain('promote');
    const decision = await readJson(store, `decisions/${jobName}.json`);
    expect(decision).toMatchObject({ verdict: 'promoted' });
    const { modelId } = (await readJson(store, 'models/current.json')) as { readonly modelId: string };

    const api = await start(deployed, 'api');
    const tweets = sampleTweets();
    const rng = createRng(7, 'end to end');
    const headers = { 'content-type': 'application/x-ndjson' };
    const requests = Array.from({ length: TWEETS / REQUEST_TWEETS }, (_unused, i) => i);
    for (const i of rng.shuffle(requests)) {
      const body = tweets.slice(i * REQUEST_TWEETS, (i + 1) * REQUEST_TWEETS).join('\n');
      const answer = await api.invoke(urlEvent({ method: 'POST', path: '/v1/tweets', headers, body }));
      expect(answer).toMatchObject({ statusCode: 202 });
    }

    const chaos = rng.fork('mishaps');
    const drained = await drain('tagger', {
      concurrency: 2,
      mishap: () => {
        const draw = chaos.uniform();
        return draw < 0.08 ? 'crash' : draw < 0.16 ? 'delivered-twice' : 'none';
      },
      crashAfterMs: () => chaos.int(600),
    });
    console.log(`tagger: ${JSON.stringify(drained)}`);
    expect(drained.crashes).toBeGreaterThan(0);
    expect(drained.deliveredTwice).toBeGreaterThan(0);
    const { queueUrl: url, deadLetterUrl } = deployed.mapping('tagger');
    expect(await new SqsQueue({ client: sqs, url, deadLetterUrl }).depth()).toEqual({ ready: 0, inFlight: 0, dead: 0 });

    const records = [];
    for await (const key of store.keys('tagged/')) {
      records.push(...readNdjsonResults(key, (await store.get(key))!.body).records);
    }
    expect(records).toHaveLength(TWEETS);
    expect(new Set(records.map(({ id }) => id)).size).toBe(TWEETS);
    expect(new Set(records.map(({ model }) => model))).toEqual(new Set([modelId]));

    await drain('trends');
    const answer = (await api.invoke(urlEvent({ path: '/v1/trends?order=count&limit=100' }))) as HttpAnswer;
    console.log(answer.statusCode, answer.body.slice(0, 600));
    expect(answer).toMatchObject({ statusCode: 200 });
  });
});

async function readJson(store: S3ObjectStore, key: string): Promise<unknown> {
  return JSON.parse(Buffer.from((await store.get(key))!.body).toString('utf8'));
}
