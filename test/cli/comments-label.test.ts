import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { label } from '../../cli/comments-label.ts';
import { cli } from '../support/cli.ts';
import { tempFolder } from '../support/temp-folder.ts';

const COMMENTS =
  'ID,Date,Author,Likes,Replies,Comment,Relevance,Polarity,Feature request,Problem report,Efficiency,Safety\n' +
  'c1,2026-01-01,a,0,0,Ann likes 😀 Hopper,,,,,,\n' +
  'c2,2026-01-01,b,0,0,Veltra sold my Hopper,,,,,,\n' +
  'c2,2026-01-01,b,0,0,again,,,,,,\n';

test('writes a review file, keeps what a person left in it, and never writes over that', async () => {
  const folder = tempFolder();
  const [comments, gazetteer, out] = ['comments.csv', 'names.tsv', 'review.ndjson'].map((name) => join(folder, name));
  writeFileSync(comments!, COMMENTS);
  writeFileSync(gazetteer!, 'PROD\tHopper\n');
  const args = ['comments', 'label', '--comments', comments!, '--gazetteer', gazetteer!, '--out', out!];
  const first = await cli(args);
  expect([first.code, first.stdout]).toEqual([0, '']);
  expect(first.stderr).toContain(`left out ${comments}:4: ID c2 is that of line 3`);
  expect(first.stderr).toContain('labelled 2 comments, 2 spans; 0 comments stay as somebody left them');
  // The emoji is two UTF-16 units.
  const line =
    '{"id":"c1","text":"Ann likes 😀 Hopper","spans":[{"start":13,"end":19,"type":"PROD","text":"Hopper","state":"silver"}]}';
  const written = readFileSync(out!, 'utf8');
  expect(written.split('\n')[0]).toBe(line);

  const corrected = written.replace('"state":"silver"', '"state":"rejected"');
  writeFileSync(out!, corrected);
  await expect(label({ comments, gazetteer, out })).rejects.toMatchObject({
    code: 'E_USAGE',
    message: expect.stringContaining('has 1 comments that somebody corrected') as unknown,
  });
  expect((await cli([...args, '--review', out!])).code).toBe(0);
  expect(readFileSync(out!, 'utf8')).toBe(corrected);
}, 60_000);

test.each([
  [{ gazetteer: 'names.tsv' }, '--comments FILE is missing'],
  [{ comments: 'comments.csv' }, '--gazetteer FILE or --tagger DIR is missing'],
])('fails before anything is done with %o', async (flags, part) => {
  await expect(label(flags)).rejects.toMatchObject({
    code: 'E_USAGE',
    message: expect.stringContaining(part) as unknown,
  });
});
