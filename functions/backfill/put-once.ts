import { NerError } from '../../shared/ner-error.ts';
import type { ObjectStore } from '../../shared/store/object-store.ts';

/** Writes an object that nobody has written yet; false, and nothing is changed, where somebody has. */
export async function putOnce(store: ObjectStore, key: string, body: Uint8Array): Promise<boolean> {
  try {
    await store.put(key, body, { ifNoneMatch: '*' });
    return true;
  } catch (error) {
    if (error instanceof NerError && error.code === 'E_STORE_CONFLICT') return false;
    throw error;
  }
}
