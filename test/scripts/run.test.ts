import { describe, expect, test } from 'vitest';
import { firstDifference } from '../../scripts/run.mjs';

const lock = {
  packages: {
    '': { version: '0.1.0' },
    'node_modules/a': { version: '1.2.3' },
    'node_modules/b-linux': { version: '2.0.0', optional: true },
  },
};

describe('firstDifference', () => {
  test('finds none when every locked package is installed in its version', () => {
    const installed = {
      packages: { 'node_modules/a': { version: '1.2.3' }, 'node_modules/b-linux': { version: '2.0.0' } },
    };
    expect(firstDifference(lock, installed)).toBeUndefined();
  });

  test('lets an optional package of another platform be absent', () => {
    expect(firstDifference(lock, { packages: { 'node_modules/a': { version: '1.2.3' } } })).toBeUndefined();
  });

  test('names a package that is missing', () => {
    expect(firstDifference(lock, { packages: {} })).toBe('node_modules/a is not installed');
  });

  describe('of a package that is for development alone', () => {
    const withTool = { packages: { ...lock.packages, 'node_modules/tool': { version: '3.0.0', dev: true } } };
    const installed = { packages: { 'node_modules/a': { version: '1.2.3' } } };

    test('names it when it is missing', () => {
      expect(firstDifference(withTool, installed)).toBe('node_modules/tool is not installed');
    });

    test('lets it be absent for verbs that do not need it', () => {
      expect(firstDifference(withTool, installed, { development: false })).toBeUndefined();
    });

    test('still names the others', () => {
      const empty = { packages: {} };
      expect(firstDifference(withTool, empty, { development: false })).toBe('node_modules/a is not installed');
    });
  });

  test('names a package in another version, with both versions', () => {
    const installed = { packages: { 'node_modules/a': { version: '1.2.4' } } };
    expect(firstDifference(lock, installed)).toBe('node_modules/a is 1.2.4, locked is 1.2.3');
  });
});
