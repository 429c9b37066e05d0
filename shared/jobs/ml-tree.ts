import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { FAILURE_REASON_MAX_CHARACTERS } from '../contracts/training-job.ts';
import type { JobSpec } from './training-jobs.ts';

/** Where things lie in the tree of a training container, `/opt/ml` in SageMaker. */
export interface MlTree {
  readonly root: string;
  readonly hyperparameters: string;
  readonly inputDataConfig: string;
  readonly resourceConfig: string;
  readonly data: string;
  readonly model: string;
  readonly outputData: string;
  readonly failure: string;
  readonly checkpoints: string;
}

export function mlTree(root: string): MlTree {
  const config = join(root, 'input', 'config');
  return {
    root,
    hyperparameters: join(config, 'hyperparameters.json'),
    inputDataConfig: join(config, 'inputdataconfig.json'),
    resourceConfig: join(config, 'resourceconfig.json'),
    data: join(root, 'input', 'data'),
    model: join(root, 'model'),
    outputData: join(root, 'output', 'data'),
    failure: join(root, 'output', 'failure'),
    checkpoints: join(root, 'checkpoints'),
  };
}

/** Makes the folders and configuration that a trainer finds, but for the data of its channels. */
export async function makeMlTree(tree: MlTree, { hyperparameters, channels }: JobSpec): Promise<void> {
  for (const folder of [join(tree.root, 'input', 'config'), tree.data, tree.model, tree.outputData, tree.checkpoints]) {
    await mkdir(folder, { recursive: true });
  }
  const host = 'algo-1';
  const input = Object.fromEntries(
    Object.keys(channels).map((name) => [
      name,
      { TrainingInputMode: 'File', S3DistributionType: 'FullyReplicated', RecordWrapperType: 'None' },
    ]),
  );
  await writeJson(tree.hyperparameters, hyperparameters);
  await writeJson(tree.inputDataConfig, input);
  await writeJson(tree.resourceConfig, { current_host: host, hosts: [host], current_instance_type: 'local' });
}

/** Why the trainer failed, in its own words; undefined when it left none. */
export async function readFailure({ failure }: MlTree): Promise<string | undefined> {
  try {
    const reason = (await readFile(failure, 'utf8')).slice(0, FAILURE_REASON_MAX_CHARACTERS).trim();
    return reason === '' ? undefined : reason;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw error;
  }
}

async function writeJson(file: string, value: unknown): Promise<void> {
  await writeFile(file, `${JSON.stringify(value, null, 2)}\n`);
}
