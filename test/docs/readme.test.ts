import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';

const root = new URL('../../', import.meta.url);
const read = (path: string): string => readFileSync(new URL(path, root), 'utf8');
const pages = [
  'README.md',
  'CHANGELOG.md',
  ...readdirSync(new URL('docs', root), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.md'))
    .map((name) => `docs/${name}`),
];

test.each(pages)('%s links to files that exist', (page) => {
  const links = [...read(page).matchAll(/\]\((?!https?:|#)([^)#]+)[^)]*\)/g)].map((match) => match[1]!);
  expect(links.filter((link) => !existsSync(new URL(link, new URL(page, root))))).toEqual([]);
});

/** What GitHub makes of a heading. */
function anchorOf(heading: string): string {
  return heading
    .toLowerCase()
    .replaceAll(/[^\w\- ]/g, '')
    .replaceAll(' ', '-');
}

test.each(pages)('%s links to headings that exist', (page) => {
  const links = [...read(page).matchAll(/\]\((?!https?:)([^)#]*)#([^)]+)\)/g)];
  const missing = links.filter(([, file, anchor]) => {
    const target = file === '' ? read(page) : readFileSync(new URL(file!, new URL(page, root)), 'utf8');
    return ![...target.matchAll(/^#+ (.*)$/gm)].some((heading) => anchorOf(heading[1]!) === anchor);
  });
  expect(missing.map(([link]) => link)).toEqual([]);
});

test('README lists every verb', () => {
  const section = read('README.md').split('\n## The command line\n')[1]!.split('\n## ')[0]!;
  const named = [...section.matchAll(/^\| `([a-z]+)/gm)].map((match) => match[1]!);
  // That module runs when it is imported.
  const verbs = [...read('cli/main.ts').matchAll(/^ {2}(\w+): async \(\) => general/gm)].map((match) => match[1]!);
  expect(verbs.length).toBeGreaterThan(5);
  expect(named.sort()).toEqual(verbs.sort());
});

test('README names folders and scripts that exist', () => {
  const readme = read('README.md');
  const folders = [...readme.matchAll(/^\| `([a-z/]+\/)` *\|/gm)].map((match) => match[1]!);
  expect(folders.length).toBeGreaterThan(5);
  expect(folders.filter((folder) => !existsSync(new URL(folder, root)))).toEqual([]);
  const { scripts } = JSON.parse(read('package.json')) as { scripts: Record<string, string> };
  const named = [...readme.matchAll(/^npm (?:run )?([a-z]+)/gm)].map((match) => match[1]!);
  expect(named.filter((script) => !(script in scripts))).toEqual([]);
});
