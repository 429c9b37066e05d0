import type { DatasetManifest } from '../contracts/dataset.ts';
import type { RunRecord } from '../contracts/run.ts';

/** Data that runs were trained on, known by the hashes of its files. */
export interface TrainedData {
  /** Of the newest run on it. */
  readonly corpus: string | null;
  readonly recipe: string | null;
  readonly data: RunRecord['data'];
  readonly runs: number;
  /** When the newest of them began. */
  readonly lastRun: string;
}

/** The data of runs, the newest run's first; runs whose splits have the same bytes share one. */
export function trainedData(runs: readonly RunRecord[]): readonly TrainedData[] {
  const groups = Map.groupBy(runs, ({ data }) =>
    JSON.stringify([data.train?.sha256, data.dev?.sha256, data.test?.sha256]),
  );
  const found = [...groups.values()].map((group): TrainedData => {
    // A run that was interrupted knows less of its data.
    const [newest] = group.toSorted((a, b) => Date.parse(b.startedAt) - Date.parse(a.startedAt));
    const { data } = group.find(({ outcome }) => outcome === 'done') ?? newest!;
    const { corpus, recipe, startedAt } = newest!;
    return { corpus, recipe: recipe?.name ?? null, data, runs: group.length, lastRun: startedAt };
  });
  return found.sort((a, b) => Date.parse(b.lastRun) - Date.parse(a.lastRun));
}

/** Runs that trained on the train file of a dataset. */
export function runsOn({ files }: Pick<DatasetManifest, 'files'>, runs: readonly RunRecord[]): number {
  const train = files.find(({ split }) => split === 'train')?.sha256;
  return runs.filter(({ data }) => data.train?.sha256 === train).length;
}
