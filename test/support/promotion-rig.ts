import type { DatasetFile, FrozenTest } from '../../shared/contracts/dataset.ts';
import type { BusEvent, TrainingJobChanged } from '../../shared/contracts/events.ts';
import { DEFAULT_GATE, type Decision } from '../../shared/contracts/promotion.ts';
import { DATASET_HYPERPARAMETER } from '../../shared/contracts/training-job.ts';
import { freezeTest } from '../../shared/datasets/frozen-test.ts';
import type { EventBus } from '../../shared/events/event-bus.ts';
import { manifestBytes } from '../../shared/model/manifest-id.ts';
import { sha256Hex } from '../../shared/model/sha256.ts';
import { storeSource } from '../../shared/model/bundle-source.ts';
import { sealManifest, type BundleContent } from '../../shared/model/write-bundle.ts';
import { createRegistry, type Registry } from '../../shared/registry/registry.ts';
import { openLocalKey, type LocalKey } from '../../shared/signing/local-signer.ts';
import type { FolderObjectStore } from '../../shared/store/folder-object-store.ts';
import type { ObjectStore } from '../../shared/store/object-store.ts';
import { createDecisions } from '../../functions/promote/decisions.ts';
import { createPromoteHandler, type PromoteOptions } from '../../functions/promote/handler.ts';
import { createFakeClock } from './fake-clock.ts';
import { openStore } from './open-store.ts';
import { tempFolder } from './temp-folder.ts';
import { loadVocabularyTagger, vocabularyTagger, type Vocabulary } from './vocabulary-tagger.ts';

export const DATASET = { name: 'tweets', version: '0123456789abcdef' } as const;

/** Names of persons in the test set, one a sentence; a model that knows so many of them has a recall of so many in 100. */
export const NAMES = Array.from({ length: 100 }, (_, i) => `Name${i}`);

/** Knows the first so many names. */
export function knowing(names: number): Vocabulary {
  return Object.fromEntries(NAMES.slice(0, names).map((name) => [name, 'B-person']));
}

export interface PromotionRig {
  readonly store: FolderObjectStore;
  readonly registry: Registry;
  readonly published: BusEvent[];
  readonly options: PromoteOptions;
  /** Handles an event, as a process that knows nothing of the last one. */
  readonly handle: (event: TrainingJobChanged, changes?: Partial<PromoteOptions>) => Promise<void>;
  /** Writes what a job leaves; gives the model's id. */
  readonly leaveModel: (job: string, content: BundleContent) => Promise<string>;
  readonly decision: (job: string) => Promise<Decision | undefined>;
  readonly current: () => Promise<string | undefined>;
  /** The same rig on a store that may die. */
  readonly on: (store: ObjectStore) => Pick<PromoteOptions, 'store' | 'registry'>;
}

/** A store with a frozen test set, a registry that signs, and the handler on both. */
export async function promotionRig(): Promise<PromotionRig> {
  const { store } = openStore();
  const clock = createFakeClock();
  const key: LocalKey = openLocalKey(tempFolder());
  const registryOn = (of: ObjectStore): Registry => createRegistry({ store: of, clock, signer: key, verifier: key });
  const published: BusEvent[] = [];
  const bus: EventBus = { publish: async (events) => void published.push(...events) };
  const registry = registryOn(store);
  const decisions = createDecisions(store);
  await writeFrozenTest(store, DATASET.name, NAMES);
  const options: PromoteOptions = {
    store,
    registry,
    bus,
    clock,
    gate: DEFAULT_GATE,
    approval: 'automatic',
    load: loadVocabularyTagger,
  };
  return {
    store,
    registry,
    published,
    options,
    handle: (event, changes) => createPromoteHandler({ ...options, ...changes }).handle(event),
    leaveModel: (job, content) => leaveModel(store, job, content),
    decision: async (job) => (await decisions.read(job))?.decision,
    current: async () => (await registry.current())?.pointer.modelId,
    on: (of) => ({ store: of, registry: registryOn(of) }),
  };
}

/** A test set with one person a sentence, as retraining freezes it. */
export function writeFrozenTest(store: ObjectStore, name: string, persons: readonly string[]): Promise<FrozenTest> {
  const bytes = Buffer.from(persons.map((person) => `${person}\tB-person\nsays\tO\nhello\tO\n`).join('\n'));
  const file: DatasetFile = {
    split: 'test',
    path: 'test.conll',
    sizeBytes: bytes.length,
    sha256: sha256Hex(bytes),
    sentences: persons.length,
    tokens: 3 * persons.length,
  };
  return freezeTest(store, { name, version: DATASET.version }, { file, bytes });
}

async function leaveModel(store: ObjectStore, job: string, content: BundleContent): Promise<string> {
  const manifest = sealManifest(content);
  const prefix = `jobs/${job}/output/model/`;
  for (const [path, bytes] of Object.entries(content.files)) await store.put(prefix + path, bytes);
  await store.put(`${prefix}manifest.json`, manifestBytes(manifest));
  return manifest.id;
}

/** Publishes a model that knows so many names, and makes it current. */
export async function crown(registry: Registry, store: ObjectStore, names: number): Promise<string> {
  const id = await leaveModel(store, 'before', vocabularyTagger(knowing(names)));
  await registry.publishFrom(storeSource(store, 'jobs/before/output/model/'));
  await registry.promote(id);
  return id;
}

/** A change of a job's state, as the platform tells it. */
export function jobChanged(job: string, detail: Partial<TrainingJobChanged['detail']> = {}): TrainingJobChanged {
  return {
    id: `event-of-${job}`,
    time: '2026-03-04T05:06:07.000Z',
    source: 'aws.sagemaker',
    'detail-type': 'SageMaker Training Job State Change',
    detail: {
      TrainingJobName: job,
      TrainingJobStatus: 'Completed',
      SecondaryStatus: 'Completed',
      HyperParameters: { [DATASET_HYPERPARAMETER]: `${DATASET.name}/${DATASET.version}` },
      ...detail,
    },
  };
}
