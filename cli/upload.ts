import { defineCommand } from 'citty';
import { randomUUID } from 'node:crypto';
import { type DatasetManifest, datasetNameSchema } from '../shared/contracts/dataset.ts';
import { readDatasetFolder } from '../shared/datasets/read-dataset-folder.ts';
import { storeDataset } from '../shared/datasets/store-dataset.ts';
import { NerError } from '../shared/ner-error.ts';
import { readCorpus } from '../training/data/corpus.ts';
import { datasetPlaceFlags, openDatasetPlace } from './dataset-place.ts';
import { formatBytes } from './format-bytes.ts';
import { openBar, type ProgressBar } from './progress-bar.ts';

export const upload = defineCommand({
  meta: {
    name: 'upload',
    description: 'Upload a labelled corpus: a tagger is trained on it, and serves if it is better',
  },
  args: {
    dir: {
      type: 'positional',
      valueHint: 'DIR',
      required: true,
      description:
        'Folder with train, dev and test files in CoNLL form; dev may be missing, test if the dataset has one',
    },
    dataset: {
      type: 'string',
      valueHint: 'NAME',
      required: true,
      description: 'Name of the dataset; all that is uploaded under a name is measured on the first test file',
    },
    again: { type: 'boolean', description: 'Train again on what was uploaded before' },
    ...datasetPlaceFlags,
  },
  run: async ({ args }) => {
    const { dir } = args;
    const name = datasetName(args.dataset);
    // Refuses what the trainer would refuse, before anything is written.
    readCorpus({ dir });
    const dataset = readDatasetFolder({ dir, name, nonce: args.again === true ? randomUUID() : undefined });
    const { manifest } = dataset;
    say(`corpus   ${inWords(manifest)}`);
    const place = await openDatasetPlace('upload', args);
    const progress = uploadProgress();
    try {
      const { key, fresh } = await storeDataset(place.store, dataset, { onProgress: progress.show });
      progress.stop();
      const what = `dataset  ${name}/${manifest.version}`;
      if (!fresh) {
        say(`${what} is in ${place.name} already; --again trains anew on it`);
        return 0;
      }
      await place.announce(key);
      say(`${what} is in ${place.name}; ${place.follow} says what becomes of it`);
      return 0;
    } finally {
      progress.stop();
      place.close();
    }
  },
});

/** @throws {E_USAGE} */
function datasetName(name: string): string {
  if (datasetNameSchema.safeParse(name).success) return name;
  throw new NerError(
    'E_USAGE',
    `--dataset: not a name, got '${name.slice(0, 80)}'; expected up to 32 of a-z and 0-9, with single hyphens between them.`,
  );
}

function inWords({ files, types }: DatasetManifest): string {
  const splits = files.map(({ split, sentences }) => `${split} ${sentences.toLocaleString('en')}`);
  return `sentences of ${splits.join(', ')}; types ${types.join(', ')}`;
}

/** A bar on a terminal, nothing elsewhere. */
function uploadProgress(): { readonly show: (stored: number, total: number) => void; readonly stop: () => void } {
  let bar: ProgressBar | undefined;
  return {
    show: (stored, total) => {
      if (!process.stderr.isTTY) return;
      bar ??= openBar(process.stderr, total, stored);
      bar.update(stored, `${formatBytes(stored)} of ${formatBytes(total)}`);
    },
    stop: () => {
      bar?.stop();
      bar = undefined;
    },
  };
}

function say(line: string): void {
  process.stderr.write(`${line}\n`);
}
