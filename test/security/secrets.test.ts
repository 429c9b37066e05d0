import { execFileSync } from 'node:child_process';
import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { SECRET_PATTERNS } from './secret-patterns.ts';

const ROOT = join(import.meta.dirname, '..', '..');
/** Larger files are models and oracles. */
const MAX_BYTES = 2 * 1024 * 1024;

test('no file of the repository has a secret in it', () => {
  const files = execFileSync('git', ['ls-files', '-z'], { cwd: ROOT, encoding: 'utf8' }).split('\0').filter(Boolean);
  expect(files.length).toBeGreaterThan(500);
  const found = files.flatMap((file) => {
    const stat = statSync(join(ROOT, file), { throwIfNoEntry: false });
    if (stat === undefined || stat.size > MAX_BYTES) return [];
    const text = readFileSync(join(ROOT, file), 'latin1');
    return SECRET_PATTERNS.filter(({ pattern }) => pattern.test(text)).map(({ name }) => `${file}: ${name}`);
  });
  expect(found).toEqual([]);
});

test.each(SECRET_PATTERNS)('finds: $name', ({ pattern, sample }) => {
  expect(pattern.test(`before ${sample} after`)).toBe(true);
});
