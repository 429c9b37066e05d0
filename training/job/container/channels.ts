import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { CHANNELS } from '../../../shared/contracts/training-job.ts';
import { filesOf } from '../../../shared/jobs/copy-prefix.ts';
import type { MlTree } from '../../../shared/jobs/ml-tree.ts';
import { NerError } from '../../../shared/ner-error.ts';
import { readConfig } from './read-config.ts';

/** What the channels of a job brought. */
export interface ChannelFiles {
  readonly train: string;
  readonly dev?: string;
  readonly test?: string;
  /** Sentences of this file are left out of training. */
  readonly frozen?: string;
  /** Folder of the encoder that is fine-tuned. */
  readonly encoder?: string;
}

const NAMES: readonly string[] = Object.values(CHANNELS);

/** Keys may be left out, and the platform adds others. */
const configSchema = z.record(z.string(), z.looseObject({ TrainingInputMode: z.string().optional() }));

/**
 * Finds the file of each channel: one CoNLL file, whatever it is called; beside it there may be JSON.
 *
 * @throws {E_TRAINING_INPUT} a channel that there is not, without data, with several files, or that is a pipe
 */
export async function findChannels({ inputDataConfig, data }: MlTree): Promise<ChannelFiles> {
  const config = await readConfig(inputDataConfig, configSchema);
  for (const [name, { TrainingInputMode: mode }] of Object.entries(config)) {
    if (!NAMES.includes(name)) throw refused(name, `there is no such channel; expected ${NAMES.join(', ')}`);
    if (mode === 'Pipe') throw refused(name, 'it comes as a pipe; expected the input mode File or FastFile');
  }
  const file = async (name: string): Promise<string | undefined> => {
    const folder = join(data, name);
    const labelled = (await filesOf(folder)).filter((path) => !/(?:^|\/)\.|\.json$/.test(path));
    if (labelled.length === 0 && !Object.hasOwn(config, name)) return undefined;
    if (labelled.length === 1) return join(folder, labelled[0]!);
    throw refused(
      name,
      `it has to bring one CoNLL file, got ${labelled.length === 0 ? 'none' : labelled.slice(0, 5).join(', ')}`,
    );
  };
  const [train, dev, test, frozen] = await Promise.all(
    [CHANNELS.train, CHANNELS.dev, CHANNELS.test, CHANNELS.frozen].map(file),
  );
  if (train === undefined) throw refused(CHANNELS.train, 'it is missing; expected one CoNLL file');
  const encoder = join(data, CHANNELS.encoder);
  return {
    train,
    ...(dev === undefined ? {} : { dev }),
    ...(test === undefined ? {} : { test }),
    ...(frozen === undefined ? {} : { frozen }),
    ...(existsSync(encoder) ? { encoder } : {}),
  };
}

function refused(name: string, what: string): NerError {
  return new NerError('E_TRAINING_INPUT', `channel ${name}: ${what}. Correct InputDataConfig of the training job.`);
}
