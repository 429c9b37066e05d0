import { availableParallelism, loadavg } from 'node:os';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { hostStatusSchema, type HostStatus } from '../../shared/contracts/api.ts';
import { openBundle } from '../../shared/model/bundle.ts';
import type { ManifestDraft } from '../../shared/model/write-bundle.ts';
import { readPointer, writePointer } from '../../shared/registry/pointer.ts';
import { openLocalRegistry } from '../../shared/registry/local-registry.ts';
import { FolderObjectStore } from '../../shared/store/folder-object-store.ts';
import { type HostProcess, startHostProcess } from '../bench/firehose/host-process.ts';
import type { SourceOrder, SourceReport } from '../bench/firehose/source.ts';
import { startSource } from '../bench/firehose/start-source.ts';
import { latenciesOf, lostOrDoubled, readStoredTweets } from '../bench/firehose/stored-tweets.ts';
import { writeVariant } from '../support/bundle-variant.ts';
import { awaitEvent } from '../support/stream-events.ts';
import { taggedResults } from '../support/tagged-results.ts';
import { tempFolder } from '../support/temp-folder.ts';
import { trainedBundle } from '../support/trained-bundle.ts';

const bundle = trainedBundle(2);
const clock = (): Date => new Date();
/** Promotions and roll-backs, in turn. */
const SWAPS = 4;

const variant = (dir: string, change: Partial<ManifestDraft>): Promise<string> => writeVariant(bundle(), dir, change);

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
  return { folder, state, host, store, registry: await openLocalRegistry({ stateDir: state, store, clock }) };
}

async function statusOf({ url }: HostProcess): Promise<HostStatus> {
  return hostStatusSchema.parse(await (await fetch(`${url}/v1/status`)).json());
}

const serves = (host: HostProcess, id: string): Promise<HostStatus> =>
  awaitEvent<HostStatus>(host.url, 'status', ({ modelId }) => modelId === id);

/** As fast as this machine keeps up with, with something to spare; at most 2,000 tweets/s. */
async function sustainedRate(host: HostProcess): Promise<number> {
  const tweets = 4_000;
  const begun = performance.now();
  await startSource({ url: host.url, first: 0, tweets, rate: 0, perBody: 100, inFlight: 4 });
  await host.drained();
  return Math.min(2_000, Math.floor((0.5 * tweets * 1_000) / (performance.now() - begun)));
}

describe('a change of model while 2,000 tweets/s flow', () => {
  test('loses no tweet, tags none twice, keeps none waiting, and each record names its model', async () => {
    const { folder, state, host, registry } = await rig();
    const first = (await registry.current())!.pointer.modelId;
    const second = (await registry.publish(await variant(join(folder, 'second'), { seed: 2 }))).id;
    const rate = await sustainedRate(host);
    const flows: { readonly order: SourceOrder; readonly report: SourceReport }[] = [];
    const served: string[] = [];
    let sent = 4_000;
    const flow = async (): Promise<void> => {
      const order = { url: host.url, first: sent, tweets: 3 * rate, rate, perBody: 20, inFlight: 16 };
      sent += order.tweets;
      const report = await startSource(order);
      flows.push({ order, report });
    };
    // How long a tweet waits when nothing is swapped.
    await flow();
    const swap = async (): Promise<void> => {
      while (served.length < SWAPS) {
        const isFirst = served.length % 2 === 0;
        await (isFirst ? registry.promote(second) : registry.rollback());
        await serves(host, isFirst ? second : first);
        served.push(isFirst ? second : first);
      }
    };
    const swapping = swap();
    while (served.length < SWAPS) await flow();
    await swapping;
    await host.drained();
    expect(await host.stop()).toBe(0);

    const stored = readStoredTweets(state, sent);
    expect(lostOrDoubled(stored, 0, sent)).toBe(0);
    expect(new Set(taggedResults(state).map(({ model }) => model))).toEqual(new Set([first, second]));
    const slowest = flows.map(({ order, report }) => Math.max(...latenciesOf(stored, order, report)));
    // What is promised is for a machine of its own, and `npm run bench -- stream` measures it. Where others want the
    // cores as well, all that can be told is that nothing hangs.
    const isOwn = loadavg()[0]! / availableParallelism() < 1.5;
    const allowedMs = slowest[0]! + (isOwn ? 250 : 15_000);
    expect(slowest.filter((ms) => ms > allowedMs)).toEqual([]);
  }, 120_000);

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
    // A quick machine has tagged all of it before the good one came.
    const late = { ...order, first: order.tweets, tweets: 400 };
    await startSource(late);
    await host.drained();
    const state = join(folder, 'state');
    const sent = order.tweets + late.tweets;
    expect(await host.stop()).toBe(0);
    expect(lostOrDoubled(readStoredTweets(state, sent), 0, sent)).toBe(0);
    expect(new Set(taggedResults(state).map(({ model }) => model))).toEqual(new Set([good, better]));
  }, 90_000);
});
