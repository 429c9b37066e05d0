import { NerError } from '../../shared/ner-error.ts';
import { FolderObjectStore } from '../../shared/store/folder-object-store.ts';

// Adds 1 to the number under a key, so many times, as one of several processes. Arguments: folder, key, times.
const [root, key, times] = process.argv.slice(2) as [string, string, string];
const store = new FolderObjectStore({ root, clock: () => new Date() });
for (let done = 0; done < Number(times);) {
  const object = await store.get(key);
  const value = object === undefined ? 0 : Number(Buffer.from(object.body).toString('utf8'));
  try {
    const condition = object === undefined ? ({ ifNoneMatch: '*' } as const) : { ifMatch: object.etag };
    await store.put(key, Buffer.from(String(value + 1)), condition);
    done += 1;
  } catch (error) {
    if (!(error instanceof NerError && error.code === 'E_STORE_CONFLICT')) throw error;
  }
}
store.close();
