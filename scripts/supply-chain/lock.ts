import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';

/** Folder of the repository. */
export const root = join(import.meta.dirname, '..', '..');

const packageSchema = z.looseObject({
  version: z.string().optional(),
  resolved: z.string().optional(),
  integrity: z.string().optional(),
  license: z.string().optional(),
  dev: z.boolean().optional(),
  /** Part of another package's tarball, whose hash covers it. */
  inBundle: z.boolean().optional(),
  hasInstallScript: z.boolean().optional(),
});
const lockSchema = z.looseObject({ packages: z.record(z.string(), packageSchema) });

/** A package that package-lock.json names. */
export interface LockedPackage extends z.infer<typeof packageSchema> {
  /** As imports name it, `@scope/name`. */
  readonly name: string;
  /** `node_modules/...` */
  readonly path: string;
}

/** All packages of a lock file, ours left out, by path. */
export function lockedPackages(text: string): readonly LockedPackage[] {
  const { packages } = lockSchema.parse(JSON.parse(text));
  return Object.entries(packages)
    .filter(([path]) => path !== '')
    .map(([path, entry]) => ({ ...entry, path, name: path.slice(path.lastIndexOf('node_modules/') + 13) }));
}

export function readLock(): readonly LockedPackage[] {
  return lockedPackages(readFileSync(join(root, 'package-lock.json'), 'utf8'));
}
