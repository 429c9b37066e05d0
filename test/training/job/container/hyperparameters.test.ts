import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { type ContainerSettings, readHyperparameters } from '../../../../training/job/container/hyperparameters.ts';
import { codeOf } from '../../../support/error-code.ts';
import { tempFolder } from '../../../support/temp-folder.ts';

function read(values: unknown, kind: 'words' | 'encoder' = 'words'): Promise<ContainerSettings> {
  const file = join(tempFolder(), 'hyperparameters.json');
  writeFileSync(file, typeof values === 'string' ? values : JSON.stringify(values));
  return readHyperparameters(file, kind);
}

describe('hyperparameters', () => {
  test('are what nothing is said of by default, with no file at all too', async () => {
    const nothing = {
      ...{ seed: 1, repair: false, allowUnseenTypes: false, device: undefined, encoder: 'encoder', changes: [] },
    };
    expect(await read({})).toEqual(nothing);
    expect(await readHyperparameters(join(tempFolder(), 'none.json'), 'words')).toEqual(nothing);
  });

  test('are texts: numbers, flags and settings are read out of them', async () => {
    const values = {
      seed: '7',
      epochs: '3',
      repair: 'true',
      allow_unseen_types: 'false',
      device: 'cuda',
      encoder: 'sentence-transformers/all-MiniLM-L6-v2',
      'train.learningRate': '5e-5',
    };
    expect(await read(values)).toEqual({
      seed: 7,
      repair: true,
      allowUnseenTypes: false,
      device: 'cuda',
      encoder: 'sentence-transformers/all-MiniLM-L6-v2',
      changes: [
        ['train.epochs', 3],
        ['train.learningRate', 5e-5],
      ],
    });
  });

  test('of the platform and of our own bookkeeping are passed over', async () => {
    const values = {
      _tuning_objective_metric: 'val:f1',
      sagemaker_region: 'eu-west-1',
      tagwright_fingerprint: 'f',
      tagwright_dataset: 'a/0123456789abcdef',
    };
    expect((await read(values)).changes).toEqual([]);
  });

  test('that say which kind of part there is come before what belongs to it, in whatever order they are', async () => {
    const { changes } = await read({ 'loss.gamma': '2', 'loss.kind': 'focal-softmax' }, 'encoder');
    expect(changes).toEqual([
      ['loss.kind', 'focal-softmax'],
      ['loss.gamma', 2],
    ]);
  });

  test.each([
    ['a name without a dot', { learning_rate: '1' }, 'learning_rate'],
    ['one of ours that there is not', { tagwright_x: '1' }, 'tagwright_x'],
    ['a setting that there is not', { 'train.learningRat': '1' }, 'train.learningRat'],
    ['a setting out of range', { 'train.learningRate': '-1' }, 'train.learningRate'],
    ['a seed that is no number', { seed: 'x' }, 'seed'],
    ['a flag that is none', { repair: 'yes' }, 'repair'],
    ['a device that there is not', { device: 'tpu' }, 'device'],
    ['epochs twice', { epochs: '1', 'train.epochs': '2' }, 'epochs'],
    ['a part of a setting', { 'model.features': '[{"feature":"word","buckets":0,"width":1}]' }, 'model.features'],
    ['a kind that there is not, beside what is right', { 'loss.kind': 'x', 'train.epochs': '1' }, 'loss.kind'],
    ['no epochs', { epochs: '0' }, 'train.epochs'],
  ])('fails by name for %s', async (_, values, name) => {
    expect(await codeOf(() => read(values))).toBe('E_HYPERPARAMETER');
    await expect(read(values)).rejects.toThrow(`hyperparameters.json: ${name}: `);
  });

  test.each([
    ['is no JSON', '{'],
    ['is no object', '[1]'],
    ['has a number in it', '{"seed": 1}'],
    ['is nested', '{"train": {"epochs": "1"}}'],
  ])('fails when the file %s', async (_, text) => {
    expect(await codeOf(() => read(text))).toBe('E_TRAINING_INPUT');
  });
});
