import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeEach, describe, expect, test } from 'vitest';
import { createRng } from '../../../shared/random.ts';
import { readCorpus } from '../../../training/data/corpus.ts';
import { refusal } from '../../support/refusal.ts';

const data = join(import.meta.dirname, '..', '..', '..', '..', 'shared', 'data');
const root = mkdtempSync(join(tmpdir(), 'corpus-'));
let count = 0;
let dir = root;
beforeEach(() => {
  dir = join(root, String(count++));
  mkdirSync(dir);
});
afterAll(() => {
  rmSync(root, { recursive: true });
});

/** Sentences `prefix0 Paris` ... with one entity each. */
function sentences(prefix: string, from: number, to: number): string {
  let text = '';
  for (let i = from; i < to; i++) text += `${prefix}${i}\tO\nParis\tB-geo-loc\n\n`;
  return text;
}

function write(files: Readonly<Record<string, string>>): void {
  for (const [name, text] of Object.entries(files)) writeFileSync(join(dir, name), text);
}

const train = sentences('t', 0, 30);
const dev = sentences('d', 0, 5);
const heldTest = sentences('x', 0, 4);

describe('readCorpus', () => {
  test.each([
    ['train', 'dev', 'test'],
    ['train.txt', 'valid.txt', 'test.txt'],
    ['train.conll', 'validation.conll', 'test.conll'],
    ['wnut17train.conll', 'emerging.dev.conll', 'emerging.test.annotated'],
    ['eng.train', 'eng.testa', 'eng.testb'],
    ['my_TRAIN.iob2', 'my_val.iob2', 'my-test.tsv'],
  ])('finds %s, %s and %s in a directory', (trainName, devName, testName) => {
    write({
      [trainName]: train,
      [devName]: dev,
      [testName]: heldTest,
      'README.md': 'x',
      '.train': 'x',
      'train.json': '{}',
    });
    mkdirSync(join(dir, 'train-old'));
    const corpus = readCorpus({ dir });
    expect([corpus.train.length, corpus.dev.length, corpus.test?.length]).toEqual([30, 5, 4]);
    expect(corpus.devFrom).toBe('file');
    expect(corpus.files).toEqual({ train: join(dir, trainName), dev: join(dir, devName), test: join(dir, testName) });
    expect(corpus.fingerprints.dev).toBe(createHash('sha256').update(dev).digest('hex'));
    expect(Object.keys(corpus.fingerprints)).toEqual(['train', 'dev', 'test']);
    expect(corpus.overlap).toEqual({ trainDev: 0, trainTest: 0, devTest: 0 });
  });

  test('takes files by name', () => {
    write({ a: train, b: dev });
    const corpus = readCorpus({ train: join(dir, 'a'), dev: join(dir, 'b') });
    expect([corpus.train.length, corpus.dev.length, corpus.test]).toEqual([30, 5, undefined]);
  });

  test('lists the types of train and dev but not those that only test has', () => {
    write({ train: `${train}a\tB-person\n`, dev: `${dev}b\tB-tvshow\n`, test: 'c\tB-movie\n' });
    expect(readCorpus({ dir }).types).toEqual(['geo-loc', 'person', 'tvshow']);
  });

  test('holds out a tenth of train when there is no dev, copies together, the same every time', () => {
    write({ train: train + sentences('t', 0, 30) });
    const corpus = readCorpus({ dir });
    expect(corpus.devFrom).toBe('held out');
    expect([corpus.train.length, corpus.dev.length]).toEqual([54, 6]);
    expect(corpus.overlap.trainDev).toBe(0);
    expect(corpus.fingerprints).toEqual({
      train: createHash('sha256')
        .update(train + train)
        .digest('hex'),
    });
    const firstWords = (of: typeof corpus): string[] => of.dev.map((sentence) => sentence.words[0]!);
    expect(firstWords(readCorpus({ dir }))).toEqual(firstWords(corpus));
    expect(firstWords(readCorpus({ dir }, { rng: createRng(7) }))).not.toEqual(firstWords(corpus));
  });

  test('counts sentences that splits share by chance', () => {
    write({ train, dev: dev + sentences('t', 3, 5), test: heldTest + sentences('d', 1, 2) });
    expect(readCorpus({ dir }).overlap).toEqual({ trainDev: 2, trainTest: 0, devTest: 1 });
  });

  test('fails when there is no train file, and names what there is', () => {
    write({ dev, 'notes.txt': 'x' });
    expect(refusal(() => readCorpus({ dir }))).toMatch(
      /^E_CORPUS_NO_TRAIN .*: no train file; the directory has 'dev', 'notes.txt'; expected one file named train/,
    );
  });

  test('fails when a directory is empty or no directory', () => {
    expect(refusal(() => readCorpus({ dir }))).toMatch(
      /^E_CORPUS_NO_TRAIN .*no train file; the directory has no files/,
    );
    expect(refusal(() => readCorpus({ dir: join(dir, 'none') }))).toMatch(
      /^E_FILE_UNREADABLE .*none: there is no such/,
    );
  });

  test('fails when two files could be one split', () => {
    write({ train, 'train.txt': train, dev });
    expect(refusal(() => readCorpus({ dir }))).toMatch(
      /^E_CORPUS_NO_TRAIN .*more than one train file, got 'train' and/,
    );
  });

  test('fails when one file is named after two splits', () => {
    write({ train, 'dev-test.txt': dev });
    expect(refusal(() => readCorpus({ dir }))).toMatch(
      /^E_CORPUS_NO_TRAIN .*'dev-test.txt' is named after dev and test/,
    );
  });

  test('fails when the same file is dev and test, by path and by content', () => {
    write({ train, dev, copy: dev });
    const paths = { train: join(dir, 'train'), dev: join(dir, 'dev') };
    expect(refusal(() => readCorpus({ ...paths, test: join(dir, '.', 'dev') }))).toMatch(
      /^E_SPLIT_OVERLAP corpus: dev and test are the same file/,
    );
    expect(refusal(() => readCorpus({ ...paths, test: join(dir, 'copy') }))).toMatch(
      /^E_SPLIT_OVERLAP corpus: dev and test are the same content/,
    );
    expect(refusal(() => readCorpus({ ...paths, dev: paths.train }))).toMatch(/^E_SPLIT_OVERLAP corpus: train and dev/);
  });

  test('fails when more than half of a split is in another, in either direction', () => {
    write({ train, dev: sentences('t', 0, 4) + sentences('d', 0, 2) });
    expect(refusal(() => readCorpus({ dir }))).toMatch(
      /^E_SPLIT_OVERLAP corpus: train and dev share sentences, got 4 of 6 of dev/,
    );
    write({ train: sentences('d', 0, 2), dev: sentences('d', 0, 20) });
    expect(refusal(() => readCorpus({ dir }))).toMatch(/^E_SPLIT_OVERLAP corpus: train and dev share sentences/);
  });

  test('fails when a single sentence cannot be held out', () => {
    write({ train: sentences('t', 0, 1) });
    expect(refusal(() => readCorpus({ dir }))).toMatch(/^E_CORPUS_EMPTY .*train: too few sentences to hold out/);
  });

  test('leaves the sentences of a frozen test set out of train and dev, before a dev part is held out', () => {
    write({ train, dev, test: heldTest });
    const frozen = join(dir, 'frozen.conll');
    writeFileSync(frozen, sentences('t', 3, 8) + sentences('d', 0, 1) + heldTest);
    const corpus = readCorpus({ dir }, { frozen });
    expect([corpus.train.length, corpus.dev.length, corpus.test?.length]).toEqual([25, 4, 4]);
    const sha256 = createHash('sha256').update(readFileSync(frozen)).digest('hex');
    expect(corpus.frozen).toEqual({ sha256, leftOut: { train: 5, dev: 1 } });
    const alone = readCorpus({ train: join(dir, 'train') }, { frozen });
    expect([alone.devFrom, alone.train.length + alone.dev.length]).toEqual(['held out', 25]);
  });

  test('fails when nothing is left without the frozen test set', () => {
    write({ train, dev });
    expect(refusal(() => readCorpus({ dir }, { frozen: join(dir, 'dev') }))).toMatch(
      /^E_CORPUS_EMPTY .*dev: nothing is left without the frozen test set, got 5 sentences/,
    );
  });

  test('fails as readConll does, with the file of the split', () => {
    write({ train, dev: 'a\tX\n' });
    expect(refusal(() => readCorpus({ dir }))).toMatch(/^E_CORPUS_MALFORMED .*dev:1: the tag is outside the scheme/);
  });

  test.skipIf(!existsSync(data))('reads WNUT-16 with its ten types and one dev sentence in test', () => {
    const corpus = readCorpus({ dir: join(data, 'wnut16') });
    expect([corpus.train.length, corpus.dev.length, corpus.test?.length]).toEqual([2394, 1000, 3850]);
    expect(corpus.types).toEqual(
      ['company', 'facility', 'geo-loc', 'movie', 'musicartist', 'other', 'person', 'product', 'sportsteam', 'tvshow'],
    ); // prettier-ignore
    expect(corpus.overlap).toEqual({ trainDev: 0, trainTest: 0, devTest: 1 });
    expect(corpus.fingerprints.train).toMatch(/^5ec9db29/);
  });

  test.skipIf(!existsSync(data))('fails when WNUT-17 train is evaluated on WNUT-16 dev, which it contains', () => {
    const files = { train: join(data, 'wnut17', 'wnut17train.conll'), dev: join(data, 'wnut16', 'dev') };
    expect(refusal(() => readCorpus(files))).toMatch(/got 1000 of 1000 of dev/);
    expect(readCorpus({ dir: join(data, 'wnut17') }).types.length).toBe(6);
  });
});
