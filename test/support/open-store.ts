import { onTestFinished } from 'vitest';
import { FolderObjectStore } from '../../shared/store/folder-object-store.ts';
import { tempFolder } from './temp-folder.ts';

/** An empty store in a folder that is gone after the test. */
export function openStore(root = tempFolder()): { readonly root: string; readonly store: FolderObjectStore } {
  const store = new FolderObjectStore({ root, clock: () => new Date() });
  onTestFinished(() => {
    store.close();
  });
  return { root, store };
}
