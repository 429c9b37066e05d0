import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { createRegistry } from '../../shared/registry/registry.ts';
import { FolderObjectStore } from '../../shared/store/folder-object-store.ts';
import { runJob, tinyJob, writeTinyJob } from './tiny-encoder-job.ts';

/** Trains a small word tagger and makes it the model of a state folder; `folder` takes its files. */
export async function provideTinyModel(state: string, folder: string): Promise<string> {
  mkdirSync(folder, { recursive: true });
  await writeTinyJob(folder);
  const bundle = join(folder, 'words');
  await runJob(tinyJob(folder, { encoder: undefined, out: bundle }));
  const clock = (): Date => new Date();
  const store = new FolderObjectStore({ root: join(state, 'store'), clock });
  try {
    const registry = createRegistry({ store, clock });
    const { id } = await registry.publish(bundle);
    await registry.promote(id);
    return id;
  } finally {
    store.close();
  }
}
