import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { describe, expect, test } from 'vitest';
import { taggedTweetSchema, type TaggedTweet } from '../../shared/contracts/tweet.ts';
import { readConll } from '../../shared/corpus/conll.ts';
import { cli, MAIN, startCli, type CliOptions } from '../support/cli.ts';
import { childResult, type ChildResult } from '../support/run-child.ts';
import { tempFolder } from '../support/temp-folder.ts';
import { SAMPLE, trainedBundle } from '../support/trained-bundle.ts';
import { untilFolder } from '../support/until-folder.ts';

const bundle = trainedBundle(8);

const tag = (args: readonly string[], options?: CliOptions): Promise<ChildResult> =>
  cli(['tag', '--model', bundle(), ...args], options);

/** The tagged tweets of an output: each line fits the schema, all lines have an end. */
function tweetsOf(stdout: string): TaggedTweet[] {
  if (stdout === '') return [];
  expect(stdout.endsWith('\n')).toBe(true);
  return stdout
    .slice(0, -1)
    .split('\n')
    .map((line) => taggedTweetSchema.parse(JSON.parse(line)));
}

/** Train sentences with entities, as texts: the model finds most of them. */
const texts = readConll(join(SAMPLE, 'train'))
  .filter(({ tags }) => tags.some((one) => one !== 'O'))
  .slice(0, 60)
  .map(({ words }) => words.join(' '));

describe('ndjson', () => {
  test('gives each tweet a line, in order, with entities at their places in the text, emoji and all', async () => {
    const wrapped = texts.map((text, i) => `${['👨‍👩‍👧‍👦', '🇩🇪 e\u0301', '漢字', '🎉🎉'][i % 4]!} ${text} 🙃`);
    const input = wrapped.map((text, i) => JSON.stringify({ id: `t${i}`, text, lang: 'en', other: [1] })).join('\n');
    const before = new Date().toISOString();
    const { code, stdout, stderr } = await tag([], { input });
    const found = tweetsOf(stdout);
    expect([code, found.map(({ id }) => id)]).toEqual([0, wrapped.map((_, i) => `t${i}`)]);
    const entities = found.flatMap((tweet, i) => tweet.entities.map((entity) => ({ entity, text: wrapped[i]! })));
    expect(entities.length).toBeGreaterThan(10);
    for (const { entity, text } of entities) {
      expect(text.slice(entity.start, entity.end)).toBe(entity.text);
      expect(Array.from(text).slice(entity.startCp, entity.endCp).join('')).toBe(entity.text);
      expect(entity.startCp).toBe(Array.from(text.slice(0, entity.start)).length);
    }
    for (const { model, taggedAt } of found) {
      expect(model).toMatch(/^[0-9a-f]{16}$/);
      expect(taggedAt >= before && taggedAt <= new Date().toISOString()).toBe(true);
    }
    expect(stderr).toBe(`tagged ${wrapped.length} tweets, ${entities.length} entities\n`);
  });

  test('makes entities by the aggregation it is told', async () => {
    const input = texts.slice(0, 20).join('\n');
    const typesOf = async (aggregation: string): Promise<readonly string[]> =>
      tweetsOf((await tag(['--aggregation', aggregation], { input })).stdout).flatMap(({ entities }) =>
        entities.map(({ type }) => type),
      );
    const [pieces, first] = [await typesOf('none'), await typesOf('first')];
    expect(pieces.length).toBeGreaterThan(3);
    for (const type of pieces) expect(type).toMatch(/^[BI]-/);
    for (const type of first) expect(type).not.toMatch(/^[BI]-/);
  });

  test('takes plain text, one a line, with ids of name and line', async () => {
    const folder = tempFolder();
    writeFileSync(join(folder, 'plain.txt'), '\n{not json\r\n\n"quoted" Lisbon\n');
    const { code, stdout } = await tag(['--input', 'plain.txt'], { cwd: folder });
    expect([code, tweetsOf(stdout).map(({ id }) => id)]).toEqual([0, ['plain.txt:2', 'plain.txt:4']]);
    const { stdout: fromStdin } = await tag([], { input: 'good morning Lisbon' });
    expect(tweetsOf(fromStdin).map(({ id }) => id)).toEqual(['stdin:1']);
  });

  test('names bad lines on stderr, tags the rest and ends with 1', async () => {
    const tweet = (id: number): string => JSON.stringify({ id: String(id), text: 'watching The Office' });
    const input = [
      tweet(1),
      '{"id":"2"}',
      tweet(3),
      'no tweet',
      JSON.stringify({ id: '5', text: 'x'.repeat(40_000) }),
      tweet(6),
    ];
    const { code, stdout, stderr } = await tag([], { input: input.join('\n') });
    expect([code, tweetsOf(stdout).map(({ id }) => id)]).toEqual([1, ['1', '3', '6']]);
    const lines = stderr.split('\n');
    expect(lines[0]).toMatch(/^E_TWEET_MALFORMED: stdin:2: tweet: text: /);
    expect(lines[1]).toMatch(/^E_TWEET_MALFORMED: stdin:4: tweet: not JSON/);
    expect(lines[2]).toMatch(/^E_TWEET_TOO_LARGE: stdin:5: tweet: the line is too long/);
    expect(lines[3]).toMatch(/^tagged 3 tweets, \d entities; 3 lines were left out, each is named above$/);
  });

  test('passes nothing on as nothing', async () => {
    for (const input of ['', '\n \n']) expect(await tag([], { input })).toMatchObject({ code: 0, stdout: '' });
  });

  test('fails with E_TWEET_MALFORMED for a JSON array, and says how to convert it', async () => {
    const { code, stdout, stderr } = await tag([], { input: '[{"id":"1","text":"a"}]' });
    expect([code, stdout]).toEqual([1, '']);
    expect(stderr).toBe(
      "tagwright: E_TWEET_MALFORMED: stdin:1: tweets: got a JSON array; expected one object a line. Convert it: jq -c '.[]' FILE.\n",
    );
  });

  test('answers a line before the next one comes', async () => {
    const child = startCli(['tag', '--model', bundle()]);
    const ended = childResult(child);
    const answers = createInterface({ input: child.stdout! })[Symbol.asyncIterator]();
    for (const id of ['1', '2', '3']) {
      child.stdin!.write(`${JSON.stringify({ id, text: 'hello' })}\n`);
      expect(JSON.parse((await answers.next()).value as string)).toMatchObject({ id });
    }
    child.stdin!.end();
    expect(await ended).toMatchObject({ code: 0 });
  });

  test('keeps the order of a long stream', { timeout: 60_000 }, async () => {
    const ids = Array.from({ length: 5_000 }, (_, i) => String(i));
    const input = ids.map((id, i) => `${JSON.stringify({ id, text: texts[i % texts.length] })}\n`).join('');
    const { stdout } = await tag([], { input });
    expect(tweetsOf(stdout).map(({ id }) => id)).toEqual(ids);
  });
});

