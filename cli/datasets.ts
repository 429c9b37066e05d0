import { defineCommand } from 'citty';
import { basename } from 'node:path';
import type { DatasetManifest } from '../shared/contracts/dataset.ts';
import type { RunRecord } from '../shared/contracts/run.ts';
import { listDatasets } from '../shared/datasets/list-datasets.ts';
import { runsOn, trainedData, type TrainedData } from '../shared/datasets/trained-data.ts';
import { createRunRegistry } from '../shared/runs/run-registry.ts';
import { datasetPlaceFlags, openDatasetPlace } from './dataset-place.ts';
import { print } from './text-output.ts';
import { textTable } from './text-table.ts';

export const datasets = defineCommand({
  meta: { name: 'datasets', description: 'List the datasets that were uploaded, and the data that runs trained on' },
  args: { ...datasetPlaceFlags, json: { type: 'boolean', description: 'Print as JSON; by default as tables' } },
  run: async ({ args }) => {
    const place = await openDatasetPlace('datasets', args);
    try {
      const { datasets: uploaded, damaged } = await listDatasets(place.store);
      const { runs } = await createRunRegistry(place.store).list();
      const trainedOn = trainedData(runs);
      if (args.json === true) {
        const withRuns = uploaded.map((manifest) => ({ ...manifest, runs: runsOn(manifest, runs) }));
        await print(`${JSON.stringify({ datasets: withRuns, trainedOn, damaged }, null, 2)}\n`);
      } else
        await print([uploadedTable(uploaded, runs), trainedTable(trainedOn)].filter((part) => part !== '').join('\n'));
      for (const { key, reason } of damaged) say(`warning: ${key} is no manifest of a dataset: ${reason}`);
      if (uploaded.length + trainedOn.length === 0) {
        say(`${place.name} has no dataset and no run; 'tagwright upload' and 'tagwright train' bring some`);
      }
      return 0;
    } finally {
      place.close();
    }
  },
});

/** Hexadecimal digits of a hash that are shown. */
const DIGITS = 16;

function uploadedTable(uploaded: readonly DatasetManifest[], runs: readonly RunRecord[]): string {
  if (uploaded.length === 0) return '';
  const sentences = ({ files }: DatasetManifest, split: string): string =>
    files.find((file) => file.split === split)?.sentences.toLocaleString('en') ?? '-';
  return textTable(
    [
      { title: 'dataset' },
      { title: 'version' },
      ...['train', 'dev', 'test', 'runs'].map((title) => ({ title, align: 'right' }) as const),
      { title: 'train SHA-256' },
      { title: 'types' },
    ],
    uploaded.map((manifest) => [
      manifest.name,
      manifest.version,
      ...['train', 'dev', 'test'].map((split) => sentences(manifest, split)),
      String(runsOn(manifest, runs)),
      manifest.files.find(({ split }) => split === 'train')!.sha256.slice(0, DIGITS),
      manifest.types.join(', '),
    ]),
  );
}

function trainedTable(found: readonly TrainedData[]): string {
  if (found.length === 0) return '';
  const splits = ['train', 'dev', 'test'] as const;
  const hash = ({ data }: TrainedData, split: (typeof splits)[number]): string =>
    data[split]?.sha256?.slice(0, DIGITS) ?? '-';
  return textTable(
    [
      { title: 'trained on' },
      { title: 'recipe' },
      ...splits.map((title) => ({ title, align: 'right' }) as const),
      { title: 'runs', align: 'right' },
      { title: 'last (UTC)' },
      ...splits.map((split) => ({ title: `${split} SHA-256` })),
    ],
    found.map((one) => [
      one.corpus === null ? '-' : basename(one.corpus),
      one.recipe ?? '-',
      ...splits.map((split) => one.data[split]?.sentences.toLocaleString('en') ?? '-'),
      String(one.runs),
      one.lastRun.slice(0, 16).replace('T', ' '),
      ...splits.map((split) => hash(one, split)),
    ]),
  );
}

function say(line: string): void {
  process.stderr.write(`${line}\n`);
}
