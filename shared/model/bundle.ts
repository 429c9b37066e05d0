import { z } from 'zod';
import { BUNDLE_FORMAT_VERSION, MANIFEST_FILE, manifestSchema } from '../contracts/manifest.ts';
import type { BundleFile, Manifest } from '../contracts/manifest.ts';
import { NerError } from '../ner-error.ts';
import { folderSource } from './bundle-source.ts';
import type { BundleSource } from './bundle-source.ts';
import { manifestBytes, manifestId } from './manifest-id.ts';
import { sha256Hex } from './sha256.ts';

/** A verified bundle, in memory: what is used is what was verified. */
export interface Bundle {
  readonly manifest: Manifest;
  /** The bytes of each file of the manifest, by path. */
  readonly files: ReadonlyMap<string, Uint8Array>;
}

export interface ReadBundleOptions {
  /** The id the bundle must have; by default the one it names. */
  readonly expectedId?: string;
}

/** A manifest larger than this is none: ours have some 100 KB. */
const MANIFEST_MAX_BYTES = 16 * 2 ** 20;

/** What tells a bundle of ours, whatever its version. */
const headerSchema = z.looseObject({ format: z.literal('tagwright-bundle'), formatVersion: z.int().positive() });

/** Reads a bundle from a folder; see `readBundleFrom`. */
export function openBundle(dir: string, options?: ReadBundleOptions): Promise<Bundle> {
  return readBundleFrom(folderSource(dir), options);
}

/**
 * Reads a bundle and verifies it before anything in it is used: the manifest's id, its schema, that no file is there
 * which it does not list, and the size and SHA-256 of each one that it lists.
 *
 * @throws {E_BUNDLE_MISSING} there is no bundle
 * @throws {E_BUNDLE_TAMPERED} the manifest or a file is not what the id stands for: changed, truncated, missing, added
 * @throws {E_BUNDLE_FOREIGN} not a bundle of ours, or of a version or with parts that this version does not know
 */
export async function readBundleFrom(source: BundleSource, options: ReadBundleOptions = {}): Promise<Bundle> {
  const sizes = await source.list();
  const manifest = await readManifest(source, sizes.get(MANIFEST_FILE));
  const { expectedId = manifest.id } = options;
  if (manifest.id !== expectedId) {
    tampered(source, MANIFEST_FILE, `is of another model, got ${manifest.id}; expected ${expectedId}`);
  }
  const listed = new Set([MANIFEST_FILE, ...manifest.files.map((file) => file.path)]);
  for (const path of sizes.keys()) {
    if (!listed.has(path)) tampered(source, path, `is not listed in ${MANIFEST_FILE}`);
  }
  for (const file of manifest.files) checkSize(source, file, sizes.get(file.path));
  const files = new Map<string, Uint8Array>();
  for (const file of manifest.files) {
    const bytes = await source.read(file.path);
    checkSize(source, file, bytes?.byteLength);
    const found = sha256Hex(bytes!);
    if (found !== file.sha256)
      tampered(source, file.path, `was changed, got SHA-256 ${found}; expected ${file.sha256}`);
    files.set(file.path, bytes!);
  }
  return { manifest, files };
}

/**
 * Reads and verifies the manifest alone; the files may still be anything.
 *
 * @param sizeBytes its size; undefined when it is not there
 * @throws {E_BUNDLE_MISSING} {E_BUNDLE_TAMPERED} {E_BUNDLE_FOREIGN} as `readBundleFrom`
 */
export async function readManifest(source: BundleSource, sizeBytes: number | undefined): Promise<Manifest> {
  if (sizeBytes === undefined) {
    throw new NerError(
      'E_BUNDLE_MISSING',
      `openBundle: there is no model in ${source.name}, ${MANIFEST_FILE} is missing. Name the folder that training wrote.`,
    );
  }
  if (sizeBytes > MANIFEST_MAX_BYTES) foreign(source, `${MANIFEST_FILE} has ${sizeBytes} bytes`);
  const bytes = (await source.read(MANIFEST_FILE)) ?? new Uint8Array(0);
  const raw = parseJson(source, bytes);

  const header = headerSchema.safeParse(raw);
  if (!header.success) foreign(source, `${MANIFEST_FILE} is of another program: ${z.prettifyError(header.error)}`);
  const { formatVersion } = header.data;
  if (formatVersion > BUNDLE_FORMAT_VERSION) {
    foreign(source, `its format version is newer, got ${formatVersion}; expected ${BUNDLE_FORMAT_VERSION}`);
  }
  // The id first: a manifest that was damaged should not be called foreign because the damage breaks the schema.
  const manifest = header.data as unknown as Manifest;
  const id = manifestId(manifest);
  if (manifest.id !== id) {
    tampered(source, MANIFEST_FILE, `was changed, got contents of the id ${id}; expected ${manifest.id}`);
  }
  if (Buffer.compare(manifestBytes(manifest), bytes) !== 0) {
    tampered(source, MANIFEST_FILE, 'was rewritten; expected the bytes that the exporter wrote');
  }
  const parsed = manifestSchema.safeParse(raw);
  if (!parsed.success)
    foreign(source, `it has parts that this version does not know: ${z.prettifyError(parsed.error)}`);
  return parsed.data;
}

function parseJson(source: BundleSource, bytes: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    tampered(source, MANIFEST_FILE, `is not JSON (${reason}); perhaps it is truncated`);
  }
}

function checkSize(source: BundleSource, file: BundleFile, found: number | undefined): void {
  if (found === file.sizeBytes) return;
  if (found === undefined) tampered(source, file.path, `is missing; expected ${file.sizeBytes} bytes`);
  const what = found < file.sizeBytes ? 'is truncated' : 'is too long';
  tampered(source, file.path, `${what}, got ${found} bytes; expected ${file.sizeBytes}`);
}

function tampered(source: BundleSource, path: string, reason: string): never {
  throw new NerError(
    'E_BUNDLE_TAMPERED',
    `openBundle: ${source.name}: ${path} ${reason}. Copy the bundle again, or train it anew.`,
  );
}

function foreign(source: BundleSource, reason: string): never {
  throw new NerError(
    'E_BUNDLE_FOREIGN',
    `openBundle: ${source.name}: this is no model for this version of Tagwright: ${reason}. ` +
      'Update Tagwright, or train the model with this version.',
  );
}
