import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { NerError } from '../ner-error.ts';
import { openLocalKey, type LocalKey } from '../signing/local-signer.ts';
import type { ObjectStore } from '../store/object-store.ts';
import { createRegistry, type Registry, type RegistryOptions } from './registry.ts';
import { signModel } from './signatures.ts';

export interface LocalRegistryOptions {
  /** Folder of the host's state; the key lies in `keys/` of it. */
  readonly stateDir: string;
  /** The one in that folder. */
  readonly store: ObjectStore;
  readonly clock: () => Date;
}

/** Says that the models which were there before the key have been signed. */
const ADOPTED = 'models-signed';

/**
 * The registry of a state folder, with the folder's own key: it signs what it publishes, and loads only what that key
 * has signed. Models from before the folder had a key are signed once, each that is whole.
 *
 * @throws {E_FILE_UNREADABLE} {E_FILE_UNWRITABLE} as `openLocalKey`
 */
export async function openLocalRegistry({ stateDir, store, clock }: LocalRegistryOptions): Promise<Registry> {
  const folder = join(stateDir, 'keys');
  const key = openLocalKey(folder);
  const marker = join(folder, ADOPTED);
  if (!existsSync(marker)) {
    await signAll({ store, clock }, key);
    writeFileSync(marker, '', { flush: true });
  }
  return createRegistry({ store, clock, signer: key, verifier: key });
}

async function signAll(options: Pick<RegistryOptions, 'store' | 'clock'>, key: LocalKey): Promise<void> {
  const registry = createRegistry(options);
  for (const { manifest } of (await registry.list()).models) {
    try {
      await signModel(options.store, key, (await registry.load(manifest.id)).manifest);
    } catch (error) {
      // A damaged one stays unsigned: the list says what is wrong with it.
      if (!(error instanceof NerError && error.code.startsWith('E_BUNDLE_'))) throw error;
    }
  }
}
