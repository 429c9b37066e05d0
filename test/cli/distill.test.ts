import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { cli } from '../support/cli.ts';
import { tempFolder } from '../support/temp-folder.ts';
import { SAMPLE, trainedBundle } from '../support/trained-bundle.ts';

const teacher = trainedBundle(4);

test('distils a teacher into a bundle that tags, from several files of tweets', async () => {
  const folder = tempFolder();
  const more = join(folder, 'more.txt');
  writeFileSync(more, 'off to Lisbon\nLisbon again, with Adele\n');
  const out = join(folder, 'student');
  const { code, stdout, stderr } = await cli([
    ...['distill', '--teacher', teacher(), '--corpus', SAMPLE, '--out', out, '--epochs', '3'],
    ...['--unlabelled', join(SAMPLE, 'stream.ndjson'), more],
  ]);
  expect([code, stdout]).toEqual([0, '']);
  expect(stderr).toMatch(/^teacher {2}[0-9a-f]{16}: company, facility, /);
  expect(stderr).toContain(`tweets   2 of ${more} that are new\n`);
  expect(stderr).toMatch(/^teacher {2}labels [0-9,]+ sentences$/m);
  expect(stderr).toMatch(/^epoch {2}3\/3 {2}loss /m);
  expect(stderr).toMatch(/^test {5}F1 /m);

  // Half as long as what an ordinary tagger of these widths has, and it tags.
  expect(statSync(join(out, 'onnx', 'model.onnx')).size).toBeLessThan(1_500_000);
  const tagged = await cli(['tag', '--model', out], { input: readFileSync(join(SAMPLE, 'stream.ndjson'), 'utf8') });
  expect(tagged.code).toBe(0);
  const records = tagged.stdout.trimEnd().split('\n');
  expect(records).toHaveLength(337);
  expect(records.some((line) => (JSON.parse(line) as { entities: readonly object[] }).entities.length > 0)).toBe(true);
}, 120_000);
