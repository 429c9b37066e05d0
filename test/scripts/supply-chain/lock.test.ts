import { describe, expect, test } from 'vitest';
import { lockProblems } from '../../../scripts/supply-chain/lock-problems.ts';
import { lockedPackages, readLock } from '../../../scripts/supply-chain/lock.ts';

const lockOf = (packages: Record<string, object>): ReturnType<typeof lockedPackages> =>
  lockedPackages(JSON.stringify({ packages: { '': { name: 'us' }, ...packages } }));

describe('the lock file', () => {
  test('of this repository has nothing wrong with it', () => {
    expect(lockProblems(readLock())).toEqual([]);
  });

  test('names packages as imports do, nested ones too', () => {
    const packages = lockOf({ 'node_modules/@a/b': {}, 'node_modules/c/node_modules/d': {} });
    expect(packages.map(({ name }) => name)).toEqual(['@a/b', 'd']);
  });

  test.each([
    ['no hash', { version: '1.0.0' }, 'there is no hash'],
    ['a place of its own', { integrity: 'sha512-x', resolved: 'https://elsewhere.invalid/x.tgz' }, 'is fetched from'],
    [
      'an install script',
      { integrity: 'sha512-x', hasInstallScript: true },
      'has an install script that nobody has read',
    ],
  ])('with %s is refused, with the package named', (_, entry, problem) => {
    const [found, ...more] = lockProblems(lockOf({ 'node_modules/evil': entry }));
    expect(found).toContain(`node_modules/evil: ${problem}`);
    expect(more).toEqual([]);
  });

  test('needs no hash for what lies in the tarball of another package', () => {
    expect(lockProblems(lockOf({ 'node_modules/a/node_modules/b': { inBundle: true } }))).toEqual([]);
  });
});
