import type { ObjectStore } from '../../shared/store/object-store.ts';

/** What a store that died throws. */
export class Died extends Error {
  constructor() {
    super('the process was killed');
    this.name = 'Died';
  }
}

/**
 * The store of a process that is killed around its `step`-th change: even steps die before the change, odd ones right
 * after it. From then on nothing works any more.
 */
export function dyingStore(store: ObjectStore, step: number): ObjectStore {
  let changes = 0;
  const around = async <T>(change: () => Promise<T>): Promise<T> => {
    const at = 2 * changes;
    changes += 1;
    if (at >= step) throw new Died();
    const result = await change();
    if (at + 1 >= step) throw new Died();
    return result;
  };
  return {
    get: (...args) => store.get(...args),
    head: (...args) => store.head(...args),
    list: (...args) => store.list(...args),
    keys: (...args) => store.keys(...args),
    put: (...args) => around(() => store.put(...args)),
    delete: (...args) => around(() => store.delete(...args)),
  };
}
