import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { lockedPackages, packageName, type PackageLock } from './package-lock.ts';

/** Licences that ask for no more than to be named (https://spdx.org/licenses/). Another one is refused until it is added here. */
export const ALLOWED_LICENCES: ReadonlySet<string> = new Set([
  '0BSD',
  'Apache-2.0',
  'BSD-2-Clause',
  'BSD-3-Clause',
  'BlueOak-1.0.0',
  'CC0-1.0',
  'ISC',
  'MIT',
  'MIT-0',
]);

export interface PackageLicence {
  readonly name: string;
  readonly version: string;
  /** An SPDX expression; empty where the package does not say. */
  readonly licence: string;
  readonly isAllowed: boolean;
}

const declaredSchema = z.object({
  license: z.union([z.string(), z.object({ type: z.string() }).transform(({ type }) => type)]).optional(),
});

/**
 * The licences of what is shipped, that is of all that is not for development alone: as the installed packages say, and as
 * the lock does for those of other platforms.
 */
export function productionLicences(lock: PackageLock, root: string): readonly PackageLicence[] {
  return lockedPackages(lock)
    .filter(([, { dev, devOptional }]) => dev !== true && devOptional !== true)
    .map(([path, { version = '', license = '' }]) => {
      const licence = installedLicence(join(root, path, 'package.json')) ?? license;
      return { name: packageName(path), version, licence, isAllowed: isAllowed(licence) };
    })
    .sort((a, b) => (`${a.name}@${a.version}` < `${b.name}@${b.version}` ? -1 : 1));
}

function installedLicence(file: string): string | undefined {
  if (!existsSync(file)) return undefined;
  return declaredSchema.parse(JSON.parse(readFileSync(file, 'utf8'))).license;
}

/** Of alternatives one has to be allowed, of those that hold together all. Deeper expressions are refused: a person looks. */
export function isAllowed(expression: string): boolean {
  const terms = expression.replace(/^\((.*)\)$/, '$1');
  if (/[()]/.test(terms) || (terms.includes(' OR ') && terms.includes(' AND '))) return false;
  const allowed = (term: string): boolean => ALLOWED_LICENCES.has(term.trim());
  return terms.includes(' OR ') ? terms.split(' OR ').some(allowed) : terms.split(' AND ').every(allowed);
}
