import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { loadModel } from '../../../shared/model/load-model.ts';
import type { LoadedModel } from '../../../shared/model/load-model.ts';
import { writeBundle } from '../../../shared/model/write-bundle.ts';
import type { ManifestDraft } from '../../../shared/model/write-bundle.ts';
import { createSession } from '../../../shared/ort/session.ts';
import { createModelWatcher } from '../../../shared/registry/model-watcher.ts';
import type { ModelEvent, ModelWatcher, ModelWatcherOptions } from '../../../shared/registry/model-watcher.ts';
import { createRegistry } from '../../../shared/registry/registry.ts';
import type { Registry } from '../../../shared/registry/registry.ts';
import { FolderObjectStore } from '../../../shared/store/folder-object-store.ts';
import type { ObjectStore } from '../../../shared/store/object-store.ts';
import { createFakeClock } from '../../support/fake-clock.ts';
import { tempFolder } from '../../support/temp-folder.ts';
import { tinyInput, tinyTagger } from '../../support/tiny-tagger.ts';

interface Rig {
  readonly registry: Registry;
  readonly store: ObjectStore;
  readonly watcher: ModelWatcher;
  readonly events: ModelEvent[];
  /** Ids of the models whose graphs were freed. */
  readonly released: string[];
  readonly publish: (manifest: Partial<ManifestDraft>) => Promise<string>;
}

function rig(options: Partial<ModelWatcherOptions> = {}): Rig {
  const root = tempFolder();
  const clock = createFakeClock();
  const store = new FolderObjectStore({ root: join(root, 'store'), clock });
  const registry = createRegistry({ store, clock });
  const events: ModelEvent[] = [];
  const released: string[] = [];
  const watcher = createModelWatcher({
    registry,
    load: async (bundle): Promise<LoadedModel> => {
      const model = await loadModel(bundle, { inputOf: () => tinyInput, openGraph: createSession });
      const release = async (): Promise<void> => {
        released.push(bundle.manifest.id);
        await model.release();
      };
      return { ...model, release };
    },
    intervalMs: 1_000_000,
    onEvent: (event) => events.push(event),
    ...options,
  });
  onTestFinished(() => watcher.stop());
  let count = 0;
  const publish = async (manifest: Partial<ManifestDraft>): Promise<string> => {
    const dir = join(root, `bundle-${count++}`);
    await writeBundle(dir, tinyTagger(manifest));
    return (await registry.publish(dir)).id;
  };
  return { registry, store, watcher, events, released, publish };
}

/** The id of the model that answers, after it has found what it should. */
async function answer(watcher: ModelWatcher): Promise<string> {
  return watcher.use(async ({ predictor }) => {
    const [entities] = await predictor.predict(['Ada Lovelace loved Paris']);
    expect(entities!.map(({ text }) => text)).toEqual(['Ada Lovelace', 'Paris']);
    return predictor.modelId;
  });
}

