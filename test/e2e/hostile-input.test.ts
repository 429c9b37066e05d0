import fc from 'fast-check';
import { readFileSync, writeFileSync } from 'node:fs';
import { Agent, request } from 'node:http';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { expect, onTestFinished, test } from 'vitest';
import type { Tweet } from '../../shared/contracts/tweet.ts';
import { createRng, type Rng } from '../../shared/random.ts';
import { readResults } from '../../shared/results/read-results.ts';
import { parseTweets } from '../../shared/stream/parse-tweets.ts';
import { cli } from '../support/cli.ts';
import { drained, hostProcess, type HostProcess } from '../support/host-process.ts';
import { HOSTILE_TEXTS } from '../support/hostile-texts.ts';
import { mutateBytes } from '../support/mutate-bytes.ts';
import { openStore } from '../support/open-store.ts';
import { tempFolder } from '../support/temp-folder.ts';
import { provideTinyModel } from '../support/tiny-model.ts';

const HTTP_INPUTS = 30_000;
const FILE_INPUTS = 70_000;
const CONNECTIONS = 8;

/** What memory may grow by while most of the inputs pass: caches and the allocator fill, and then nothing does. */
const MAX_GROWTH_MB = 120;

const sample = readFileSync(new URL('../../data/sample/stream.ndjson', import.meta.url), 'utf8')
  .trimEnd()
  .split('\n');
const hostile = Object.entries(HOSTILE_TEXTS).map(([name, text]) => JSON.stringify({ id: `hostile ${name}`, text }));

/** Lines around what is allowed: of the sample, of any JSON, hostile ones; three in four with some bytes changed. */
function createLines(rng: Rng): () => Uint8Array {
  const anything = fc.sample(
    fc.oneof(
      fc.json(),
      fc.record({ id: fc.string(), text: fc.string({ unit: 'binary' }) }).map((value) => JSON.stringify(value)),
    ),
    {
      seed: 11,
      numRuns: 2_000,
    },
  );
  const plain = hostile.filter((line) => line.length < 2_000);
  return () => {
    const pool = [sample, sample, sample, anything, plain][rng.int(5)]!;
    const line = Buffer.from(pool[rng.int(pool.length)]!);
    return rng.int(4) === 0 ? line : mutateBytes(line, rng);
  };
}

function createBodies(rng: Rng): () => Uint8Array {
  const line = createLines(rng);
  const end = Buffer.from('\n');
  return () => Buffer.concat(Array.from({ length: 1 + rng.int(3) }, () => [line(), end]).flat());
}

interface Sent {
  readonly status: number;
  readonly body: string;
}

/** A sender that keeps its connections open. */
function createSender(url: string): (path: string, type: string, body: Uint8Array) => Promise<Sent> {
  const agent = new Agent({ keepAlive: true, maxSockets: CONNECTIONS });
  onTestFinished(() => {
    agent.destroy();
  });
  return (path, type, body) =>
    new Promise((resolve, reject) => {
      const headers = { 'content-type': type, 'content-length': body.byteLength };
      const sending = request(`${url}${path}`, { method: 'POST', agent, headers }, (response) => {
        let text = '';
        response.setEncoding('utf8');
        response.on('data', (chunk: string) => (text += chunk));
        response.on('end', () => {
          resolve({ status: response.statusCode!, body: text });
        });
      });
      sending.on('error', reject);
      sending.end(body);
    });
}

async function memoryMb(url: string): Promise<number> {
  const text = await (await fetch(`${url}/metrics`)).text();
  return Number(/^process_resident_memory_bytes (\d+)$/m.exec(text)![1]) / 1e6;
}

/** What was accepted: the texts of each id, of which one has to be tagged. */
type Accepted = Map<string, Set<string>>;

function remember(accepted: Accepted, tweets: readonly Tweet[]): void {
  for (const { id, text } of tweets) accepted.set(id, (accepted.get(id) ?? new Set()).add(text.toWellFormed()));
}

