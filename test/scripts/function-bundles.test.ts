import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import {
  bundleFunctions,
  FUNCTION_NAMES,
  type FunctionBundle,
} from '../../scripts/function-bundles/bundle-functions.ts';
import { taggedTweetSchema } from '../../shared/contracts/tweet.ts';
import { packTweets } from '../../shared/stream/packer.ts';
import { collect } from '../support/collect.ts';
import { HOSTILE_TEXTS } from '../support/hostile-texts.ts';
import { sqsEvent, urlEvent } from '../support/lambda-events.ts';
import { type LambdaProcess, startLambda } from '../support/lambda-process.ts';
import { type LocalCloud, startLocalCloud } from '../support/local-cloud.ts';

/** The platform's limit for a function with all that it needs (Lambda quotas), and what we want of the zip. */
const UNZIPPED_MAX_BYTES = 250 * 2 ** 20;
const ZIPPED_MAX_BYTES = 60 * 2 ** 20;

let folder: string;
let bundles: readonly FunctionBundle[];
let cloud: LocalCloud;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'tagwright-bundles-'));
  bundles = await bundleFunctions({
    architecture: process.arch === 'arm64' ? 'arm64' : 'x64',
    outDir: join(folder, 'here'),
  });
  cloud = await startLocalCloud();
});

afterAll(async () => {
  await cloud.stop();
  rmSync(folder, { recursive: true, force: true });
});

const bundleOf = (name: string): FunctionBundle => bundles.find((bundle) => bundle.name === name)!;

/** Every file below a folder and its bytes. */
function contentOf(dir: string): ReadonlyMap<string, string> {
  const files = readdirSync(dir, { recursive: true, encoding: 'utf8' }).filter((file) =>
    statSync(join(dir, file)).isFile(),
  );
  return new Map(files.sort().map((file) => [file, readFileSync(join(dir, file)).toString('base64')]));
}

async function start(name: string, variables: Readonly<Record<string, string>>): Promise<LambdaProcess> {
  const lambda = await startLambda({
    folder: bundleOf(name).folder,
    environment: { ...cloud.environment, TMPDIR: folder, ...variables },
  });
  onTestFinished(() => lambda.end());
  return lambda;
}

const MODEL = { TAGWRIGHT_SIGNING_KEY: 'alias/unused', TAGWRIGHT_MODEL_POLL_SECONDS: '30' };

describe('each bundle', () => {
  test('is there for every function, and fits where it is sent to', () => {
    expect(bundles.map(({ name }) => name)).toEqual(FUNCTION_NAMES);
    for (const { sizeBytes, deflatedBytes } of bundles) {
      expect(sizeBytes).toBeLessThan(UNZIPPED_MAX_BYTES);
      expect(deflatedBytes).toBeLessThan(ZIPPED_MAX_BYTES);
    }
  });

  test('has the native code of one architecture, and no source map', async () => {
    const [arm] = await bundleFunctions({ architecture: 'arm64', outDir: join(folder, 'arm'), names: ['tagger'] });
    const files = [...contentOf(arm!.folder).keys()];
    expect(files.filter((file) => /\.(?:node|so(?:\.\d+)?|dll|dylib)$/.test(file))).toEqual([
      'node_modules/onnxruntime-node/bin/napi-v6/linux/arm64/libonnxruntime.so.1',
      'node_modules/onnxruntime-node/bin/napi-v6/linux/arm64/onnxruntime_binding.node',
      'node_modules/tokenizers/tokenizers.linux-arm64-gnu.node',
    ]);
    expect(files.filter((file) => file.endsWith('.map') || file.endsWith('.ts'))).toEqual([]);
    expect(arm!.deflatedBytes).toBeLessThan(ZIPPED_MAX_BYTES);
  });

  test('has the same bytes when it is made again', async () => {
    const again = await bundleFunctions({ architecture: 'x64', outDir: join(folder, 'again'), names: ['trends'] });
    expect(contentOf(again[0]!.folder)).toEqual(contentOf(bundleOf('trends').folder));
  });

  test('fails to start with E_ENVIRONMENT where a variable is missing', async () => {
    await expect(start('trends', { TAGWRIGHT_BUCKET: '' })).rejects.toThrow(/E_ENVIRONMENT|TAGWRIGHT_BUCKET/);
  });
});