describe('createModelWatcher', () => {
  test('serves nothing until a model is promoted, then that one', async () => {
    const { registry, watcher, events, publish } = rig();
    await watcher.start();
    expect(watcher.modelId()).toBeUndefined();
    await expect(answer(watcher)).rejects.toMatchObject({ code: 'E_NOT_READY' });
    const id = await publish({ seed: 1 });
    await watcher.check();
    expect(watcher.modelId()).toBeUndefined();
    await registry.promote(id);
    await watcher.check();
    expect(await answer(watcher)).toBe(id);
    expect(events).toEqual([{ kind: 'swapped', modelId: id, previous: undefined }]);
  });

  test('serves the fallback for as long as nothing was ever promoted, and the promoted model from then on', async () => {
    const other = rig();
    const fallbackId = await other.publish({ seed: 9 });
    const fallback = async (): Promise<LoadedModel> => {
      const bundle = await other.registry.load(fallbackId);
      return loadModel(bundle, { inputOf: () => tinyInput, openGraph: createSession });
    };
    const { registry, watcher, events, publish } = rig({ fallback });
    await watcher.check();
    await watcher.check();
    expect(await answer(watcher)).toBe(fallbackId);
    const id = await publish({ seed: 1 });
    await registry.promote(id);
    await watcher.check();
    expect(await answer(watcher)).toBe(id);
    expect(events).toEqual([
      { kind: 'swapped', modelId: fallbackId, previous: undefined },
      { kind: 'swapped', modelId: id, previous: fallbackId },
    ]);
  });

  test('does not fall back where a model is promoted that cannot be loaded', async () => {
    const { registry, store, watcher, events, publish } = rig({ fallback: () => expect.unreachable() });
    const id = await publish({ seed: 1 });
    await registry.promote(id);
    await store.put(`models/${id}/features.json`, Buffer.from('{"a":1}'));
    await watcher.check();
    expect(watcher.modelId()).toBeUndefined();
    expect(events).toMatchObject([{ kind: 'refused', modelId: id, error: { code: 'E_BUNDLE_TAMPERED' } }]);
  });

  test('swaps when the pointer moves, and loads nothing when it does not', async () => {
    const { registry, watcher, events, released, publish } = rig();
    const [a, b] = [await publish({ seed: 1 }), await publish({ seed: 2 })];
    await registry.promote(a);
    await watcher.start();
    await watcher.check();
    await registry.promote(b);
    await watcher.check();
    await watcher.check();
    expect(await answer(watcher)).toBe(b);
    expect(events).toEqual([
      { kind: 'swapped', modelId: a, previous: undefined },
      { kind: 'swapped', modelId: b, previous: a },
    ]);
    expect(released).toEqual([a]);
    await registry.rollback();
    await watcher.check();
    expect(await answer(watcher)).toBe(a);
  });

  test('looks by itself at intervals', async () => {
    const swapped: string[] = [];
    const waiting = Promise.withResolvers<undefined>();
    const { registry, watcher, publish } = rig({
      intervalMs: 1,
      onEvent: (event) => {
        if (event.kind === 'swapped') swapped.push(event.modelId);
        if (swapped.length === 2) waiting.resolve(undefined);
      },
    });
    const [a, b] = [await publish({ seed: 1 }), await publish({ seed: 2 })];
    await registry.promote(a);
    await watcher.start();
    await registry.promote(b);
    await waiting.promise;
    expect(await answer(watcher)).toBe(b);
  });

  test('lets calls under way finish on the model they began with, then frees it', async () => {
    const { registry, watcher, released, publish } = rig();
    const [a, b] = [await publish({ seed: 1 }), await publish({ seed: 2 })];
    await registry.promote(a);
    await watcher.start();
    const gate = Promise.withResolvers<undefined>();
    const slow = watcher.use(async ({ predictor }) => {
      await gate.promise;
      await predictor.predict(['Ada']);
      return predictor.modelId;
    });
    await registry.promote(b);
    await watcher.check();
    expect(await answer(watcher)).toBe(b);
    expect(released).toEqual([]);
    gate.resolve(undefined);
    expect(await slow).toBe(a);
    await watcher.stop();
    expect(released).toEqual([a, b]);
  });

  test('loses no call and mixes no models while it swaps under load', async () => {
    const { registry, watcher, released, publish } = rig();
    const ids = await Promise.all([1, 2, 3, 4, 5].map((seed) => publish({ seed })));
    await registry.promote(ids[0]!);
    await watcher.start();
    let isOver = false;
    const served = new Set<string>();
    let calls = 0;
    const caller = async (): Promise<void> => {
      while (!isOver) {
        served.add(await answer(watcher));
        calls++;
      }
    };
    const callers = Array.from({ length: 8 }, caller);
    for (const id of ids.slice(1)) {
      await registry.promote(id, { ifCurrent: watcher.modelId()! });
      await watcher.check();
    }
    isOver = true;
    await Promise.all(callers);
    await watcher.stop();
    expect(calls).toBeGreaterThan(0);
    expect([...served].every((id) => ids.includes(id))).toBe(true);
    expect([...released].sort()).toEqual([...ids].sort());
  });

  test.each<[string, string, (rig: Rig, bad: string) => Promise<unknown>]>([
    [
      'has a damaged file',
      'E_BUNDLE_TAMPERED',
      ({ store }, bad) => store.put(`models/${bad}/onnx/model.onnx`, new Uint8Array(9)),
    ],
    ['is gone', 'E_MODEL_UNKNOWN', ({ store }, bad) => store.delete(`models/${bad}/manifest.json`)],
    [
      'is of another program',
      'E_BUNDLE_FOREIGN',
      ({ store }, bad) => store.put(`models/${bad}/manifest.json`, Buffer.from('{}')),
    ],
  ])('fails to swap to a model that %s, tells by name, and goes on with the old one', async (_, code, damage) => {
    const parts = rig();
    const { registry, watcher, events, publish } = parts;
    const [good, bad] = [await publish({ seed: 1 }), await publish({ seed: 2 })];
    await registry.promote(good);
    await watcher.start();
    await registry.promote(bad);
    await damage(parts, bad);
    await watcher.check();
    expect(events.slice(1)).toMatchObject([{ kind: 'refused', modelId: bad, error: { code } }]);
    expect(await answer(watcher)).toBe(good);
  });

  test('fails to swap to a model that does not find what its exporter found', async () => {
    const { registry, watcher, events, publish } = rig();
    const good = await publish({ seed: 1 });
    const bad = await publish({ golden: [{ text: 'nothing here', entities: [{ type: 'person', start: 0, end: 7 }] }] });
    await registry.promote(good);
    await watcher.start();
    await registry.promote(bad);
    await watcher.check();
    expect(events.slice(1)).toMatchObject([{ kind: 'refused', modelId: bad, error: { code: 'E_MODEL_GOLDEN' } }]);
    expect(await answer(watcher)).toBe(good);
  });

  test('tries a refused model again, less and less often, and takes it once it is repaired', async () => {
    const { registry, store, watcher, events, publish } = rig();
    const [good, bad] = [await publish({ seed: 1 }), await publish({ seed: 2 })];
    await registry.promote(good);
    await watcher.start();
    await registry.promote(bad);
    const key = `models/${bad}/config.json`;
    const { body } = (await store.get(key))!;
    await store.put(key, new Uint8Array(1));
    const tries: number[] = [];
    for (let look = 0; look < 16; look++) {
      const before = events.length;
      await watcher.check();
      if (events.length > before) tries.push(look);
    }
    expect(tries).toEqual([0, 1, 3, 7, 15]);
    await store.put(key, body);
    while (watcher.modelId() !== bad) await watcher.check();
    expect(events.at(-1)).toEqual({ kind: 'swapped', modelId: bad, previous: good });
  });

  test('forgets a refused model at once when the pointer moves on', async () => {
    const { registry, store, watcher, publish } = rig();
    const [bad, good] = [await publish({ seed: 1 }), await publish({ seed: 2 })];
    await registry.promote(bad);
    await store.put(`models/${bad}/config.json`, new Uint8Array(1));
    for (let look = 0; look < 5; look++) await watcher.check();
    await registry.promote(good);
    await watcher.check();
    expect(await answer(watcher)).toBe(good);
  });

  test('goes on with its model when the pointer cannot be read or is gone', async () => {
    const { registry, store, watcher, events, publish } = rig();
    const id = await publish({ seed: 1 });
    await registry.promote(id);
    await watcher.start();
    await store.put('models/current.json', Buffer.from('junk'));
    await watcher.check();
    expect(events.at(-1)).toMatchObject({ kind: 'refused', modelId: undefined, error: { code: 'E_BUNDLE_TAMPERED' } });
    await store.delete('models/current.json');
    await watcher.check();
    expect(await answer(watcher)).toBe(id);
  });

  test('waits with the end for calls and loads under way, and frees every model', async () => {
    const { registry, watcher, released, publish } = rig();
    const [a, b] = [await publish({ seed: 1 }), await publish({ seed: 2 })];
    await registry.promote(a);
    await watcher.start();
    const call = answer(watcher);
    await registry.promote(b);
    const check = watcher.check();
    await watcher.stop();
    expect([...released].sort()).toEqual([a, b].sort());
    expect(await call).toBe(a);
    await check;
    await expect(answer(watcher)).rejects.toMatchObject({ code: 'E_NOT_READY' });
  });

  test('tells when a model could not be freed', async () => {
    const events: ModelEvent[] = [];
    const { registry, watcher, publish } = rig({
      load: async (bundle) => {
        const model = await loadModel(bundle, { inputOf: () => tinyInput, openGraph: createSession });
        return { ...model, release: () => model.release().then(() => Promise.reject(new Error('stuck'))) };
      },
      onEvent: (event) => events.push(event),
    });
    const id = await publish({ seed: 1 });
    await registry.promote(id);
    await watcher.start();
    await watcher.stop();
    expect(events.at(-1)).toMatchObject({ kind: 'release-failed', modelId: id, error: { message: 'stuck' } });
  });
});
