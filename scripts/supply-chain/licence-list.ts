import type { LockedPackage } from './lock.ts';

/** Licences, by SPDX id, that an Apache-2.0 program may be passed on with. */
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
  'Unlicense',
]);

/** The packages under one licence. */
export interface Licence {
  /** SPDX expression; `none` where a package says nothing. */
  readonly licence: string;
  readonly allowed: boolean;
  /** `name@version`, sorted. */
  readonly packages: readonly string[];
}

/** What the product is passed on with, by licence; packages for development alone are left out. */
export function licenceList(packages: readonly LockedPackage[]): readonly Licence[] {
  const byLicence = new Map<string, Set<string>>();
  for (const { name, version = '', license = 'none', dev = false } of packages) {
    if (dev) continue;
    const named = byLicence.get(license) ?? new Set<string>();
    byLicence.set(license, named.add(`${name}@${version}`));
  }
  return [...byLicence]
    .map(([licence, named]) => ({ licence, allowed: isAllowed(licence), packages: [...named].sort() }))
    .sort((a, b) => (a.licence < b.licence ? -1 : 1));
}

/** Of `A OR B` one has to be allowed, of `A AND B` both; expressions that mix them are nobody's here, and refused. */
function isAllowed(expression: string): boolean {
  const plain = expression.replace(/^\((.*)\)$/, '$1');
  if (plain.includes(' OR ')) return plain.split(' OR ').some((part) => ALLOWED_LICENCES.has(part));
  return plain.split(' AND ').every((part) => ALLOWED_LICENCES.has(part));
}
