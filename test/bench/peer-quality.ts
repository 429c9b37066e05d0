import { figureOf, type Figure, type Quantity, type Samples } from './figure.ts';
import { RECIPE, type FineTuningJob } from './fine-tuning-job.ts';
import { samplesOfChild, samplesOfPython } from './in-child.ts';
import type { FineTuningPeers } from './peers.ts';
import { estimate } from '../../shared/evaluation/standard-error.ts';

const SEEDS = [0, 1, 2];
const EPOCHS = 8;

/** The same recipe with torch and with Tagwright, three seeds each: entity F1 after the last epoch. */
export async function measureQuality({
  python,
  threads,
  say,
  encoder,
  corpus,
}: FineTuningPeers): Promise<readonly Figure[]> {
  const found: Record<'tagwright' | 'torch', Samples[]> = { tagwright: [], torch: [] };
  for (const seed of SEEDS) {
    const job: FineTuningJob = {
      ...RECIPE,
      encoder,
      corpus,
      threads,
      epochs: EPOCHS,
      seed,
      evaluate: true,
      order: 'random',
    };
    say(`fine-tuning with torch, seed ${seed} ...`);
    found.torch.push(await samplesOfPython(python, './peers/torch_finetune.py', job));
    say(`fine-tuning with Tagwright, seed ${seed} ...`);
    found.tagwright.push(await samplesOfChild('./measure-fine-tuning.ts', [JSON.stringify(job)]));
  }
  return qualityFigures(found);
}

/** What of the runs people want to know; ours has to be no more than torch's standard error below torch's mean. */
export function qualityFigures({
  tagwright,
  torch,
}: Readonly<Record<'tagwright' | 'torch', readonly Samples[]>>): readonly Figure[] {
  const figure = (quantity: Pick<Quantity, 'name' | 'atLeast'>, values: readonly number[]): Figure =>
    figureOf({ ...quantity, unit: 'F1', data: 'WNUT16, MiniLM-L6' }, values);
  const lastOf = (runs: readonly Samples[], split: string): number[] => runs.map((run) => run[split]!.at(-1)!);
  const [ours, theirs] = [estimate(lastOf(tagwright, 'test')), estimate(lastOf(torch, 'test'))];
  return [
    figure({ name: 'dev F1, torch' }, lastOf(torch, 'dev')),
    figure({ name: 'dev F1, tagwright' }, lastOf(tagwright, 'dev')),
    figure({ name: 'test F1, torch' }, lastOf(torch, 'test')),
    figure({ name: 'test F1, tagwright' }, lastOf(tagwright, 'test')),
    figure({ name: 'mean test F1, torch' }, [theirs.mean]),
    figure({ name: 'standard error of it, torch' }, [theirs.standardError]),
    figure({ name: 'mean test F1, tagwright', atLeast: theirs.mean - theirs.standardError }, [ours.mean]),
    figure({ name: 'standard error of it, tagwright' }, [ours.standardError]),
  ];
}
