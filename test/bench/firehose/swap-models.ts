import { join } from 'node:path';
import { openLocalRegistry } from '../../../shared/registry/local-registry.ts';
import { FolderObjectStore } from '../../../shared/store/folder-object-store.ts';
import { writeVariant } from '../../support/bundle-variant.ts';

export interface SwapOptions {
  /** The bundle that serves. */
  readonly model: string;
  /** Folder for its twin, and the host's state. */
  readonly folder: string;
  readonly state: string;
}

/** A running host looks at the pointer every two seconds, so that each change is seen. */
const BETWEEN_MS = 2_500;

/** Promotes a twin of the model and rolls back, again and again, as another process does; gives how often. */
export async function swapModels({ model, folder, state }: SwapOptions, work: Promise<unknown>): Promise<number> {
  const clock = (): Date => new Date();
  const store = new FolderObjectStore({ root: join(state, 'store'), clock });
  try {
    const registry = await openLocalRegistry({ stateDir: state, store, clock });
    const { id } = await registry.publish(await writeVariant(model, join(folder, 'twin'), { seed: 2 }));
    const over = work.then(() => true);
    for (let swaps = 0; ; swaps++) {
      await (swaps === 0 ? registry.promote(id) : registry.rollback());
      const pause = new Promise<boolean>((resolve) => {
        setTimeout(resolve, BETWEEN_MS, false);
      });
      if (await Promise.race([over, pause])) return swaps + 1;
    }
  } finally {
    store.close();
  }
}
