import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { Pointer } from '../../../shared/contracts/manifest.ts';
import { manifestBytes, manifestId } from '../../../shared/model/manifest-id.ts';
import { writeBundle } from '../../../shared/model/write-bundle.ts';
import { createRegistry } from '../../../shared/registry/registry.ts';
import type { Registry } from '../../../shared/registry/registry.ts';
import { FolderObjectStore } from '../../../shared/store/folder-object-store.ts';
import type { ObjectStore } from '../../../shared/store/object-store.ts';
import { createFakeClock } from '../../support/fake-clock.ts';
import { tempFolder } from '../../support/temp-folder.ts';
import { tinyContent } from '../../support/tiny-bundle.ts';

interface Rig {
  readonly registry: Registry;
  readonly store: ObjectStore;
  readonly root: string;
  /** Writes and publishes a bundle; another seed gives another id. */
  readonly publish: (seed: number) => Promise<string>;
}

function rig(): Rig {
  const root = tempFolder();
  const clock = createFakeClock();
  const store = new FolderObjectStore({ root: join(root, 'store'), clock });
  const registry = createRegistry({ store, clock });
  const publish = async (seed: number): Promise<string> => {
    const dir = join(root, `bundle-${seed}`);
    await writeBundle(dir, tinyContent({ seed }));
    return (await registry.publish(dir)).id;
  };
  return { registry, store, root, publish };
}

async function keysOf(store: ObjectStore): Promise<string[]> {
  const keys: string[] = [];
  for await (const { key } of store.list('')) keys.push(key);
  return keys;
}

const FILES = ['config.json', 'features.json', 'model.safetensors', 'onnx/model.onnx'];

describe('publish', () => {
  test('copies every file under the id, and does so again without harm', async () => {
    const { registry, store, publish } = rig();
    const id = await publish(1);
    const keys = [...FILES, 'manifest.json'].map((path) => `models/${id}/${path}`).sort();
    expect(await keysOf(store)).toEqual(keys);
    expect(await publish(1)).toBe(id);
    expect(await keysOf(store)).toEqual(keys);
    expect((await registry.load(id)).manifest.id).toBe(id);
  });

  test.each([...FILES, 'manifest.json'])('replaces a copy whose %s is damaged', async (path) => {
    const { registry, store, publish } = rig();
    const id = await publish(1);
    await store.put(`models/${id}/${path}`, new Uint8Array(3));
    await store.put(`models/${id}/extra.bin`, new Uint8Array(3));
    await expect(registry.load(id)).rejects.toMatchObject({ code: 'E_BUNDLE_TAMPERED' });
    await publish(1);
    expect((await registry.load(id)).manifest.id).toBe(id);
  });

  test('finishes a copy that was interrupted before its manifest', async () => {
    const { registry, store, publish } = rig();
    const id = await publish(1);
    await store.delete(`models/${id}/manifest.json`);
    await expect(registry.load(id)).rejects.toMatchObject({ code: 'E_MODEL_UNKNOWN' });
    await publish(1);
    expect((await registry.load(id)).files.size).toBe(FILES.length);
  });

  test('fails for a folder without a bundle, and stores nothing', async () => {
    const { registry, store, root } = rig();
    await expect(registry.publish(root)).rejects.toMatchObject({ code: 'E_BUNDLE_MISSING' });
    expect(await keysOf(store)).toEqual([]);
  });
});

describe('load', () => {
  test.each(FILES)('fails when %s was changed, cut, added to or removed in the store', async (path) => {
    const { registry, store, publish } = rig();
    const id = await publish(1);
    const key = `models/${id}/${path}`;
    const { body } = (await store.get(key))!;
    const changed = body.slice();
    changed[0]! ^= 1;
    const cases: [Uint8Array, string][] = [
      [changed, 'was changed'],
      [body.subarray(0, body.length - 1), 'is truncated'],
      [Uint8Array.of(...body, 0), 'is too long'],
    ];
    for (const [bytes, message] of cases) {
      await store.put(key, bytes);
      await expect(registry.load(id)).rejects.toMatchObject({
        code: 'E_BUNDLE_TAMPERED',
        message: expect.stringContaining(`models/${id}/: ${path} ${message}`) as string,
      });
    }
    await store.delete(key);
    await expect(registry.load(id)).rejects.toThrow(`${path} is missing`);
  });

  test('fails when another model lies under the id', async () => {
    const { registry, store, publish } = rig();
    const [a, b] = [await publish(1), await publish(2)];
    for (const path of [...FILES, 'manifest.json']) {
      await store.put(`models/${a}/${path}`, (await store.get(`models/${b}/${path}`))!.body);
    }
    await expect(registry.load(a)).rejects.toMatchObject({
      code: 'E_BUNDLE_TAMPERED',
      message: expect.stringContaining(`is of another model, got ${b}; expected ${a}`) as string,
    });
  });

  test('fails when the model is of a newer format', async () => {
    const { registry, store, publish } = rig();
    const id = await publish(1);
    const { manifest } = await registry.load(id);
    const newer = { ...manifest, formatVersion: 2 as 1 };
    await store.put(`models/${id}/manifest.json`, manifestBytes({ ...newer, id: manifestId(newer) }));
    await expect(registry.load(id)).rejects.toMatchObject({ code: 'E_BUNDLE_FOREIGN' });
  });

  test.each(['0123456789abcdef', '', '../secrets', 'current.json'])('fails for the unknown id %j', async (id) => {
    await expect(rig().registry.load(id)).rejects.toMatchObject({ code: 'E_MODEL_UNKNOWN' });
  });
});

