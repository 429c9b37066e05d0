import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { ERROR_CODES } from '../../shared/ner-error.ts';

const root = join(import.meta.dirname, '..', '..');

/** All TypeScript under these folders but the files left out, without comments. */
function codeOf(folders: readonly string[], leftOut: (file: string) => boolean): string {
  return folders
    .flatMap((folder) => globSync(`${folder}/**/*.ts`, { cwd: root }))
    .filter((file) => !leftOut(file.replaceAll('\\', '/')))
    .map((file) => readFileSync(join(root, file), 'utf8').replaceAll(/\/\*[\s\S]*?\*\/|^\s*\/\/.*$/gm, ''))
    .join('\n');
}

test('every error code is raised somewhere', () => {
  const source = codeOf(['shared', 'training', 'functions', 'cli'], (file) => file === 'shared/ner-error.ts');
  // A comparison with a code raises nothing.
  const raised = source.replaceAll(/[!=]== 'E_[A-Z_]+'/g, '');
  expect(ERROR_CODES.filter((code) => !raised.includes(`'${code}'`))).toEqual([]);
});

test('every error code is named by a test of what raises it', () => {
  const tests = codeOf(['test'], (file) => file.startsWith('test/docs/'));
  const named = new Set(tests.match(/\bE_[A-Z_]+\b/g));
  expect(ERROR_CODES.filter((code) => !named.has(code))).toEqual([]);
});
