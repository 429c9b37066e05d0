import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { EventBus } from '../shared/events/event-bus.ts';
import { SqliteEventBus } from '../shared/events/sqlite-event-bus.ts';
import { NerError } from '../shared/ner-error.ts';
import { openLocalRegistry } from '../shared/registry/local-registry.ts';
import { createRegistry, type Registry } from '../shared/registry/registry.ts';
import { FolderObjectStore } from '../shared/store/folder-object-store.ts';
import type { ObjectStore } from '../shared/store/object-store.ts';
import { stateFlag, stateFolder } from './state-folder.ts';

/** Where models lie: a host's state folder, or a bucket of the cloud. */
export interface ModelPlace {
  /** For people. */
  readonly name: string;
  readonly store: ObjectStore;
  readonly registry: Registry;
  readonly bus: EventBus;
  close(): void;
}

/** Flags of verbs that work on models in either place. */
export const modelPlaceFlags = {
  ...stateFlag,
  bucket: { type: 'string', valueHint: 'NAME', description: "The stack's bucket, instead of a folder" },
  'signing-key': {
    type: 'string',
    valueHint: 'ARN',
    description: 'Key of the stack that models are signed by; needed to change which model of a bucket serves',
  },
  'event-bus': {
    type: 'string',
    valueHint: 'NAME',
    description: 'Bus of EventBridge that changes in a bucket are told on; by default default',
  },
} as const;

interface ModelPlaceArguments {
  readonly state?: string | undefined;
  readonly bucket?: string | undefined;
  readonly 'signing-key'?: string | undefined;
  readonly 'event-bus'?: string | undefined;
}

/**
 * Opens the place that the flags name.
 *
 * @param changes whether the pointer may be moved, for which signatures have to be verified
 * @throws {E_USAGE} flags that do not go together
 * @throws {E_FILE_UNREADABLE} {E_FILE_UNWRITABLE} as `stateFolder` and `openLocalRegistry`
 */
export async function openRegistry(verb: string, args: ModelPlaceArguments, changes: boolean): Promise<ModelPlace> {
  const { state, bucket, 'signing-key': signingKey, 'event-bus': eventBus } = args;
  const wrong = (what: string): NerError => new NerError('E_USAGE', `tagwright ${verb}: ${what}.`);
  if (bucket === undefined) {
    const flag = signingKey === undefined ? (eventBus === undefined ? undefined : '--event-bus') : '--signing-key';
    if (flag !== undefined) throw wrong(`${flag} is for a bucket, got none; expected --bucket NAME as well`);
    return openState(stateFolder(verb, state));
  }
  if (state !== undefined) throw wrong('--state and --bucket are two places; expected one of them');
  if (changes && signingKey === undefined) {
    throw wrong(
      '--signing-key is missing; expected the ARN of the key that the stack signs models by, an output of it',
    );
  }
  // Loaded here: the clients of AWS take longer to load than most verbs take.
  const { openBucket } = await import('./open-bucket.ts');
  return openBucket({ bucket, signingKey, eventBus: eventBus ?? 'default' });
}

async function openState(folder: string): Promise<ModelPlace> {
  const clock = (): Date => new Date();
  const root = join(folder, 'store');
  const store = new FolderObjectStore({ root, clock });
  // Where nothing is published nothing has to be signed, and a look makes no key.
  const registry = existsSync(root)
    ? await openLocalRegistry({ stateDir: folder, store, clock })
    : createRegistry({ store, clock });
  return {
    name: folder,
    store,
    registry,
    bus: {
      publish: async (events) => {
        const bus = new SqliteEventBus({ path: join(folder, 'events.sqlite'), clock });
        try {
          await bus.publish(events);
        } finally {
          bus.close();
        }
      },
    },
    close: () => {
      store.close();
    },
  };
}
