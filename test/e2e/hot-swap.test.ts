import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { hostStatusSchema, type HostStatus } from '../../shared/contracts/api.ts';
import { openBundle } from '../../shared/model/bundle.ts';
import { type ManifestDraft, writeBundle } from '../../shared/model/write-bundle.ts';
import { readPointer, writePointer } from '../../shared/registry/pointer.ts';
import { createRegistry } from '../../shared/registry/registry.ts';
import { FolderObjectStore } from '../../shared/store/folder-object-store.ts';
import { type HostProcess, startHostProcess } from '../bench/firehose/host-process.ts';
import { startSource } from '../bench/firehose/start-source.ts';
import { latenciesOf, lostOrDoubled, readStoredTweets } from '../bench/firehose/stored-tweets.ts';
import { awaitEvent } from '../support/stream-events.ts';
import { taggedResults } from '../support/tagged-results.ts';
import { tempFolder } from '../support/temp-folder.ts';
import { trainedBundle } from '../support/trained-bundle.ts';

const bundle = trainedBundle(2);
const clock = (): Date => new Date();

/** The same model under another id: what the manifest says differs. */
async function variant(dir: string, change: Partial<ManifestDraft>): Promise<string> {
  const { manifest, files } = await openBundle(bundle());
  await writeBundle(dir, { files: Object.fromEntries(files), manifest: { ...manifest, ...change } });
  return dir;
}

/** A host process, and the registry of its folder as another process has it. */
async function rig() {
  const folder = tempFolder();
  const state = join(folder, 'state');
  const host = await startHostProcess({ model: bundle(), state });
  const store = new FolderObjectStore({ root: join(state, 'store'), clock });
  onTestFinished(() => {
    host.child.kill('SIGKILL');
    store.close();
  });
  return { folder, state, host, store, registry: createRegistry({ store, clock }) };
}

async function statusOf({ url }: HostProcess): Promise<HostStatus> {
  return hostStatusSchema.parse(await (await fetch(`${url}/v1/status`)).json());
}

const serves = (host: HostProcess, id: string): Promise<HostStatus> =>
  awaitEvent<HostStatus>(host.url, 'status', ({ modelId }) => modelId === id);

describe('a change of model while 2,000 tweets/s flow', () => {
  test('loses no tweet, tags none twice, keeps none waiting, and each record names its model', async () => {
    const { folder, state, host, registry } = await rig();
    const first = (await registry.current())!.pointer.modelId;
    const second = (await registry.publish(await variant(join(folder, 'second'), { seed: 2 }))).id;
    const order = { url: host.url, rate: 2_000, perBody: 20, inFlight: 16 };
    // Warms the host up, and says how long a tweet waits when nothing is swapped.
    const quiet = { ...order, first: 0, tweets: 6_000 };
    const quietReport = await startSource(quiet);
    const swapped = { ...order, first: 6_000, tweets: 20_000 };
    const source = startSource(swapped);
    const over = new AbortController();
    const ended = source.finally(() => {
      over.abort();
    });
    const served: string[] = [];
    while (!over.signal.aborted) {
      const next = served.length % 2 === 0 ? second : first;
      await (served.length % 2 === 0 ? registry.promote(second) : registry.rollback());
      await serves(host, next);
      served.push(next);
    }
    const swappedReport = await ended;
    await host.drained();
    expect(await host.stop()).toBe(0);

    expect(served.length).toBeGreaterThanOrEqual(4);
    const stored = readStoredTweets(state, 26_000);
    expect(lostOrDoubled(stored, 0, 26_000)).toBe(0);
    const models = taggedResults(state).map(({ model }) => model);
    expect(new Set(models)).toEqual(new Set([first, second]));
    const slowestQuiet = Math.max(...latenciesOf(stored, quiet, quietReport));
    expect(Math.max(...latenciesOf(stored, swapped, swappedReport))).toBeLessThan(slowestQuiet + 250);
  }, 90_000);

  test('leaves the old model serving when the new one is damaged or finds something else, with an alarm until a good one follows', async () => {
    const { folder, host, registry, store } = await rig();
    const good = (await registry.current())!.pointer.modelId;
    const better = (await registry.publish(await variant(join(folder, 'better'), { seed: 2 }))).id;
    const { manifest } = await openBundle(bundle());
    const golden = [{ text: 'nothing here', entities: [{ type: manifest.labels[1]!.slice(2), start: 0, end: 7 }] }];
    const wrong = (await registry.publish(await variant(join(folder, 'wrong'), { golden }))).id;
    const damaged = (await registry.publish(await variant(join(folder, 'damaged'), { seed: 3 }))).id;
    await store.put(`models/${damaged}/onnx/model.onnx`, new Uint8Array(9));
    // `promote` would see the damage; on a disk it may come later.
    const pointer = {
      modelId: damaged,
      prefix: `models/${damaged}/`,
      promotedAt: clock().toISOString(),
      previous: good,
    };

    const order = { url: host.url, first: 0, tweets: 16_000, rate: 2_000, perBody: 20, inFlight: 16 };
    const source = startSource(order);
    await writePointer(store, pointer, await readPointer(store));
    const refused = await awaitEvent<HostStatus>(host.url, 'status', ({ alarms }) => alarms.length > 0);
    expect(refused).toMatchObject({ modelId: good, alarms: [{ code: 'model_refused' }] });
    expect(refused.alarms[0]!.detail).toContain('E_BUNDLE_TAMPERED');
    const alarm = 'tagwright_alarm{code="model_refused"}';
    expect((await host.metrics()).get(alarm)).toBe(1);
    await registry.rollback();
    expect(await awaitEvent<HostStatus>(host.url, 'status', ({ alarms }) => alarms.length === 0)).toMatchObject({
      modelId: good,
    });
    await registry.promote(wrong);
    await awaitEvent<HostStatus>(host.url, 'status', ({ alarms }) =>
      alarms.some(({ detail }) => detail.includes('E_MODEL_GOLDEN')),
    );
    await registry.promote(better);
    await serves(host, better);
    const after = await statusOf(host);
    expect(after.alarms).toEqual([]);
    const metrics = await host.metrics();
    expect([metrics.get(alarm), metrics.get(`tagwright_model_info{model="${better}"}`)]).toEqual([undefined, 1]);
    expect(metrics.get('tagwright_model_refusals_total')).toBeGreaterThanOrEqual(2);

    await source;
    await host.drained();
    const state = join(folder, 'state');
    expect(await host.stop()).toBe(0);
    expect(lostOrDoubled(readStoredTweets(state, order.tweets), 0, order.tweets)).toBe(0);
    expect(new Set(taggedResults(state).map(({ model }) => model))).toEqual(new Set([good, better]));
  }, 90_000);
});
