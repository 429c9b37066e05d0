import { figureOf, type Figure, type Quantity, type Samples } from './figure.ts';
import { RECIPE, type FineTuningJob } from './fine-tuning-job.ts';
import { samplesOfChild, samplesOfPython } from './in-child.ts';
import { pairedRounds, roundRatios, valuesOf } from './paired-rounds.ts';
import type { FineTuningPeers } from './peers.ts';

const ROUNDS = 2;

/** The second epoch counts: in the first the program is still being built, memory still being asked for. */
const EPOCHS = 2;

/** How many times as fast as torch's plain loop ours is promised to be. */
const FASTER = 2.2;

/** Epochs of fine-tuning, ours and those of a torch loop with batches in random order or of like length. */
export async function measureEpochs({
  python,
  threads,
  say,
  encoder,
  corpus,
}: FineTuningPeers): Promise<readonly Figure[]> {
  say(`epochs of fine-tuning, ${ROUNDS} rounds ...`);
  const job = { ...RECIPE, encoder, corpus, threads, epochs: EPOCHS, seed: 0, evaluate: false };
  const run = (order: FineTuningJob['order']) => () =>
    samplesOfPython(python, './peers/torch_finetune.py', { ...job, order } satisfies FineTuningJob);
  const ours = { ...job, order: 'grouped' } satisfies FineTuningJob;
  const rounds = await pairedRounds(ROUNDS, {
    tagwright: () => samplesOfChild('./measure-fine-tuning.ts', [JSON.stringify(ours)]),
    plain: run('random'),
    grouped: run('grouped'),
  });
  return epochFigures(rounds);
}

/** What of the rounds people want to know. */
export function epochFigures(
  rounds: Readonly<Record<'tagwright' | 'plain' | 'grouped', readonly Samples[]>>,
): readonly Figure[] {
  const last = (samples: readonly Samples[]): readonly Samples[] =>
    samples.map(({ epoch, ...rest }) => ({ ...rest, epoch: epoch!.slice(-1) }));
  const [ours, plain, grouped] = [last(rounds.tagwright), last(rounds.plain), last(rounds.grouped)];
  const figure = (quantity: Omit<Quantity, 'data'>, values: readonly number[]): Figure =>
    figureOf({ ...quantity, data: 'WNUT16, MiniLM-L6' }, values);
  return [
    figure({ name: 'epoch, tagwright', unit: 'tweets/s' }, valuesOf(ours, 'epoch')),
    figure({ name: 'epoch, torch, plain loop', unit: 'tweets/s' }, valuesOf(plain, 'epoch')),
    figure({ name: 'epoch, torch, grouped by length', unit: 'tweets/s' }, valuesOf(grouped, 'epoch')),
    figure(
      { name: 'epoch, tagwright / torch, plain loop', unit: 'x', atLeast: FASTER },
      roundRatios(ours, plain, 'epoch'),
    ),
    figure({ name: 'epoch, tagwright / torch, grouped', unit: 'x', atLeast: 1 }, roundRatios(ours, grouped, 'epoch')),
    figure({ name: 'peak memory of fine-tuning, tagwright', unit: 'MiB' }, valuesOf(ours, 'memory')),
    figure({ name: 'peak memory of fine-tuning, torch', unit: 'MiB' }, valuesOf(plain, 'memory')),
  ];
}
