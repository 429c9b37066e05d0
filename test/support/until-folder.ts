import { watch } from 'node:fs';

/** Resolves when the condition holds; it is looked at now and whenever something changes in the folder. */
export function untilFolder(folder: string, condition: () => boolean): Promise<void> {
  return new Promise((resolve, reject) => {
    const look = (): void => {
      if (!condition()) return;
      watcher.close();
      resolve();
    };
    const watcher = watch(folder, look);
    watcher.on('error', reject);
    look();
  });
}
