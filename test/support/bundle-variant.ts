import { openBundle } from '../../shared/model/bundle.ts';
import { type ManifestDraft, writeBundle } from '../../shared/model/write-bundle.ts';

/** Writes the bundle of another folder under another id: the same files, and a manifest that says something else. */
export async function writeVariant(bundle: string, dir: string, change: Partial<ManifestDraft>): Promise<string> {
  const { manifest, files } = await openBundle(bundle);
  await writeBundle(dir, { files: Object.fromEntries(files), manifest: { ...manifest, ...change } });
  return dir;
}
