import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { cli } from '../support/cli.ts';
import { tempFolder } from '../support/temp-folder.ts';
import { SAMPLE } from '../support/trained-bundle.ts';

test.each(['label-studio', 'prodigy', 'spacy'])('a corpus goes to %s and back as it was', async (format) => {
  const folder = tempFolder();
  const [handed, back] = [join(folder, 'handed'), join(folder, 'back')];
  const there = await cli(['convert', '--from', 'conll', '--to', format, '--in', join(SAMPLE, 'dev'), '--out', handed]);
  expect([there.code, there.stdout]).toEqual([0, '']);
  expect(there.stderr).toMatch(new RegExp(`^to ${format}: 80 texts; spans: company 5, facility 6, `));
  const again = await cli(['convert', '--from', format, '--to', 'conll', '--in', handed, '--out', back]);
  expect(again.code).toBe(0);
  expect(readFileSync(back, 'utf8')).toBe(readFileSync(join(SAMPLE, 'dev'), 'utf8'));
});

test('what a model found goes out to be corrected, with the texts of the file that was tagged', async () => {
  const tweets = join(tempFolder(), 'tweets.ndjson');
  writeFileSync(tweets, '{"id":"7","text":"🚀 Ada"}\n');
  const entity = { type: 'person', text: 'Ada', start: 3, end: 6, startCp: 2, endCp: 5, score: 0.5 };
  const input = `${JSON.stringify({ id: '7', entities: [entity], model: 'm', taggedAt: 't' })}\n`;
  const args = ['convert', '--from', 'tagged', '--to', 'label-studio'];
  const { code, stdout } = await cli([...args, '--texts', tweets], { input });
  expect(code).toBe(0);
  const [task] = JSON.parse(stdout) as [{ predictions: [{ result: [{ value: object }] }] }];
  expect(task.predictions[0].result[0].value).toEqual({ start: 2, end: 5, text: 'Ada', labels: ['person'] });
  const without = await cli(args, { input });
  expect([without.code, without.stdout]).toEqual([1, '']);
  expect(without.stderr).toContain('E_CORPUS_MALFORMED: stdin:1: the record has no text, got the id "7"');
});

test('what was left out or changed is said on stderr, and nothing of it on stdout', async () => {
  const lines = [
    { text: 'Ada Lovelace', spans: [{ start: 0, end: 6, label: 'person' }], answer: 'accept' },
    { text: 'no', answer: 'reject' },
  ];
  const input = lines.map((line) => JSON.stringify(line)).join('\n');
  const { code, stdout, stderr } = await cli(['convert', '--from', 'prodigy', '--to', 'conll'], { input });
  expect([code, stdout]).toEqual([0, 'Ada\tB-person\nLovelace\tI-person\n\n']);
  expect(stderr).toBe(
    'stdin:1: person "Ada Lo" cuts through a word; widened to person "Ada Lovelace"\n' +
      'to conll: 1 texts; spans: person 1\nleft out: 1 examples with the answer reject\n',
  );
});

test('fails when the file is malformed, and then writes no file', async () => {
  const folder = tempFolder();
  const [tasks, out] = [join(folder, 'tasks.json'), join(folder, 'out')];
  writeFileSync(
    tasks,
    '[{"data":{"text":"a"},"annotations":[{"result":[{"type":"labels","value":{"start":0,"end":2,"labels":["x"]}}]}]}]',
  );
  const { code, stderr } = await cli([
    'convert',
    '--from',
    'label-studio',
    '--to',
    'conll',
    '--in',
    tasks,
    '--out',
    out,
  ]);
  expect(code).toBe(1);
  expect(stderr).toContain(`E_SPAN_INVALID: ${tasks}: task 1: the span cannot be taken, got x[0, 2)`);
  expect(existsSync(out)).toBe(false);
});

test('fails when --texts is given for what has texts', async () => {
  const { code, stderr } = await cli(['convert', '--from', 'prodigy', '--to', 'conll', '--texts', 'x']);
  expect(code).toBe(2);
  expect(stderr).toContain('E_USAGE');
});
