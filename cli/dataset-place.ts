import { join } from 'node:path';
import { randomUUID } from 'node:crypto';
import { objectCreated } from '../shared/events/object-created.ts';
import { SqliteEventBus } from '../shared/events/sqlite-event-bus.ts';
import { FolderObjectStore } from '../shared/store/folder-object-store.ts';
import type { ObjectStore } from '../shared/store/object-store.ts';
import { stateFolder } from './state-folder.ts';

/** Where datasets are uploaded to. */
export interface DatasetPlace {
  readonly store: ObjectStore;
  /** For people. */
  readonly name: string;
  /** Tells those whom it concerns that an object was written. */
  announce(key: string): Promise<void>;
  close(): void;
}

/** The store of a host, which is told by the host's bus. @throws {E_FILE_UNREADABLE} as `stateFolder` */
export function openStatePlace(verb: string, state: string | undefined): DatasetPlace {
  const folder = stateFolder(verb, state);
  const clock = (): Date => new Date();
  const store = new FolderObjectStore({ root: join(folder, 'store'), clock });
  return {
    store,
    name: folder,
    announce: async (key) => {
      const bus = new SqliteEventBus({ path: join(folder, 'events.sqlite'), clock });
      try {
        await bus.publish([objectCreated(key, { id: randomUUID(), time: clock() })]);
      } finally {
        bus.close();
      }
    },
    close: () => {
      store.close();
    },
  };
}
