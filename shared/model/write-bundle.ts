import { randomUUID } from 'node:crypto';
import { mkdir, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { z } from 'zod';
import { BUNDLE_FORMAT_VERSION, MANIFEST_FILE, manifestSchema } from '../contracts/manifest.ts';
import type { Manifest } from '../contracts/manifest.ts';
import { NerError } from '../ner-error.ts';
import { manifestBytes, manifestId } from './manifest-id.ts';
import { sha256Hex } from './sha256.ts';

/** What the exporter says of a model; the rest of the manifest follows from the files. */
export type ManifestDraft = Omit<Manifest, 'format' | 'formatVersion' | 'scheme' | 'id' | 'files'>;

export interface BundleContent {
  /** By path relative to the bundle: config.json, features.json, model.safetensors, onnx/model.onnx, ... */
  readonly files: Readonly<Record<string, Uint8Array>>;
  readonly manifest: ManifestDraft;
}

/**
 * The manifest of these files, with its id.
 *
 * @throws {E_INTERNAL} when the manifest's parts do not fit each other or the files
 */
export function sealManifest({ files, manifest }: BundleContent): Manifest {
  const entries = Object.entries(files).sort(([a], [b]) => (a < b ? -1 : 1));
  const sealed: Omit<Manifest, 'id'> = {
    ...manifest,
    format: 'tagwright-bundle',
    formatVersion: BUNDLE_FORMAT_VERSION,
    scheme: 'BIO',
    files: entries.map(([path, bytes]) => ({ path, sizeBytes: bytes.byteLength, sha256: sha256Hex(bytes) })),
  };
  const parsed = manifestSchema.safeParse({ ...sealed, id: manifestId(sealed) });
  if (parsed.success) return parsed.data;
  throw new NerError('E_INTERNAL', `internal: writeBundle: the manifest is wrong: ${z.prettifyError(parsed.error)}`);
}

/**
 * Writes a bundle into a folder, which is there whole or not at all: the files go to a folder beside it that then takes
 * its name. A bundle that is there already is replaced; any other folder with something in it is left alone.
 *
 * @throws {E_FILE_UNWRITABLE} when the folder cannot be written, or holds something that is no bundle
 * @throws {E_INTERNAL} when the manifest's parts do not fit each other or the files
 */
export async function writeBundle(dir: string, content: BundleContent): Promise<Manifest> {
  const manifest = sealManifest(content);
  try {
    await replaceFolder(resolve(dir), { ...content.files, [MANIFEST_FILE]: manifestBytes(manifest) });
  } catch (error) {
    if (error instanceof NerError) throw error;
    unwritable(dir, error);
  }
  return manifest;
}

async function replaceFolder(target: string, files: Readonly<Record<string, Uint8Array>>): Promise<void> {
  await refuseOtherContent(target);
  const fresh = join(dirname(target), `.${basename(target)}.${randomUUID()}.partial`);
  const old = `${fresh}.old`;
  try {
    await writeFiles(fresh, files);
    await rename(target, old).catch(ignoreMissing);
    await rename(fresh, target).catch(async (error: unknown) => {
      await rename(old, target).catch(ignoreMissing);
      throw error;
    });
  } finally {
    await rm(fresh, { recursive: true, force: true });
  }
  await rm(old, { recursive: true, force: true });
}

async function writeFiles(dir: string, files: Readonly<Record<string, Uint8Array>>): Promise<void> {
  for (const [path, bytes] of Object.entries(files)) {
    const file = join(dir, path);
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, bytes, { flush: true });
  }
}

function unwritable(dir: string, cause: unknown): never {
  const reason = cause instanceof Error ? cause.message : String(cause);
  throw new NerError('E_FILE_UNWRITABLE', `writeBundle: ${dir}: cannot be written: ${reason}.`, { cause });
}

/**
 * Makes sure that a bundle could be written to a folder, before the hours of work that would fill it.
 *
 * @throws {E_FILE_UNWRITABLE} when the folder holds something that is no bundle
 */
export async function refuseOtherContent(dir: string): Promise<void> {
  const names =
    (await readdir(dir)
      .catch(ignoreMissing)
      .catch((error: unknown) => unwritable(dir, error))) ?? [];
  if (names.length === 0 || names.includes(MANIFEST_FILE)) return;
  throw new NerError(
    'E_FILE_UNWRITABLE',
    `writeBundle: ${dir}: the folder holds something that is no model, such as ${names[0]!}; expected a new folder, ` +
      'an empty one or a model to replace. Choose another folder.',
  );
}

function ignoreMissing(error: unknown): undefined {
  if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
  throw error;
}