describe('conll', () => {
  test('gives word, gold and predicted, tab-separated, a blank line after each sentence', async () => {
    const { code, stdout, stderr } = await tag(['--input', join(SAMPLE, 'dev'), '--format', 'conll']);
    const sentences = readConll(join(SAMPLE, 'dev'));
    const blocks = stdout.split('\n\n');
    expect([code, blocks.pop(), blocks.length]).toEqual([0, '', sentences.length]);
    for (const [i, block] of blocks.entries()) {
      const rows = block.split('\n').map((line) => line.split('\t'));
      expect(rows.map(([word]) => word)).toEqual(sentences[i]!.words);
      expect(rows.map(([, gold]) => gold)).toEqual(sentences[i]!.tags);
      for (const row of rows) expect(row[2]).toMatch(/^(?:O|[BI]-.+)$/);
    }
    expect(stderr).toMatch(/^tagged 80 sentences, \d+ entities\n$/);
  });

  test('gives words without gold tags their predicted ones', async () => {
    const { code, stdout } = await tag(['--format', 'conll'], { input: 'good\nmorning\n\n\nyou\n' });
    expect(code).toBe(0);
    expect(stdout).toMatch(/^good\t\S+\nmorning\t\S+\n\nyou\t\S+\n\n$/);
  });

  test('fails with E_USAGE for an aggregation, which is of entities', async () => {
    const { code, stderr } = await tag(['--format', 'conll', '--aggregation', 'first'], { input: 'a\n' });
    expect([code, stderr]).toEqual([2, expect.stringMatching(/^tagwright: E_USAGE: tag: --aggregation is for/)]);
  });

  test('fails with E_CORPUS_MALFORMED and the line, and leaves no file', async () => {
    const folder = tempFolder();
    const args = ['--format', 'conll', '--output', join(folder, 'out')];
    const { code, stderr } = await tag(args, { input: 'a\tO\n\nb\n' });
    expect([code, readdirSync(folder)]).toEqual([1, []]);
    expect(stderr).toMatch(/^tagwright: E_CORPUS_MALFORMED: stdin:3: the tag is missing/);
  });
});

