import { once } from 'node:events';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { type HostProcess, startHostProcess } from '../bench/firehose/host-process.ts';
import { taggedResults } from '../support/tagged-results.ts';
import { tempFolder } from '../support/temp-folder.ts';
import { trainedBundle } from '../support/trained-bundle.ts';

const bundle = trainedBundle(2);
const STOP_DEADLINE_SECONDS = 4;

async function serve(state: string): Promise<HostProcess> {
  // A short queue, so that the second host has little to do whatever this machine sustains.
  const flags = ['--stop-deadline', String(STOP_DEADLINE_SECONDS), '--max-queue', '4'];
  const host = await startHostProcess({ model: bundle(), state, flags });
  onTestFinished(() => {
    host.child.kill('SIGKILL');
  });
  return host;
}

/** Posts until the host is gone; the ids that were acknowledged, and the other answers. */
async function postUntilGone(
  url: string,
): Promise<{ readonly ids: readonly string[]; readonly refusals: readonly Response[] }> {
  const ids: string[] = [];
  const refusals: Response[] = [];
  const lane = async (name: string): Promise<void> => {
    for (let body = 0; ; body++) {
      const mine = Array.from({ length: 100 }, (_, i) => `${name}-${body}-${i}`);
      const response = await fetch(`${url}/v1/tweets`, {
        method: 'POST',
        headers: { 'content-type': 'application/x-ndjson' },
        body: mine.map((id) => `{"id":"${id}","text":"on the way to Lisbon with Anna"}`).join('\n'),
      }).catch(() => undefined);
      if (response === undefined) return;
      if (response.status === 202) ids.push(...mine);
      else if (response.status !== 429) refusals.push(response);
      else await response.arrayBuffer();
    }
  };
  await Promise.all(['a', 'b'].map(lane));
  return { ids, refusals };
}

test('at SIGTERM under load the host ends with 0 inside its deadline, and what it had acknowledged is tagged at the next start', async () => {
  const state = join(tempFolder(), 'state');
  const first = await serve(state);
  const posting = postUntilGone(first.url);
  while (((await first.metrics()).get('tagwright_tweets_tagged_total') ?? 0) < 1_000);
  const begun = performance.now();
  expect(await first.stop()).toBe(0);
  expect(performance.now() - begun).toBeLessThan(STOP_DEADLINE_SECONDS * 1_000 + 1_000);
  const { ids, refusals } = await posting;
  for (const refusal of refusals) {
    expect([refusal.status, refusal.headers.get('retry-after')]).toEqual([503, '1']);
    expect(await refusal.json()).toMatchObject({ code: 'E_STOPPING' });
  }

  const second = await serve(state);
  await second.drained();
  expect(await second.stop()).toBe(0);
  const tagged = taggedResults(state).map(({ id }) => id);
  expect(new Set(tagged).size).toBe(tagged.length);
  const missing = new Set(ids);
  for (const id of tagged) missing.delete(id);
  expect([...missing]).toEqual([]);
}, 60_000);

test('with a full queue posts are told to come back, and all that was acknowledged is tagged', async () => {
  const state = join(tempFolder(), 'state');
  const flags = ['--max-queue', '1'];
  const host = await startHostProcess({ model: bundle(), state, flags });
  onTestFinished(() => {
    host.child.kill('SIGKILL');
  });
  const statuses: number[] = [];
  const accepted: string[] = [];
  const post = async (body: number): Promise<void> => {
    const ids = Array.from({ length: 300 }, (_, i) => `${body}-${i}`);
    const response = await fetch(`${host.url}/v1/tweets`, {
      method: 'POST',
      headers: { 'content-type': 'application/x-ndjson' },
      body: ids.map((id) => `{"id":"${id}","text":"watching The Office in Porto"}`).join('\n'),
    });
    statuses.push(response.status);
    if (response.status === 202) accepted.push(...ids);
    else expect(await response.json()).toMatchObject({ code: 'E_QUEUE_FULL' });
  };
  while (!statuses.includes(429)) await Promise.all([0, 1, 2, 3].map((lane) => post(statuses.length * 10 + lane)));
  expect(statuses).toContain(202);
  await host.drained();
  const metrics = await host.metrics();
  const refused = statuses.filter((status) => status === 429).length;
  expect(metrics.get('tagwright_requests_refused_total{reason="queue_full"}')).toBe(refused);
  const ended = once(host.child, 'close');
  host.child.kill('SIGINT');
  expect(((await ended) as [number])[0]).toBe(0);
  expect(
    taggedResults(state)
      .map(({ id }) => id)
      .sort(),
  ).toEqual(accepted.sort());
}, 60_000);
