import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { writeBundle } from '../../../shared/model/write-bundle.ts';
import { openLocalRegistry } from '../../../shared/registry/local-registry.ts';
import { createRegistry, type Registry } from '../../../shared/registry/registry.ts';
import { dyingStore } from '../../support/dying-store.ts';
import { createFakeClock } from '../../support/fake-clock.ts';
import { openStore } from '../../support/open-store.ts';
import { tempFolder } from '../../support/temp-folder.ts';
import { tinyContent } from '../../support/tiny-bundle.ts';

const clock = createFakeClock();

function rig() {
  const stateDir = tempFolder();
  const { store } = openStore(join(stateDir, 'store'));
  const publish = async (registry: Registry, seed: number): Promise<string> => {
    const dir = join(tempFolder(), 'bundle');
    await writeBundle(dir, tinyContent({ seed }));
    return (await registry.publish(dir)).id;
  };
  return { stateDir, store, publish, open: () => openLocalRegistry({ stateDir, store, clock }) };
}

describe('openLocalRegistry', () => {
  test('signs the whole models of a folder from before it had a key, and none that is damaged', async () => {
    const { store, publish, open } = rig();
    const before = createRegistry({ store, clock });
    const [whole, damaged] = [await publish(before, 1), await publish(before, 2)];
    await store.put(`models/${damaged}/config.json`, new Uint8Array(1));
    const registry = await open();
    expect((await registry.load(whole)).manifest.id).toBe(whole);
    expect((await registry.list()).damaged).toMatchObject([{ id: damaged }]);
  });

  test('signs once: what comes into the folder later without a signature is refused', async () => {
    const { store, publish, open } = rig();
    await open();
    const id = await publish(createRegistry({ store, clock }), 1);
    await expect((await open()).load(id)).rejects.toMatchObject({ code: 'E_BUNDLE_UNSIGNED' });
  });

  test('goes on signing where a process died at it', async () => {
    for (const step of [0, 1, 2, 3]) {
      const { stateDir, store, publish, open } = rig();
      const before = createRegistry({ store, clock });
      const ids = [await publish(before, 1), await publish(before, 2)];
      const dying = openLocalRegistry({ stateDir, store: dyingStore(store, step), clock });
      await expect(dying).rejects.toThrow('the process was killed');
      const registry = await open();
      for (const id of ids) expect((await registry.load(id)).manifest.id).toBe(id);
    }
  });

  test('lets processes that open a new folder at the same time share one key', async () => {
    const { publish, open } = rig();
    const [first, second] = await Promise.all([open(), open()]);
    const id = await publish(first, 1);
    expect((await second.load(id)).manifest.id).toBe(id);
  });

  test('vouches anew for what is there when the key was removed', async () => {
    const { stateDir, publish, open } = rig();
    const id = await publish(await open(), 1);
    rmSync(join(stateDir, 'keys'), { recursive: true });
    expect((await (await open()).load(id)).manifest.id).toBe(id);
  });
});
