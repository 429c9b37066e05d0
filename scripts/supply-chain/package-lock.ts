import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';

const lockedPackageSchema = z.object({
  version: z.string().optional(),
  integrity: z.string().optional(),
  resolved: z.string().optional(),
  license: z.string().optional(),
  dev: z.boolean().optional(),
  devOptional: z.boolean().optional(),
  hasInstallScript: z.boolean().optional(),
  /** Comes inside the package around it, and is part of what that one's hash is of. */
  inBundle: z.boolean().optional(),
});

const packageLockSchema = z.object({
  lockfileVersion: z.number(),
  /** By path: `node_modules/NAME`, and the project itself under the empty one. */
  packages: z.record(z.string(), lockedPackageSchema),
});
export type PackageLock = z.infer<typeof packageLockSchema>;

export const ROOT = join(import.meta.dirname, '..', '..');

export function readPackageLock(): PackageLock {
  return packageLockSchema.parse(JSON.parse(readFileSync(join(ROOT, 'package-lock.json'), 'utf8')));
}

/** All but the project itself. */
export function lockedPackages(lock: PackageLock): readonly (readonly [string, PackageLock['packages'][string]])[] {
  return Object.entries(lock.packages).filter(([path]) => path !== '');
}

/** `node_modules/a/node_modules/@b/c` is `@b/c`. */
export function packageName(path: string): string {
  return path.slice(path.lastIndexOf('node_modules/') + 'node_modules/'.length);
}
