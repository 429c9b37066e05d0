import { describe, expect, test } from 'vitest';
import { auditVerdict } from '../../../scripts/supply-chain/audit-verdict.ts';
import { ALLOWED_LICENCES, isAllowed, productionLicences } from '../../../scripts/supply-chain/licences.ts';
import { lockProblems } from '../../../scripts/supply-chain/lock-problems.ts';
import { packageName, type PackageLock, readPackageLock, ROOT } from '../../../scripts/supply-chain/package-lock.ts';

const lock = readPackageLock();

function changed(path: string, change: Partial<PackageLock['packages'][string]>): PackageLock {
  return { ...lock, packages: { ...lock.packages, [path]: { ...lock.packages[path], ...change } } };
}

describe('the lock file', () => {
  test('has a hash for every package, no address, and no install script that nobody has looked at', () => {
    expect(lockProblems(lock)).toEqual([]);
  });

  test.each([
    { name: 'without a hash', change: { integrity: undefined }, says: 'has no SHA-512' },
    { name: 'with a weak hash', change: { integrity: 'sha1-abc' }, says: 'has no SHA-512' },
    { name: 'with an address', change: { resolved: 'https://example.com/zod.tgz' }, says: 'names the address' },
    { name: 'with a new install script', change: { hasInstallScript: true }, says: 'an install script' },
  ])('is told of a package $name', ({ change, says }) => {
    expect(lockProblems(changed('node_modules/zod', change as object))).toEqual([expect.stringContaining(says)]);
  });

  test('is told of a package from a folder, and of a script that is gone', () => {
    expect(lockProblems(changed('../elsewhere', { version: '1', integrity: 'sha512-a' }))[0]).toContain('registry');
    expect(lockProblems(changed('node_modules/esbuild', { hasInstallScript: false }))[0]).toContain('esbuild');
  });

  test('names packages in packages by themselves', () => {
    expect(packageName('node_modules/a/node_modules/@b/c')).toBe('@b/c');
  });
});

describe('licences', () => {
  test('of all that is shipped are on the list', () => {
    const found = productionLicences(lock, ROOT);
    expect(found.length).toBeGreaterThan(50);
    expect(found.filter(({ isAllowed }) => !isAllowed)).toEqual([]);
    expect(found.map(({ name }) => name)).not.toContain('vitest');
  });

  test.each([
    ['MIT', true],
    ['GPL-3.0', false],
    ['', false],
    ['(MIT OR GPL-3.0)', true],
    ['(MIT AND GPL-3.0)', false],
    ['(Apache-2.0 AND BSD-3-Clause)', true],
    ['MIT OR (GPL-3.0 AND ISC)', false],
    ['SEE LICENSE IN LICENSE', false],
  ])("take '%s': %s", (expression, allowed) => {
    expect(isAllowed(expression)).toBe(allowed);
  });

  test('of copyleft are not on the list', () => {
    expect([...ALLOWED_LICENCES].filter((id) => /GPL|MPL|EPL|CDDL|SSPL|CC-BY/.test(id))).toEqual([]);
  });
});

describe('the audit', () => {
  const report = (severity: string): string => JSON.stringify({ vulnerabilities: { zod: { severity, range: '<4' } } });

  test.each([
    { name: 'nothing known', output: '{"vulnerabilities":{}}', isClean: true },
    { name: 'a small hole', output: report('moderate'), isClean: true },
    { name: 'a large hole', output: report('high'), isClean: false },
    { name: 'no registry', output: '{"message":"request failed"}', isClean: false },
    { name: 'no answer at all', output: '', isClean: false },
  ])('with $name: clean is $isClean', ({ output, isClean }) => {
    expect(auditVerdict(output)).toMatchObject({ isClean, lines: [expect.any(String)] });
  });
});
