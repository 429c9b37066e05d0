import { existsSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';

const root = new URL('../../', import.meta.url);
const read = (path: string): string => readFileSync(new URL(path, root), 'utf8');
const pages = ['README.md', 'docs/architecture.md', 'docs/benchmarks.md', 'docs/adding-an-op.md', 'docs/errors.md'];

test.each(pages)('%s links to files that exist', (page) => {
  const links = [...read(page).matchAll(/\]\((?!https?:|#)([^)#]+)[^)]*\)/g)].map((match) => match[1]!);
  expect(links.filter((link) => !existsSync(new URL(link, new URL(page, root))))).toEqual([]);
});

test('README names folders, scripts and verbs that exist', () => {
  const readme = read('README.md');
  const folders = [...readme.matchAll(/^\| `([a-z/]+\/)` *\|/gm)].map((match) => match[1]!);
  expect(folders.length).toBeGreaterThan(5);
  expect(folders.filter((folder) => !existsSync(new URL(folder, root)))).toEqual([]);
  const { scripts } = JSON.parse(read('package.json')) as { scripts: Record<string, string> };
  const named = [...readme.matchAll(/^npm (?:run )?([a-z]+)/gm)].map((match) => match[1]!);
  expect(named.filter((script) => !(script in scripts))).toEqual([]);
  const verbs = [...readme.matchAll(/^\| `([a-z]+)[^`]*` *\| (?:trains|entity|tags|the host|what is|versions)/gm)];
  expect(verbs.map((match) => match[1]).filter((verb) => !existsSync(new URL(`cli/${verb}.ts`, root)))).toEqual([]);
});
