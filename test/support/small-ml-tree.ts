import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { SettingChange } from '../../training/job/settings.ts';
import { mlTree, type MlTree } from '../../shared/jobs/ml-tree.ts';
import { conll, tinySplits } from './tiny-encoder-job.ts';
import { tinyModelSettings } from './tiny-training.ts';

/** Settings of a word-level tagger that trains an epoch in a few milliseconds, as a job's hyperparameters have them. */
export const tinyHyperparameters: Readonly<Record<string, string>> = Object.fromEntries(
  (
    [
      ['model.features', tinyModelSettings.features],
      ['model.characters', tinyModelSettings.characters],
      ['model.characterWidth', tinyModelSettings.characterWidth],
      ['model.characterFilters', tinyModelSettings.characterFilters],
      ['model.width', tinyModelSettings.width],
      ['train.batchSize', 4],
      ['train.stepsPerRun', 1],
      ['train.learningRate', 0.02],
    ] as readonly SettingChange[]
  ).map(([path, value]) => [path, JSON.stringify(value)]),
);

export interface SmallMlTree {
  readonly hyperparameters?: Readonly<Record<string, string>>;
  /** Text of the file of each channel. */
  readonly channels?: Readonly<Record<string, string>>;
  readonly instanceType?: string;
}

export const tinyChannels = { train: conll(tinySplits.train), dev: conll(tinySplits.dev) };

/** Writes a tree as SageMaker does, with the tiny corpus and two epochs where nothing else is said. */
export async function writeSmallMlTree(root: string, tree: SmallMlTree = {}): Promise<MlTree> {
  const paths = mlTree(root);
  const { hyperparameters = { ...tinyHyperparameters, epochs: '2' }, channels = tinyChannels, instanceType } = tree;
  await mkdir(join(root, 'input', 'config'), { recursive: true });
  for (const [channel, text] of Object.entries(channels)) {
    await mkdir(join(paths.data, channel), { recursive: true });
    await writeFile(join(paths.data, channel, `${channel}.conll`), text);
  }
  const resource = { current_host: 'algo-1', hosts: ['algo-1'], current_instance_type: instanceType };
  await writeFile(paths.hyperparameters, JSON.stringify(hyperparameters));
  await writeFile(paths.inputDataConfig, JSON.stringify(Object.fromEntries(Object.keys(channels).map((c) => [c, {}]))));
  await writeFile(paths.resourceConfig, JSON.stringify(resource));
  return paths;
}
