import { ListTrainingJobsCommand } from '@aws-sdk/client-sagemaker';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, inject, onTestFinished, test } from 'vitest';
import { stageConfig, type StageConfig } from '../../infra/stages.ts';
import { bundleFunctions } from '../../scripts/function-bundles/bundle-functions.ts';
import { pointerSchema } from '../../shared/contracts/manifest.ts';
import { trendsResponseSchema } from '../../shared/contracts/trends.ts';
import type { TaggedTweet } from '../../shared/contracts/tweet.ts';
import { readDatasetFolder } from '../../shared/datasets/read-dataset-folder.ts';
import { storeDataset } from '../../shared/datasets/store-dataset.ts';
import { SqsQueue } from '../../shared/queue/sqs-queue.ts';
import { createRng, type Rng } from '../../shared/random.ts';
import { readNdjsonResults } from '../../shared/results/ndjson-results.ts';
import type { ObjectStore } from '../../shared/store/object-store.ts';
import { S3ObjectStore } from '../../shared/store/s3-object-store.ts';
import { eventBridgeClient, kmsClient, s3Client, sageMakerClient, sqsClient } from '../support/aws/emulator-clients.ts';
import { synthesize } from '../support/infra/synthesized-stage.ts';
import { urlEvent } from '../support/lambda-events.ts';
import { type LambdaProcess, startLambda } from '../support/lambda-process.ts';
import { writeSmallCorpus } from '../support/small-corpus.ts';
import { type DeployedStage, deployStage } from '../support/stack/deployed-stage.ts';
import { drainQueue, type Drained, type EventSourceOptions } from '../support/stack/event-source.ts';
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

type Deployment = Awaited<ReturnType<typeof deploy>>;

/** Empties the queue of a function through it. */
function drain({ sqs, deployed }: Deployment, name: string, more: Partial<EventSourceOptions> = {}): Promise<Drained> {
  return drainQueue({ sqs, mapping: deployed.mapping(name), start: () => start(deployed, name), ...more });
}

/** Uploads a corpus, has the job trained that it starts, and decides on its model. */
async function retrain(deployment: Deployment) {
  const { events, store } = deployment;
  const sageMaker = sageMakerClient(endpoint);
  const corpus = tempFolder();
  await writeSmallCorpus(corpus, SENTENCES);
  await storeDataset(store, readDatasetFolder({ dir: corpus, name: 'sample' }));
  await drain(deployment, 'retrain');
  const ours = new ListTrainingJobsCommand({ NameContains: `tagwright-${stage.name}-` });
  const { TrainingJobSummaries: jobs = [] } = await sageMaker.send(ours);
  expect(jobs).toHaveLength(1);
  const name = jobs[0]!.TrainingJobName!;
  // The platform may tell twice.
  const job = await trainByHand(name, { sageMaker, events, store, eventCopies: 2 });
  await drain(deployment, 'promote');
  return { job, decision: await readJson(store, `decisions/${name}.json`) };
}

/** Sends all tweets to the API, requests of neighbouring tweets in any order. */
async function sendTweets(api: LambdaProcess, rng: Rng): Promise<void> {
  const tweets = sampleTweets();
  const headers = { 'content-type': 'application/x-ndjson' };
  const starts = Array.from({ length: TWEETS / REQUEST_TWEETS }, (_, i) => i * REQUEST_TWEETS);
  for (const first of rng.shuffle(starts)) {
    const body = tweets.slice(first, first + REQUEST_TWEETS).join('\n');
    const answer = await api.invoke(urlEvent({ method: 'POST', path: '/v1/tweets', headers, body }));
    expect(answer).toMatchObject({ statusCode: 202 });
  }
}

/** Tags what is queued while environments die and messages come twice, and puts what died back as an operator does. */
async function tagThroughMishaps(deployment: Deployment, rng: Rng): Promise<Drained> {
  const { sqs, deployed } = deployment;
  const drained = await drain(deployment, 'tagger', {
    concurrency: 2,
    mishap: () => {
      const draw = rng.uniform();
      return draw < 0.25 ? 'crash' : draw < 0.5 ? 'delivered-twice' : 'none';
    },
    crashAfterMs: () => rng.int(1_000),
  });
  const { queueUrl: url, deadLetterUrl } = deployed.mapping('tagger');
  const queue = new SqsQueue({ client: sqs, url, deadLetterUrl });
  if ((await queue.redrive()) > 0) await drain(deployment, 'tagger');
  expect(await queue.depth()).toEqual({ ready: 0, inFlight: 0, dead: 0 });
  return drained;
}

async function storedRecords(store: ObjectStore): Promise<readonly TaggedTweet[]> {
  const records: TaggedTweet[] = [];
  for await (const key of store.keys('tagged/')) {
    records.push(...readNdjsonResults(key, (await store.get(key))!.body).records);
  }
  return records;
}

async function readJson(store: ObjectStore, key: string): Promise<unknown> {
  return JSON.parse(Buffer.from((await store.get(key))!.body).toString('utf8'));
}

describe.skipIf(endpoint === '')('a synthesised stage in the emulator', () => {
  // Bounded by the machine: about a minute on two free cores.
  test('goes from an upload to a promoted model, and from 100,000 tweets to trends', { timeout: 600_000 }, async () => {
    const deployment = await deploy();
    const { deployed, store } = deployment;
    const { job, decision } = await retrain(deployment);
    expect(job).toMatchObject({ status: 'Completed' });
    expect(decision).toMatchObject({ verdict: 'promoted' });
    const { modelId } = pointerSchema.parse(await readJson(store, 'models/current.json'));

    const rng = createRng(7, 'end to end');
    const api = await start(deployed, 'api');
    await sendTweets(api, rng.fork('requests'));
    const { invocations, crashes, deliveredTwice } = await tagThroughMishaps(deployment, rng.fork('mishaps'));
    console.log(`tagger: ${invocations} invocations, ${crashes} died, ${deliveredTwice} of messages that came twice`);
    expect(crashes).toBeGreaterThan(0);
    expect(deliveredTwice).toBeGreaterThan(0);

    const records = await storedRecords(store);
    expect(records).toHaveLength(TWEETS);
    expect(new Set(records.map(({ id }) => id)).size).toBe(TWEETS);
    expect(new Set(records.map(({ model }) => model))).toEqual(new Set([modelId]));

    await drain(deployment, 'trends');
    const answer = (await api.invoke(urlEvent({ path: '/v1/trends?order=count' }))) as { readonly body: string };
    expect(trendsResponseSchema.parse(JSON.parse(answer.body))).toMatchObject({
      tweets: TWEETS,
      trends: expect.arrayContaining([expect.objectContaining({ type: 'geo-loc' })]) as unknown,
    });
  });
});
