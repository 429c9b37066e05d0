import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { zipSync } from 'fflate';
import { expect, test } from 'vitest';
import { findGmbFiles } from '../../../training/data/gmb-files.ts';
import { refusal } from '../../support/refusal.ts';
import { tempFolder } from '../../support/temp-folder.ts';

const fixtures = join(import.meta.dirname, '..', '..', 'fixtures', 'recipes', 'geoparser');
const csv = join(fixtures, 'ner_dataset.csv');
const zip = join(fixtures, 'ner_dataset.zip');

test('reads a CSV file, a zip with a stub under __MACOSX, and a folder with either', () => {
  const bytes = readFileSync(csv);
  const folder = tempFolder();
  copyFileSync(zip, join(folder, 'archive.ZIP'));
  writeFileSync(join(folder, 'README.md'), '');
  for (const [path, name] of [
    [csv, csv],
    [zip, join(zip, 'ner_dataset.csv')],
    [fixtures, csv],
    [folder, join(folder, 'archive.ZIP', 'ner_dataset.csv')],
  ] as const) {
    const found = findGmbFiles(path);
    expect('all' in found && [found.all.name, Buffer.compare(found.all.bytes, bytes)]).toEqual([name, 0]);
  }
});

test('takes train and test as they were split before', () => {
  const folder = tempFolder();
  for (const name of ['train_ner_dataset.csv', 'test_ner_dataset.csv']) writeFileSync(join(folder, name), name);
  const found = findGmbFiles(folder);
  expect('train' in found && [String(found.train.bytes), String(found.test.bytes)]).toEqual([
    String(Buffer.from('train_ner_dataset.csv')),
    String(Buffer.from('test_ner_dataset.csv')),
  ]);
});

test('fails when there is no such file', () => {
  const path = join(tempFolder(), 'absent.csv');
  expect(refusal(() => findGmbFiles(path))).toContain(`E_FILE_UNREADABLE ${path}: there is no such file`);
});

test('fails when it is not clear which file is meant', () => {
  const folder = tempFolder();
  expect(refusal(() => findGmbFiles(folder))).toContain(
    `E_CORPUS_NO_TRAIN ${folder}: it is not clear which file is meant, got no CSV file`,
  );
  for (const name of ['a.csv', 'b.csv']) copyFileSync(csv, join(folder, name));
  expect(refusal(() => findGmbFiles(folder))).toMatch(/^E_CORPUS_NO_TRAIN .* got (?:a\.csv, b\.csv|b\.csv, a\.csv);/);
  mkdirSync(join(folder, 'two'));
  const two = join(folder, 'two', 'two.zip');
  writeFileSync(two, zipSync({ 'a.csv': new Uint8Array(1), 'x/b.csv': new Uint8Array(1), 'c.txt': new Uint8Array(1) }));
  expect(refusal(() => findGmbFiles(two))).toContain(
    `E_CORPUS_NO_TRAIN ${two}: it is not clear which file is meant, got a.csv, x/b.csv`,
  );
});

test('fails when a zip is none, or was cut off', () => {
  const path = join(tempFolder(), 'ner_dataset.zip');
  for (const bytes of [Buffer.from('Sentence #,Word,Tag'), readFileSync(zip).subarray(0, 800)]) {
    writeFileSync(path, bytes);
    expect(refusal(() => findGmbFiles(path))).toContain(`E_CORPUS_MALFORMED ${path}: not a whole zip archive, got`);
  }
});
