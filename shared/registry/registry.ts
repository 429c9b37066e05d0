import { MANIFEST_FILE } from '../contracts/manifest.ts';
import type { Manifest, Pointer } from '../contracts/manifest.ts';
import { readBundleFrom, readManifest } from '../model/bundle.ts';
import type { Bundle } from '../model/bundle.ts';
import { folderSource, storeSource, type BundleSource } from '../model/bundle-source.ts';
import { manifestBytes } from '../model/manifest-id.ts';
import { NerError } from '../ner-error.ts';
import type { Signer, Verifier } from '../signing/signer.ts';
import type { ObjectStore } from '../store/object-store.ts';
import { POINTER_KEY, readPointer, writePointer } from './pointer.ts';
import type { CurrentModel } from './pointer.ts';
import { checkSignature, isSigned, signModel } from './signatures.ts';

export interface RegistryOptions {
  readonly store: ObjectStore;
  readonly clock: () => Date;
  /** Vouches for what is published. Left out, models are published without a signature. */
  readonly signer?: Signer;
  /** Whose signature a model needs to be loaded or promoted. Left out, none does. */
  readonly verifier?: Verifier;
}

/** A published model, as its manifest describes it. */
export interface RegisteredModel {
  readonly manifest: Manifest;
  readonly current: boolean;
  /** All files together. */
  readonly sizeBytes: number;
}

export interface RegistryListing {
  /** The current one first, then by id. */
  readonly models: readonly RegisteredModel[];
  /** What lies where a model should be but is none, and why. */
  readonly damaged: readonly { readonly id: string; readonly reason: string }[];
}

export interface PromoteOptions {
  /**
   * The model that must be current, null for none: the one that the candidate was compared with. Left out, the one
   * that is current when `promote` begins.
   */
  readonly ifCurrent?: string | null;
}

/** Published models under `models/<id>/`, and the pointer `models/current.json` that serving follows. */
export interface Registry {
  /**
   * Verifies the bundle in a folder and copies it. The manifest comes after the files, so a model is there whole or not
   * at all, and the signature comes last. One that is there already is left as it is, a damaged one is replaced.
   *
   * @throws {E_BUNDLE_MISSING} {E_BUNDLE_TAMPERED} {E_BUNDLE_FOREIGN} as `openBundle`
   */
  publish(bundleDir: string): Promise<Manifest>;
  /** As `publish`, from wherever the bundle lies. */
  publishFrom(source: BundleSource): Promise<Manifest>;
  /**
   * Makes a published model current, after verifying it. One that is current stays so.
   *
   * @throws {E_MODEL_UNKNOWN} it is not published
   * @throws {E_BUNDLE_TAMPERED} {E_BUNDLE_FOREIGN} it is damaged
   * @throws {E_BUNDLE_UNSIGNED} nobody who may has vouched for it
   * @throws {E_STORE_CONFLICT} another model became current meanwhile; the pointer is left alone
   */
  promote(id: string, options?: PromoteOptions): Promise<Pointer>;
  /**
   * Makes the model current that was so before; a second time, takes that back.
   *
   * @throws {E_MODEL_UNKNOWN} there was none; and what `promote` throws
   */
  rollback(): Promise<Pointer>;
  /** @throws {E_BUNDLE_TAMPERED} the pointer is none of ours */
  current(): Promise<CurrentModel | undefined>;
  /** The pointer's ETag, which changes when another model becomes current: cheap to ask often. */
  currentEtag(): Promise<string | undefined>;
  list(): Promise<RegistryListing>;
  /**
   * Reads a model and verifies every byte of it.
   *
   * @throws {E_MODEL_UNKNOWN} it is not published
   * @throws {E_BUNDLE_TAMPERED} {E_BUNDLE_FOREIGN} it is damaged
   * @throws {E_BUNDLE_UNSIGNED} nobody who may has vouched for it
   */
  load(id: string): Promise<Bundle>;
}

const MODELS = 'models/';
const MODEL_ID = /^[0-9a-f]{16}$/;