test('bundled functions bring a tweet from the API to the trends', async () => {
  const [ingest, stored] = await Promise.all([cloud.makeQueue('ingest'), cloud.makeQueue('stored')]);
  const api = await start('api', {
    ...MODEL,
    TAGWRIGHT_INGEST_QUEUE_URL: ingest.url,
    TAGWRIGHT_AUTH: 'iam',
    TAGWRIGHT_HOSTS: '*',
  });
  const text = 'Barack Obama is in Paris with Angela Merkel';
  const headers = { 'content-type': 'application/x-ndjson' };
  const line = JSON.stringify({ id: 'tweet-1', text, author: 'somebody' });
  const queued = await api.invoke(urlEvent({ method: 'POST', path: '/v1/tweets', headers, body: line }));
  expect(queued).toMatchObject({ statusCode: 202 });

  const packs = await ingest.queue.receive({ max: 10, visibilityTimeoutMs: 30_000 });
  const tagger = await start('tagger', { ...MODEL, TAGWRIGHT_TRENDS_QUEUE_URL: stored.url });
  expect(await tagger.invoke(sqsEvent(packs.map(({ body }) => body)))).toEqual({ batchItemFailures: [] });
  const [object] = await collect(cloud.store.list('tagged/'));
  const record = taggedTweetSchema.parse(
    JSON.parse(Buffer.from((await cloud.store.get(object!.key))!.body).toString()),
  );
  expect(record).toMatchObject({ id: 'tweet-1', text });
  expect(record.entities.map((entity) => entity.text)).toContain('Paris');

  const named = await stored.queue.receive({ max: 10, visibilityTimeoutMs: 30_000 });
  const trends = await start('trends', {});
  expect(await trends.invoke(sqsEvent(named.map(({ body }) => body)))).toEqual({ batchItemFailures: [] });

  const listed = (await api.invoke(urlEvent({ path: '/v1/trends?order=count' }))) as { readonly body: string };
  expect(JSON.parse(listed.body)).toMatchObject({
    trends: expect.arrayContaining([expect.objectContaining({ name: 'Paris' })]) as unknown,
  });
  const page = (await api.invoke(urlEvent({ path: '/trends' }))) as { readonly body: string };
  expect(page.body).toContain('<title>Trends');
  for (const lambda of [api, tagger, trends]) {
    for (const secret of ['tweet-1', 'Obama', 'Paris', 'somebody']) expect(lambda.output()).not.toContain(secret);
  }
  expect(tagger.output()).toContain('"TweetsTagged":1');
});

test('nothing of odd tweets, their ids and authors is in what the functions print', async () => {
  const [ingest, stored] = await Promise.all([cloud.makeQueue('odd-ingest'), cloud.makeQueue('odd-stored')]);
  const tweets = Object.entries(HOSTILE_TEXTS).map(([name, text]) => {
    return { id: `id-of-${name}`, text: `secret ${text}`, author: 'secret-author' };
  });
  const short = tweets.filter(({ text }) => text.length < 10_000);
  const { messages } = packTweets(short, { receivedAt: new Date('2026-11-24T08:00:00Z') });
  const noPacks = ['secret, and no pack', '{"v":1,"tweets":["secret"]}', '{"v":1,"packs":[{"key":"secret"}]}'];

  const tagger = await start('tagger', { ...MODEL, TAGWRIGHT_TRENDS_QUEUE_URL: stored.url });
  await tagger.invoke(sqsEvent([...messages.map(({ body }) => body), ...noPacks]));
  expect(tagger.output()).toContain('TweetsTagged');

  const trends = await start('trends', {});
  const named = await stored.queue.receive({ max: 10, visibilityTimeoutMs: 30_000 });
  await trends.invoke(sqsEvent([...named.map(({ body }) => body), ...noPacks]));
  expect(trends.output()).toContain('PacksCounted');

  const api = await start('api', {
    ...MODEL,
    TAGWRIGHT_INGEST_QUEUE_URL: ingest.url,
    TAGWRIGHT_AUTH: 'iam',
    TAGWRIGHT_HOSTS: '*',
  });
  const json = { 'content-type': 'application/json' };
  const ndjson = { 'content-type': 'application/x-ndjson' };
  const lines = [...tweets.map((tweet) => JSON.stringify(tweet)), ...noPacks].join('\n');
  const texts = JSON.stringify({ texts: short.map(({ text }) => text.slice(0, 4_000)) });
  for (const event of [
    urlEvent({ method: 'POST', path: '/v1/tweets', headers: ndjson, body: lines }),
    urlEvent({ method: 'POST', path: '/v1/predict', headers: json, body: texts }),
    urlEvent({ method: 'POST', path: '/v1/predict', headers: json, body: '{"texts":["secret"' }),
    urlEvent({ method: 'POST', path: '/v1/secret?id-of-x', headers: { host: 'se cret' }, body: 'secret' }),
    urlEvent({ path: '/v1/trends/person%3Asecret' }),
  ]) {
    await api.invoke(event);
  }
  expect(api.output()).toContain('TweetsAccepted');

  for (const lambda of [tagger, trends, api]) {
    for (const secret of ['secret', 'id-of-', 'Anna', 'Bob']) expect(lambda.output()).not.toContain(secret);
  }
});
