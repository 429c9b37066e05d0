import { join } from 'node:path';
import { randomUUID } from 'node:crypto';
import { objectCreated } from '../shared/events/object-created.ts';
import { SqliteEventBus } from '../shared/events/sqlite-event-bus.ts';
import { FolderObjectStore } from '../shared/store/folder-object-store.ts';
import type { ObjectStore } from '../shared/store/object-store.ts';
import { CLIENT_SETTINGS } from '../shared/cloud/client-settings.ts';
import { NerError } from '../shared/ner-error.ts';
import { stateFlag, stateFolder } from './state-folder.ts';

/** Where datasets are uploaded to. */
export interface DatasetPlace {
  readonly store: ObjectStore;
  /** For people. */
  readonly name: string;
  /** What says how it goes on, for people. */
  readonly follow: string;
  /** Tells those whom it concerns that an object was written. */
  announce(key: string): Promise<void>;
  close(): void;
}

/** Flags of verbs that work on datasets in either place. */
export const datasetPlaceFlags = {
  ...stateFlag,
  bucket: { type: 'string', valueHint: 'NAME', description: "The stack's bucket, instead of a folder" },
} as const;

interface DatasetPlaceArguments {
  readonly state?: string | undefined;
  readonly bucket?: string | undefined;
}

/**
 * Opens the place that the flags name.
 *
 * @throws {E_USAGE} both are named
 * @throws {E_FILE_UNREADABLE} as `stateFolder`
 */
export async function openDatasetPlace(verb: string, { state, bucket }: DatasetPlaceArguments): Promise<DatasetPlace> {
  if (bucket === undefined) return openState(stateFolder(verb, state));
  if (state === undefined) return openBucket(bucket);
  throw new NerError('E_USAGE', `tagwright ${verb}: --state and --bucket are two places; expected one of them.`);
}

/** S3 itself tells of what is written. The client is loaded here: it takes longer to load than most verbs take. */
async function openBucket(bucket: string): Promise<DatasetPlace> {
  const { S3Client } = await import('@aws-sdk/client-s3');
  const { S3ObjectStore } = await import('../shared/store/s3-object-store.ts');
  const client = new S3Client(CLIENT_SETTINGS);
  return {
    store: new S3ObjectStore({ client, bucket }),
    name: `s3://${bucket}`,
    follow: 'GET /v1/jobs of its API',
    announce: async () => undefined,
    close: () => {
      client.destroy();
    },
  };
}

/** The store of a host, which is told by the host's bus. */
function openState(folder: string): DatasetPlace {
  const clock = (): Date => new Date();
  const store = new FolderObjectStore({ root: join(folder, 'store'), clock });
  return {
    store,
    name: folder,
    follow: "'tagwright jobs'",
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
