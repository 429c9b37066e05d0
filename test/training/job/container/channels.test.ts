import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { mlTree } from '../../../../shared/jobs/ml-tree.ts';
import { findChannels } from '../../../../training/job/container/channels.ts';
import { codeOf } from '../../../support/error-code.ts';
import { tempFolder } from '../../../support/temp-folder.ts';

/** What is found among files below `input/data`, with their root left out. */
async function find(files: readonly string[], config?: object): Promise<Readonly<Record<string, string>>> {
  const tree = mlTree(tempFolder());
  const write = (file: string, text: string): void => {
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, text);
  };
  for (const file of files) write(join(tree.data, file), 'x\tO\n');
  if (config !== undefined) write(tree.inputDataConfig, JSON.stringify(config));
  const found = Object.entries(await findChannels(tree)).map(([name, path]: [string, string]) => [
    name,
    path.slice(tree.data.length + 1),
  ]);
  return Object.fromEntries(found) as Readonly<Record<string, string>>;
}

describe('channels', () => {
  test('bring one file each, whatever it is called, beside JSON and hidden files', async () => {
    const files = [
      'train/corpus.txt',
      'dev/dev',
      'test/a.conll',
      'frozen/0123.conll',
      'frozen/manifest.json',
      'dev/.x',
    ];
    expect(await find([...files, 'encoder/config.json'])).toEqual({
      train: 'train/corpus.txt',
      dev: 'dev/dev',
      test: 'test/a.conll',
      frozen: 'frozen/0123.conll',
      encoder: 'encoder',
    });
  });

  test('may be train alone, and their configuration may say little or more than we know', async () => {
    const config = { train: { RecordWrapperType: 'None', Anything: 1 } };
    expect(await find(['train/train'], config)).toEqual({ train: 'train/train' });
  });

  test.each([
    ['there is no train', ['dev/dev'], undefined],
    ['one brings several files', ['train/a', 'train/b'], undefined],
    ['one that is named brings nothing', ['train/a'], { train: {}, dev: {} }],
    ['one is not known', ['train/a'], { train: {}, validation: {} }],
    ['one comes as a pipe', ['train/a'], { train: { TrainingInputMode: 'Pipe' } }],
  ])('fails when %s', async (_, files, config) => {
    expect(await codeOf(() => find(files, config))).toBe('E_TRAINING_INPUT');
  });
});