describe('promote', () => {
  test('moves the pointer and remembers the model before', async () => {
    const { registry, publish } = rig();
    const [a, b] = [await publish(1), await publish(2)];
    expect(await registry.current()).toBeUndefined();
    expect(await registry.currentEtag()).toBeUndefined();
    const first: Pointer = {
      modelId: a,
      prefix: `models/${a}/`,
      promotedAt: '2026-03-04T05:06:07.000Z',
      previous: null,
    };
    expect(await registry.promote(a)).toEqual(first);
    const second = { ...first, modelId: b, prefix: `models/${b}/`, previous: a };
    expect(await registry.promote(b)).toEqual(second);
    const current = await registry.current();
    expect(current?.pointer).toEqual(second);
    expect(await registry.currentEtag()).toBe(current?.etag);
  });

  test('leaves the pointer alone when the model is current already', async () => {
    const { registry, publish } = rig();
    const [a, b] = [await publish(1), await publish(2)];
    await registry.promote(a);
    await registry.promote(b);
    const before = await registry.current();
    expect((await registry.promote(b)).previous).toBe(a);
    expect(await registry.current()).toEqual(before);
  });

  test.each(['none yet', 'one before'])(
    'lets exactly one of several win that chose at the same time: %s',
    async (start) => {
      const { registry, publish } = rig();
      const ids = await Promise.all([1, 2, 3, 4].map(publish));
      const champion = start === 'one before' ? await publish(9) : null;
      if (champion !== null) await registry.promote(champion);
      const results = await Promise.allSettled(ids.map((id) => registry.promote(id, { ifCurrent: champion })));
      const winners = results.filter((result) => result.status === 'fulfilled');
      expect(winners.length).toBe(1);
      expect(winners[0]!.value).toEqual((await registry.current())?.pointer);
      expect(winners[0]!.value.previous).toBe(champion);
      for (const result of results) {
        if (result.status === 'rejected') expect(result.reason).toMatchObject({ code: 'E_STORE_CONFLICT' });
      }
    },
  );

  test('fails when the champion is not the one the candidate was compared with', async () => {
    const { registry, publish } = rig();
    const [a, b] = [await publish(1), await publish(2)];
    await registry.promote(a);
    await expect(registry.promote(b, { ifCurrent: null })).rejects.toMatchObject({
      code: 'E_STORE_CONFLICT',
      message: `promote: ${b} was chosen over none, but the current model is ${a}. Compare with that one and decide anew.`,
    });
    expect((await registry.current())?.pointer.modelId).toBe(a);
  });

  test('fails for a model that is not published or is damaged, and leaves the pointer alone', async () => {
    const { registry, store, publish } = rig();
    const [a, b] = [await publish(1), await publish(2)];
    await registry.promote(a);
    await expect(registry.promote('0123456789abcdef')).rejects.toMatchObject({ code: 'E_MODEL_UNKNOWN' });
    await store.put(`models/${b}/config.json`, new Uint8Array(1));
    await expect(registry.promote(b)).rejects.toMatchObject({ code: 'E_BUNDLE_TAMPERED' });
    expect((await registry.current())?.pointer.modelId).toBe(a);
  });

  test.each([
    '',
    '{}',
    '{"modelId":"0123456789abcdef","prefix":"models/../secrets/","promotedAt":"2026-01-01T00:00:00Z","previous":null}',
  ])('fails when the pointer is not ours: %s', async (text) => {
    const { registry, store, publish } = rig();
    const id = await publish(1);
    await store.put('models/current.json', Buffer.from(text));
    await expect(registry.current()).rejects.toMatchObject({ code: 'E_BUNDLE_TAMPERED' });
    await expect(registry.promote(id)).rejects.toMatchObject({ code: 'E_BUNDLE_TAMPERED' });
  });
});

describe('rollback', () => {
  test('goes back to the model before, and forth again', async () => {
    const { registry, publish } = rig();
    const [a, b] = [await publish(1), await publish(2)];
    await registry.promote(a);
    await registry.promote(b);
    expect(await registry.rollback()).toMatchObject({ modelId: a, previous: b });
    expect(await registry.rollback()).toMatchObject({ modelId: b, previous: a });
  });

  test('fails when there was no model before', async () => {
    const { registry, publish } = rig();
    await expect(registry.rollback()).rejects.toMatchObject({ code: 'E_MODEL_UNKNOWN' });
    await registry.promote(await publish(1));
    await expect(registry.rollback()).rejects.toMatchObject({ code: 'E_MODEL_UNKNOWN' });
  });
});

describe('list', () => {
  test('lists models with metrics and size, the current one first, and what is damaged with its reason', async () => {
    const { registry, store, publish } = rig();
    expect(await registry.list()).toEqual({ models: [], damaged: [] });
    const ids = [await publish(1), await publish(2), await publish(3)].sort();
    await registry.promote(ids[1]!);
    await store.put(`models/${ids[2]!}/manifest.json`, Buffer.from('{'));
    const { models, damaged } = await registry.list();
    expect(models.map(({ manifest, current }) => [manifest.id, current])).toEqual([
      [ids[1], true],
      [ids[0], false],
    ]);
    expect(models[0]!.manifest.metrics['dev']?.entity.precision).toBe(0.5);
    const { files } = await registry.load(ids[1]!);
    const manifestSize = (await store.head(`models/${ids[1]!}/manifest.json`))!.sizeBytes;
    expect(models[0]!.sizeBytes).toBe([...files.values()].reduce((sum, bytes) => sum + bytes.length, manifestSize));
    expect(damaged).toEqual([{ id: ids[2], reason: expect.stringContaining('manifest.json is not JSON') as string }]);
  });
});
