import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { ERROR_CODES } from '../../shared/ner-error.ts';

test('docs/errors.md has a section for every error code, and for nothing else', () => {
  const page = readFileSync(new URL('../../docs/errors.md', import.meta.url), 'utf8');
  const documented = [...page.matchAll(/^### `(E_[A-Z_]+)`$/gm)].map((match) => match[1]);
  expect([...documented].sort()).toEqual([...ERROR_CODES].sort());
});
