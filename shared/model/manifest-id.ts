import type { Manifest } from '../contracts/manifest.ts';
import { canonicalJson } from './canonical-json.ts';
import { sha256Hex } from './sha256.ts';

/** The id that a manifest must have: it names the content of every file, so nothing can change under it. */
export function manifestId(manifest: Omit<Manifest, 'id'>): string {
  return sha256Hex(canonicalJson({ ...manifest, id: undefined })).slice(0, 16);
}

/** The one form of manifest.json, byte for byte. */
export function manifestBytes(manifest: Manifest): Uint8Array<ArrayBuffer> {
  return new TextEncoder().encode(`${canonicalJson(manifest, 2)}\n`);
}