describe('files', () => {
  test('are written whole, next to each other or over the input', async () => {
    const folder = tempFolder();
    const file = join(folder, 'tweets');
    writeFileSync(file, 'one\ntwo\n');
    const { code, stdout } = await tag(['--input', 'tweets', '--output', 'tweets'], { cwd: folder });
    expect([code, stdout, readdirSync(folder)]).toEqual([0, '', ['tweets']]);
    expect(tweetsOf(readFileSync(file, 'utf8'))).toHaveLength(2);
  });

  test.each([
    [
      'fails with E_FILE_UNREADABLE when the input is not there',
      ['--input', 'none'],
      'E_FILE_UNREADABLE: none: there is no such file',
    ],
    [
      'fails with E_FILE_UNREADABLE when the input is a folder',
      ['--input', '.'],
      'E_FILE_UNREADABLE: .: it is a directory',
    ],
    [
      'fails with E_FILE_UNWRITABLE when the output has no folder',
      ['--output', 'none/out'],
      'E_FILE_UNWRITABLE: none/out: cannot be written',
    ],
    [
      'fails with E_FILE_UNWRITABLE when the output is a folder',
      ['--output', '.'],
      'E_FILE_UNWRITABLE: .: cannot be written',
    ],
  ])('%s', async (_, args, message) => {
    const { code, stdout, stderr } = await tag(args, { cwd: tempFolder(), input: 'hello\n' });
    expect([code, stdout]).toEqual([1, '']);
    expect(stderr).toContain(`tagwright: ${message}`);
  });
});

describe('ends', () => {
  test('quietly when its reader has gone, though more input may come', async () => {
    const child = startCli(['tag', '--model', bundle()]);
    const ended = childResult(child);
    const line = `${JSON.stringify({ id: '1', text: 'hello' })}\n`;
    child.stdin!.write(line);
    await once(child.stdout!, 'readable');
    child.stdout!.destroy();
    // Standard input stays open: what ends the process is that nobody reads.
    while (child.exitCode === null && child.signalCode === null && !child.stdin!.destroyed) {
      child.stdin!.write(line);
      await new Promise((resolve) => setImmediate(resolve));
    }
    expect(await ended).toMatchObject({ code: 0, stderr: '' });
  });

  test('with 1 when interrupted, and takes back the file', async () => {
    const folder = tempFolder();
    const child = startCli(['tag', '--model', bundle(), '--output', join(folder, 'out')]);
    const ended = childResult(child);
    child.stdin!.write('hello\n');
    // The file is begun under another name when the model is ready.
    await Promise.race([ended, untilFolder(folder, () => readdirSync(folder).length > 0)]);
    child.kill('SIGTERM');
    const { code, stderr } = await ended;
    expect([code, readdirSync(folder)]).toEqual([1, []]);
    expect(stderr).toMatch(/^interrupted by SIGTERM after [01] tweets\n$/);
  });

  test.skipIf(process.platform !== 'linux')('with E_FILE_UNWRITABLE when standard output is full', async () => {
    const full = openSync('/dev/full', 'w');
    const args = ['--disable-warning=ExperimentalWarning', MAIN, 'tag', '--model', bundle()];
    const child = spawn(process.execPath, args, { stdio: ['pipe', full, 'pipe'] });
    closeSync(full);
    child.stdin!.end('hello\n');
    const { code, stderr } = await childResult(child);
    expect(code).toBe(1);
    expect(stderr).toMatch(/^tagwright: E_FILE_UNWRITABLE: stdout: cannot be written: .*ENOSPC/);
  });
});

test('leaves no telemetry behind, whatever the environment says', async () => {
  const home = tempFolder();
  const env = { HOME: home, TMPDIR: home, XDG_CACHE_HOME: home, XDG_DATA_HOME: home, XDG_STATE_HOME: home };
  const { code } = await tag([], { input: 'hello\n', env: { ...env, ORT_DISABLE_TELEMETRY: '0' } });
  expect([code, readdirSync(home, { recursive: true })]).toEqual([0, []]);
});
