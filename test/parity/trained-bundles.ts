import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { packageVersion } from '../../cli/package-version.ts';
import { runTraining } from '../../training/job/run-training.ts';
import type { SettingChange } from '../../training/job/settings.ts';
import { offlineHub } from '../support/offline-hub.ts';
import { writeSmallCorpus } from '../support/small-corpus.ts';
import { tinyEncoders } from '../support/tiny-encoder.ts';
import { writeTinyEncoder } from '../support/tiny-encoder-folder.ts';

/** A real encoder, where it lies beside the repository. */
const minilm = join(import.meta.dirname, '..', '..', '..', 'shared', 'encoders', 'minilm-l6-uncased');

interface Recipe {
  readonly name: string;
  readonly encoder: string;
  readonly changes: readonly SettingChange[];
}

/** Every architecture with a linear head, and every head and a CRF on one of them. */
function recipes(folder: string): readonly Recipe[] {
  const encoderOf = (name: string): string => join(folder, 'encoders', name);
  const ofBert = (name: string, changes: readonly SettingChange[]): Recipe => ({
    name: `bert-${name}`,
    encoder: encoderOf('bert'),
    changes,
  });
  return [
    ...tinyEncoders.map((name) => ({ name, encoder: encoderOf(name), changes: [] })),
    ofBert('crf', [['loss.kind', 'crf']]),
    ofBert('convolution', [['model.head.kind', 'convolution']]),
    ofBert('bilstm', [['model.head.kind', 'bilstm']]),
    ...(existsSync(minilm) ? [{ name: 'MiniLM-L6', encoder: minilm, changes: [] }] : []),
  ];
}

async function train({ name, encoder, changes }: Recipe, folder: string): Promise<string> {
  const out = join(folder, name);
  const training = runTraining({
    corpus: { dir: join(folder, 'corpus') },
    encoder: { name: encoder, hub: offlineHub },
    // Types of dev that 16 sentences do not show do not matter here.
    allowUnseenTypes: true,
    changes: [['train.epochs', 1], ...changes],
    out,
    seed: 1,
    threads: 1,
    resume: false,
    version: packageVersion,
  });
  for await (const event of training) if (event.type === 'exported') return out;
  throw new Error(`training ${name} did not come to its end`);
}

/** Trains taggers on 16 sentences, for one step each, and gives the folders of their bundles. */
export async function trainBundles(folder: string): Promise<readonly string[]> {
  for (const name of tinyEncoders) await writeTinyEncoder(join(folder, 'encoders', name), name);
  await writeSmallCorpus(join(folder, 'corpus'), 16);
  const bundles: string[] = [];
  for (const recipe of recipes(folder)) bundles.push(await train(recipe, folder));
  return bundles;
}
