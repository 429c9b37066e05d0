import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { cachedFolder, cacheFolder } from '../../scripts/cached-folder.mjs';
import { tempFolder } from '../support/temp-folder.ts';

/** No process has it: Linux gives out ids below 2^22, other systems less. */
const NO_PROCESS = 2 ** 22 + 1;

function writes(content: string): (folder: string) => void {
  return (folder) => {
    mkdirSync(folder);
    writeFileSync(join(folder, 'content'), content);
  };
}

const contentOf = (folder: string): string => readFileSync(join(folder, 'content'), 'utf8');

describe('cachedFolder', () => {
  test('builds a folder once', () => {
    const cache = join(tempFolder(), 'not', 'there', 'yet');
    const folder = cachedFolder('one', { cache, build: writes('first') });
    expect(folder).toBe(join(cache, 'one'));
    cachedFolder('one', { cache, build: writes('second') });
    expect(contentOf(folder)).toBe('first');
  });

  test('builds it anew when it is not usable any more', () => {
    const cache = tempFolder();
    cachedFolder('one', { cache, build: writes('first') });
    const isUsable = (folder: string): boolean => contentOf(folder) === 'second';
    expect(contentOf(cachedFolder('one', { cache, isUsable, build: writes('second') }))).toBe('second');
  });

  test('leaves nothing when building fails, and builds the next time', () => {
    const cache = tempFolder();
    const fail = (folder: string): void => {
      writes('half')(folder);
      throw new Error('no more disk');
    };
    expect(() => cachedFolder('one', { cache, build: fail })).toThrow('no more disk');
    expect(readdirSync(cache)).toEqual([]);
    expect(contentOf(cachedFolder('one', { cache, build: writes('whole') }))).toBe('whole');
  });

  test('removes what builders left that were ended half-way, and nothing of those that still run', () => {
    const cache = tempFolder();
    const [ended, running] = [NO_PROCESS, process.ppid].map((pid) => join(cache, `one.building-${pid}`));
    for (const folder of [ended!, running!]) writes('half')(folder);
    cachedFolder('one', { cache, build: writes('whole') });
    expect([existsSync(ended!), existsSync(running!)]).toEqual([false, true]);
  });

  test('takes the folder of another process that was faster', () => {
    const cache = tempFolder();
    const build = (folder: string): void => {
      writes('ours')(folder);
      writes('theirs')(join(cache, 'one'));
    };
    expect(contentOf(cachedFolder('one', { cache, build }))).toBe('theirs');
    expect(readdirSync(cache)).toEqual(['one']);
  });
});

test('cacheFolder is where the system keeps caches', () => {
  expect(cacheFolder({ XDG_CACHE_HOME: join('some', 'where') })).toBe(join('some', 'where', 'tagwright'));
  expect(cacheFolder({})).toBe(join(homedir(), '.cache', 'tagwright'));
});
