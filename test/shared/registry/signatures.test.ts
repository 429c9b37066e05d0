import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { memorySource } from '../../../shared/model/bundle-source.ts';
import { manifestBytes } from '../../../shared/model/manifest-id.ts';
import { sealManifest, writeBundle } from '../../../shared/model/write-bundle.ts';
import { createRegistry } from '../../../shared/registry/registry.ts';
import { signatureKey } from '../../../shared/registry/signatures.ts';
import { openLocalKey } from '../../../shared/signing/local-signer.ts';
import { dyingStore, Died } from '../../support/dying-store.ts';
import { createFakeClock } from '../../support/fake-clock.ts';
import { openStore } from '../../support/open-store.ts';
import { tempFolder } from '../../support/temp-folder.ts';
import { tinyContent } from '../../support/tiny-bundle.ts';

const clock = createFakeClock();

function rig() {
  const { store } = openStore();
  const key = openLocalKey(tempFolder());
  const signed = createRegistry({ store, clock, signer: key, verifier: key });
  const unsigned = createRegistry({ store, clock });
  const bundle = async (seed: number): Promise<string> => {
    const dir = join(tempFolder(), 'bundle');
    await writeBundle(dir, tinyContent({ seed }));
    return dir;
  };
  return { store, key, signed, unsigned, bundle };
}

describe('a registry with a key', () => {
  test('signs what it publishes, and loads and promotes it', async () => {
    const { signed, bundle } = rig();
    const { id } = await signed.publish(await bundle(1));
    expect((await signed.load(id)).manifest.id).toBe(id);
    expect((await signed.promote(id)).modelId).toBe(id);
    expect(await signed.list()).toMatchObject({ models: [{ current: true }], damaged: [] });
  });

  test('publishes from memory as from a folder', async () => {
    const { signed } = rig();
    const content = tinyContent({ seed: 3 });
    const manifest = sealManifest(content);
    const files = new Map(Object.entries({ ...content.files, 'manifest.json': manifestBytes(manifest) }));
    expect(await signed.publishFrom(memorySource('a job', files))).toEqual(manifest);
    expect((await signed.load(manifest.id)).files.size).toBe(4);
  });

  test.each<[string, (parts: ReturnType<typeof rig>, id: string) => Promise<unknown>, string]>([
    ['has no signature', ({ store }, id) => store.delete(signatureKey(id)), 'got no signature'],
    [
      'has something else for a signature',
      ({ store }, id) => store.put(signatureKey(id), Buffer.from('{"modelId":1}')),
      'got something else',
    ],
    [
      'is signed by another key',
      async ({ store, signed }, id) => {
        const foreign = await openLocalKey(tempFolder()).sign(id, manifestBytes((await signed.load(id)).manifest));
        await store.put(signatureKey(id), Buffer.from(JSON.stringify(foreign)));
      },
      'by ',
    ],
    [
      'has the signature of another model',
      async ({ store, signed, bundle }, id) => {
        const other = await signed.publish(await bundle(99));
        await store.put(signatureKey(id), (await store.get(signatureKey(other.id)))!.body);
      },
      'got one of model ',
    ],
  ])('fails with E_BUNDLE_UNSIGNED when a model %s, and leaves the pointer alone', async (_, change, part) => {
    const parts = rig();
    const { signed, bundle } = parts;
    const good = (await signed.publish(await bundle(1))).id;
    const bad = (await signed.publish(await bundle(2))).id;
    await signed.promote(good);
    await change(parts, bad);
    const unsigned = { code: 'E_BUNDLE_UNSIGNED', message: expect.stringContaining(part) as string };
    await expect(signed.load(bad)).rejects.toMatchObject(unsigned);
    await expect(signed.promote(bad)).rejects.toMatchObject(unsigned);
    expect((await signed.current())?.pointer.modelId).toBe(good);
    expect((await signed.list()).damaged).toMatchObject([{ id: bad }]);
    // Whoever has the bundle and the key puts it right.
    await signed.publish(await bundle(2));
    expect((await signed.load(bad)).manifest.id).toBe(bad);
  });

  test('signs what was published without a key when it is published with one', async () => {
    const { signed, unsigned, bundle } = rig();
    const dir = await bundle(1);
    const { id } = await unsigned.publish(dir);
    await expect(signed.load(id)).rejects.toMatchObject({ code: 'E_BUNDLE_UNSIGNED' });
    await signed.publish(dir);
    expect((await signed.load(id)).manifest.id).toBe(id);
  });

  test('writes the same signature once', async () => {
    const { store, signed, bundle } = rig();
    const dir = await bundle(1);
    const { id } = await signed.publish(dir);
    const before = await store.head(signatureKey(id));
    await signed.publish(dir);
    expect(await store.head(signatureKey(id))).toEqual(before);
  });

  test('never has a signed model that is not whole, wherever the process that publishes dies', async () => {
    for (let step = 0; ; step++) {
      const { store, key, signed, bundle } = rig();
      const dir = await bundle(1);
      const dying = createRegistry({ store: dyingStore(store, step), clock, signer: key, verifier: key });
      const died = await dying.publish(dir).then(
        () => false,
        (error: unknown) => error instanceof Died,
      );
      const { models } = await signed.list();
      for (const { manifest } of models) expect((await signed.load(manifest.id)).manifest).toEqual(manifest);
      const { id } = await signed.publish(dir);
      expect((await signed.load(id)).manifest.id).toBe(id);
      if (!died) break;
    }
  });
});
