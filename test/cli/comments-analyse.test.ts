import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { analyse } from '../../cli/comments-analyse.ts';
import { cli } from '../support/cli.ts';
import { tempFolder } from '../support/temp-folder.ts';

const STARTER = join(import.meta.dirname, '..', '..', 'models', 'starter');

const COMMENTS =
  'ID,Date,Author,Likes,Replies,Comment,Relevance,Polarity,Feature request,Problem report,Efficiency,Safety\n' +
  'c1,2021-03-01,ann,3,0,Barack Obama loves the iPhone 7 in New York,1,,1,,,\n' +
  'c2,2021-03-01,bob,1,0,my iPhone 7 broke in New York,1,,,1,,\n' +
  'c3,2021-03-01,bob,1,0,my iPhone 7 broke in New York,1,,,1,,\n';

test('tables and page are written, and a person decides over the merges', async () => {
  const folder = tempFolder();
  const [file, out] = [join(folder, 'comments.csv'), join(folder, 'out')];
  writeFileSync(file, COMMENTS);
  const args = ['comments', 'analyse', '--model', STARTER, '--comments', file, '--out', out];
  const first = await cli(args);
  expect(first.stderr).toContain('comments 2\n');
  expect(first.stderr).toContain(`notice   ${file}:4: `);
  expect(first.stderr).toContain('by their letters alone: the model has no transformer encoder\n');
  expect({ code: first.code, stdout: first.stdout }).toEqual({ code: 0, stdout: '' });
  expect(readdirSync(out).sort()).toEqual(['analysis.html', 'entities.csv', 'merges.csv', 'summary.csv']);
  const merges = join(out, 'merges.csv');
  const written = readFileSync(merges, 'utf8');
  expect(written).toContain('location,new york,new york,2,machine,,,New York\n');

  writeFileSync(
    merges,
    written.replace('location,new york,new york,2,machine', 'location,big apple,new york,2,person'),
  );
  await expect(analyse({ model: STARTER, comments: file, out, 'not-set': '0' })).rejects.toMatchObject({
    code: 'E_USAGE',
    message: expect.stringContaining(`${merges} has 1 decision of a person`) as unknown,
  });

  const again = await cli([...args, '--merges', merges]);
  expect(again.code).toBe(0);
  expect(readFileSync(merges, 'utf8')).toContain('location,big apple,new york,2,person,,,New York\n');
  expect(readFileSync(join(out, 'entities.csv'), 'utf8')).toMatch(/c1,2,location,New York,.*,big apple,/);
}, 60_000);

test.each([
  [{ comments: 'x.csv', out: 'out' }, '--model DIR is missing'],
  [{ model: STARTER, out: 'out' }, '--comments FILE is missing'],
  [{ model: STARTER, comments: 'x.csv' }, '--out DIR is missing'],
  [{ model: STARTER, comments: 'x.csv', out: 'out', 'not-set': ',' }, '--not-set: a value is empty'],
])('fails before anything is done with %o', async (flags, part) => {
  await expect(analyse({ 'not-set': '0', ...flags })).rejects.toMatchObject({
    code: 'E_USAGE',
    message: expect.stringContaining(part) as unknown,
  });
  expect(existsSync('out')).toBe(false);
});