async function sendAll(url: string, expected: Accepted): Promise<readonly number[]> {
  const send = createSender(url);
  const body = createBodies(createRng(21, 'bodies'));
  const statuses = new Map<number, number>();
  const memory: number[] = [];
  let sent = 0;
  const lane = async (): Promise<void> => {
    while (sent < HTTP_INPUTS) {
      sent += 1;
      const index = sent;
      if (index % (HTTP_INPUTS / 10) === 0) memory.push(await memoryMb(url));
      const bytes = body();
      const toPredict = index % 10 === 0;
      const path = toPredict ? '/v1/predict' : '/v1/tweets';
      const type = toPredict || index % 10 === 1 ? 'application/json' : 'application/x-ndjson';
      let answer = await send(path, type, bytes);
      for (; answer.status === 429; answer = await send(path, type, bytes)) await setTimeout(50);
      statuses.set(answer.status, (statuses.get(answer.status) ?? 0) + 1);
      if (answer.status === 202 && type === 'application/x-ndjson') {
        const { tweets } = parseTweets(bytes, { name: 'tweets', format: 'ndjson' });
        expect(JSON.parse(answer.body)).toMatchObject({ accepted: tweets.length });
        remember(expected, tweets);
      }
    }
  };
  await Promise.all(Array.from({ length: CONNECTIONS }, lane));
  for (const status of statuses.keys()) expect([200, 202, 400, 422]).toContain(status);
  expect(statuses.get(202)).toBeGreaterThan(HTTP_INPUTS / 3);
  return memory;
}

async function checkResults(state: string, expected: Accepted): Promise<void> {
  const { store } = openStore(join(state, 'store'));
  const seen = new Set<string>();
  for await (const { id, text, entities } of readResults(store)) {
    expect(seen.has(id)).toBe(false);
    seen.add(id);
    expect([...(expected.get(id) ?? [])]).toContain(text);
    for (const entity of entities) expect(entity.text).toBe(text!.slice(entity.start, entity.end));
  }
  expect([...expected.keys()].filter((id) => !seen.has(id))).toEqual([]);
}

test(
  'a hundred thousand hostile inputs crash, hang and leak nothing, and what is a tweet is tagged',
  { timeout: 900_000 },
  async () => {
    const state = tempFolder();
    await provideTinyModel(state, tempFolder());
    const host: HostProcess = hostProcess();
    onTestFinished(() => host.end('SIGKILL'));
    const line = createLines(createRng(22, 'lines'));
    const lines: Uint8Array[] = [Buffer.from(sample[0]!), ...hostile.map((each) => Buffer.from(each))];
    while (lines.length < FILE_INPUTS) lines.push(line());
    const file = join(state, 'hostile.ndjson');
    const bytes = Buffer.concat(lines.flatMap((each) => [each, Buffer.from('\n')]));
    writeFileSync(file, bytes);

    const url = (await host.go({ state }))!;
    const expected: Accepted = new Map();
    for (const text of Object.values(HOSTILE_TEXTS)) {
      const response = await fetch(`${url}/v1/predict`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ texts: [text] }),
      });
      expect([200, 422]).toContain(response.status);
    }
    const memory = await sendAll(url, expected);
    await drained(url);
    expect(memory.at(-1)! - memory[2]!).toBeLessThan(MAX_GROWTH_MB);
    expect(await host.close()).toBe(0);
    expect(host.log.filter((each) => !each.startsWith('model'))).toEqual([]);

    // The same at the file's boundary: lines that are no tweets are quarantined, the others go through.
    const second: HostProcess = hostProcess();
    onTestFinished(() => second.end('SIGKILL'));
    const again = (await second.go({ state, file }))!;
    await second.said(/^file done$/);
    await drained(again);
    expect(await second.close()).toBe(0);
    remember(expected, parseTweets(bytes, { name: 'hostile', format: 'ndjson' }).tweets);
    expect((await cli(['redrive', '--state', state, '--dry-run'])).stderr).toBe('there are no dead letters\n');
    await checkResults(state, expected);
  },
);