export function createRegistry(options: RegistryOptions): Registry {
  const { store, clock, verifier } = options;
  const load = async (id: string): Promise<Bundle> => {
    if (!MODEL_ID.test(id)) throw unknownModel(id);
    try {
      const bundle = await readBundleFrom(storeSource(store, prefixOf(id)), { expectedId: id });
      if (verifier !== undefined) await checkSignature(store, verifier, bundle.manifest);
      return bundle;
    } catch (error) {
      if (error instanceof NerError && error.code === 'E_BUNDLE_MISSING') throw unknownModel(id, error);
      throw error;
    }
  };
  const pointTo = async (id: string, before: CurrentModel | undefined): Promise<Pointer> => {
    await load(id);
    const previous = before?.pointer.modelId ?? null;
    const pointer = { modelId: id, prefix: prefixOf(id), promotedAt: clock().toISOString(), previous };
    await writePointer(store, pointer, before);
    return pointer;
  };
  return {
    publish: (bundleDir) => publish(options, folderSource(bundleDir)),
    publishFrom: (source) => publish(options, source),
    promote: async (id, { ifCurrent } = {}) => {
      const before = await readPointer(store);
      const current = before?.pointer.modelId ?? null;
      if (ifCurrent !== undefined && ifCurrent !== current) throw lostRace(id, { expected: ifCurrent, found: current });
      return before !== undefined && current === id ? before.pointer : pointTo(id, before);
    },
    rollback: async () => {
      const before = await readPointer(store);
      const previous = before?.pointer.previous ?? null;
      if (previous !== null) return pointTo(previous, before);
      throw new NerError(
        'E_MODEL_UNKNOWN',
        'rollback: no model was current before this one. Promote one by its id; `tagwright models` lists them.',
      );
    },
    current: () => readPointer(store),
    currentEtag: async () => (await store.head(POINTER_KEY))?.etag,
    list: () => list(options),
    load,
  };
}

function prefixOf(id: string): string {
  return `${MODELS}${id}/`;
}

async function publish({ store, signer, verifier }: RegistryOptions, source: BundleSource): Promise<Manifest> {
  const { manifest, files } = await readBundleFrom(source);
  if (!(await isPublished(store, manifest.id))) await copy(store, { manifest, files });
  const isVouchedFor = verifier !== undefined && (await isSigned(store, verifier, manifest));
  if (signer !== undefined && !isVouchedFor) await signModel(store, signer, manifest);
  return manifest;
}

async function copy(store: ObjectStore, { manifest, files }: Bundle): Promise<void> {
  const prefix = prefixOf(manifest.id);
  // Whatever is left of an interrupted or damaged copy.
  for await (const { key } of store.list(prefix)) {
    if (!files.has(key.slice(prefix.length))) await store.delete(key);
  }
  for (const [path, bytes] of files) await store.put(prefix + path, bytes);
  await store.put(prefix + MANIFEST_FILE, manifestBytes(manifest));
}

async function isPublished(store: ObjectStore, id: string): Promise<boolean> {
  try {
    await readBundleFrom(storeSource(store, prefixOf(id)), { expectedId: id });
    return true;
  } catch (error) {
    if (error instanceof NerError && error.code.startsWith('E_BUNDLE_')) return false;
    throw error;
  }
}

async function list({ store, verifier }: RegistryOptions): Promise<RegistryListing> {
  const sizes = new Map<string, Map<string, number>>();
  for await (const { key, sizeBytes } of store.list(MODELS)) {
    const [, id, path] = /^models\/([^/]+)\/(.+)$/.exec(key) ?? [];
    if (id === undefined || path === undefined) continue;
    const files = sizes.get(id) ?? new Map<string, number>();
    sizes.set(id, files.set(path, sizeBytes));
  }
  const currentId = (await readPointer(store))?.pointer.modelId;
  const models: RegisteredModel[] = [];
  const damaged: { id: string; reason: string }[] = [];
  for (const [id, files] of sizes) {
    try {
      const manifest = await readManifest(storeSource(store, prefixOf(id)), files.get(MANIFEST_FILE));
      if (verifier !== undefined) await checkSignature(store, verifier, manifest);
      const sizeBytes = [...files.values()].reduce((total, size) => total + size, 0);
      models.push({ manifest, current: id === currentId, sizeBytes });
    } catch (error) {
      if (!(error instanceof NerError)) throw error;
      damaged.push({ id, reason: error.message });
    }
  }
  models.sort((a, b) => Number(b.current) - Number(a.current) || (a.manifest.id < b.manifest.id ? -1 : 1));
  return { models, damaged };
}

function unknownModel(id: string, cause?: unknown): NerError {
  return new NerError(
    'E_MODEL_UNKNOWN',
    `registry: there is no model ${JSON.stringify(id)}; expected the id of a published one. \`tagwright models\` lists them.`,
    { cause },
  );
}

function lostRace(id: string, model: { readonly expected: string | null; readonly found: string | null }): NerError {
  return new NerError(
    'E_STORE_CONFLICT',
    `promote: ${id} was chosen over ${model.expected ?? 'none'}, but the current model is ${model.found ?? 'none'}. ` +
      'Compare with that one and decide anew.',
  );
}
