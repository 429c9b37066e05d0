import { describe, expect, test } from 'vitest';
import { licenceList } from '../../../scripts/supply-chain/licence-list.ts';
import { lockedPackages, readLock } from '../../../scripts/supply-chain/lock.ts';

const allowedOf = (license: string | undefined): boolean => {
  const packages = { 'node_modules/a': license === undefined ? {} : { license } };
  return licenceList(lockedPackages(JSON.stringify({ packages })))[0]!.allowed;
};

describe('licenceList', () => {
  test('finds only licences that are allowed in what this repository passes on', () => {
    const list = licenceList(readLock());
    expect(list.filter(({ allowed }) => !allowed)).toEqual([]);
    expect(list.find(({ licence }) => licence === 'MIT')!.packages.length).toBeGreaterThan(10);
  });

  test.each([
    ['MIT', true],
    ['(MIT OR GPL-3.0)', true],
    ['(Apache-2.0 AND BSD-3-Clause)', true],
    ['MIT AND GPL-3.0', false],
    ['GPL-3.0', false],
    ['SEE LICENSE IN README', false],
    [undefined, false],
  ])('of %s', (license, allowed) => {
    expect(allowedOf(license)).toBe(allowed);
  });

  test('leaves out what is for development alone', () => {
    const packages = { 'node_modules/a': { license: 'GPL-3.0', dev: true } };
    expect(licenceList(lockedPackages(JSON.stringify({ packages })))).toEqual([]);
  });
});
