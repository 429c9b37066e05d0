import { readFileSync, existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, onTestFinished, test } from 'vitest';
import type { HostStatus, LiveTweet } from '../../shared/contracts/api.ts';
import { createRng } from '../../shared/random.ts';
import { startProcess, type StartProcess } from '../support/start-process.ts';
import { awaitEvent } from '../support/stream-events.ts';
import { taggedResults } from '../support/tagged-results.ts';
import { tempFolder } from '../support/temp-folder.ts';

const sample = fileURLToPath(new URL('../../data/sample/', import.meta.url));
const sampleTweets = readFileSync(`${sample}stream.ndjson`, 'utf8').trimEnd().split('\n');
const shared = fileURLToPath(new URL('../../../shared/data/', import.meta.url));

function start(args: readonly string[]): StartProcess {
  const started = startProcess(args);
  onTestFinished(async () => {
    await started.end('SIGKILL');
  });
  return started;
}

async function urlOf(started: StartProcess): Promise<string> {
  return (await started.line(/^page +(http:\/\/\S+)/))[1]!;
}

/** Resolves when the host has tagged so many tweets and nothing is left in its queue. */
async function drained(url: string, tagged: number): Promise<HostStatus> {
  return await awaitEvent<HostStatus>(
    url,
    'status',
    (status) => status.tagged + status.duplicates >= tagged && status.queue.ready + status.queue.inFlight === 0,
  );
}

describe('tagwright start', () => {
  test('tags with the starter at once, trains beside it, lets its model take over, and goes on without training again', async () => {
    const state = tempFolder();
    const first = start(['--state', state, '--rate', '60']);
    const url = await urlOf(first);
    expect((await fetch(url)).headers.get('content-type')).toContain('text/html');
    const [, starter] = await first.line(/^model +([0-9a-f]{16}), the starter/);

    const tweet = await awaitEvent<LiveTweet>(url, 'tagged', ({ entities }) => entities.length > 0);
    const [entity] = tweet.entities;
    expect(tweet.text.slice(entity!.start, entity!.end)).toBe(entity!.text);
    expect((await fetch(`${url}/readyz`)).status).toBe(200);
    // That was long before there was another model.
    expect(first.lines.some((line) => line.startsWith('bundle'))).toBe(false);
    const training = await awaitEvent<HostStatus>(url, 'status', (status) => status.training?.devF1 !== undefined);
    expect(training.training!.steps).toBeGreaterThan(100);
    expect(training).toMatchObject({ ready: true, modelId: starter });

    const [, trained] = await first.line(/^model ([0-9a-f]{16}) serves in place of/);
    await awaitEvent<HostStatus>(url, 'status', ({ modelId }) => modelId === trained);
    await first.line(/at its end: 337 tweets sent$/);
    await drained(url, sampleTweets.length);

    // More can be posted; what is bad is named, and the rest goes through.
    const posted = await fetch(`${url}/v1/tweets`, {
      method: 'POST',
      headers: { 'content-type': 'application/x-ndjson' },
      body: '{"id":"p1","text":"off to Paris"}\nnonsense\n{"id":"p2","text":"hello"}\n',
    });
    expect(posted.status).toBe(202);
    expect(await posted.json()).toMatchObject({ accepted: 2, rejected: 1, errors: [{ line: 2 }] });
    await drained(url, sampleTweets.length + 2);
    expect(await first.end('SIGINT')).toBe(0);

    const ids = taggedResults(state).map(({ id }) => id);
    const sent = sampleTweets.map((line) => (JSON.parse(line) as { id: string }).id);
    expect([...ids].sort()).toEqual([...sent, 'p1', 'p2'].sort());

    const second = start(['--state', state]);
    await second.line(/was trained on .* before/);
    const again = await urlOf(second);
    await second.line(/all of them before this start/);
    const models = (await (await fetch(`${again}/v1/models`)).json()) as { models: readonly object[] };
    expect(models.models).toMatchObject([
      { id: trained, current: true },
      { id: starter, current: false },
    ]);
    expect(second.lines.some((line) => line.startsWith('epoch'))).toBe(false);
    expect(await second.end('SIGTERM')).toBe(0);
    expect(taggedResults(state)).toHaveLength(ids.length);
  }, 120_000);

  test('killed while it trains and while it streams, it goes on, and every tweet is in the results once', async () => {
    const state = tempFolder();
    const rng = createRng(7);
    // Slowly, so that there are tweets left for the others; and after an epoch whose checkpoint is there.
    const killed = start(['--state', state, '--rate', '1']);
    await killed.line(new RegExp(`^epoch +${2 + rng.int(3)}/`));
    await killed.end('SIGKILL');
    const resumed = start(['--state', state, '--rate', '40']);
    await resumed.line(/^resumed/);
    for (let round = 0; round < 2; round++) {
      const streaming = round === 0 ? resumed : start(['--state', state, '--rate', '40']);
      const url = await urlOf(streaming);
      await awaitEvent<HostStatus>(url, 'status', ({ tagged }) => tagged > 10 + rng.int(40));
      await streaming.end('SIGKILL');
    }
    const last = start(['--state', state, '--rate', '2000']);
    const url = await urlOf(last);
    await last.line(/at its end/);
    // What the killed processes had in hand comes back when its time is up.
    // The first status may be older than the last tweet in the queue, so the results themselves are looked at.
    const isComplete = (): boolean => taggedResults(state).length >= sampleTweets.length;
    await awaitEvent<HostStatus>(url, 'status', ({ queue }) => queue.ready + queue.inFlight === 0 && isComplete());
    expect(await last.end('SIGINT')).toBe(0);
    const ids = taggedResults(state).map(({ id }) => id);
    expect([...ids].sort()).toEqual(sampleTweets.map((line) => (JSON.parse(line) as { id: string }).id).sort());
  }, 180_000);

  test.skipIf(!existsSync(`${shared}wnut16`))(
    'streams ten thousand real tweets, each in the results once',
    async () => {
      const state = tempFolder();
      const started = start(['--state', state, '--tweets', `${shared}raw/gurez.10000`]);
      const url = await urlOf(started);
      await started.line(/at its end: 10000 tweets sent$/);
      await drained(url, 10_000);
      expect(await started.end('SIGINT')).toBe(0);
      const ids = taggedResults(state).map(({ id }) => id);
      expect(ids).toHaveLength(10_000);
      expect(new Set(ids).size).toBe(10_000);
    },
    120_000,
  );
});
