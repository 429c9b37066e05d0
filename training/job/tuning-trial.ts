import { createLoss } from '../losses/index.ts';
import { loadCheckpoint, runFingerprint, saveCheckpoint } from '../train/checkpoint.ts';
import { trainTagger } from '../train/train-tagger.ts';
import type { RoundRequest, RunTrial, TrialEvent } from '../tune/trial.ts';
import type { Corpus } from '../data/corpus.ts';
import { prepareTagger } from './prepare-tagger.ts';
import { countLabels } from './job-corpus.ts';
import { withSettings, type Settings } from './settings.ts';
import type { TuningJob } from './tuning-job.ts';

/** What a trial may see of a corpus. A search that saw test would choose by it. */
export type TuningCorpus = Omit<Corpus, 'test'> & { readonly test?: never };

/** A corpus of which nothing tells what is in test. */
export function putTestAside(corpus: Corpus): TuningCorpus {
  const { train, dev, devFrom, types, overlap } = corpus;
  const { files, fingerprints } = corpus;
  return {
    ...{ train, dev, devFrom, types },
    files: trainAndDev(files),
    fingerprints: trainAndDev(fingerprints),
    overlap: { trainDev: overlap.trainDev, trainTest: 0, devTest: 0 },
  };
}

function trainAndDev<T>({ train, dev }: { readonly train?: T; readonly dev?: T }): {
  readonly train?: T;
  readonly dev?: T;
} {
  return { ...(train === undefined ? {} : { train }), ...(dev === undefined ? {} : { dev }) };
}

export interface TrialSource {
  readonly job: TuningJob;
  /** Settings that all trials have in common. */
  readonly base: Settings;
  readonly corpus: TuningCorpus;
}

/** Settings of a trial: the common ones with its values, and a learning rate planned for all epochs. */
export function trialSettings(base: Settings, { trial, plannedEpochs }: TrialPlan): Settings {
  return withSettings(base, [...Object.entries(trial.values), ['train.epochs', plannedEpochs]]);
}

type TrialPlan = Pick<RoundRequest, 'trial' | 'plannedEpochs'>;

/** Trains trials as `tagwright train` would, with the seed of the search: a promoted one goes on to the last bit. */
export function createTrialRunner(source: TrialSource): RunTrial {
  return (request) => runRound(source, request);
}

async function* runRound({ job, base, corpus }: TrialSource, request: RoundRequest): AsyncGenerator<TrialEvent> {
  const settings = trialSettings(base, request);
  const tagger = await last(prepareTagger(job, settings, corpus));
  const run = runFingerprint([settings, corpus.fingerprints, job.seed]);
  const from = request.from === undefined ? undefined : loadCheckpoint(request.from, run);
  const training = trainTagger({
    tagger,
    loss: createLoss(settings.loss, { labelCounts: countLabels(corpus.train, tagger.labels) }),
    train: corpus.train,
    dev: corpus.dev,
    settings: settings.train,
    seed: job.seed,
    threads: job.threads,
    from,
  });
  let totalSteps = 0;
  for await (const event of training) {
    if (event.type === 'start') ({ totalSteps } = event);
    if (event.type === 'step') yield { type: 'step', step: event.step, totalSteps, epoch: event.epoch };
    if (event.type === 'epoch') {
      yield { type: 'epoch', epoch: event.epoch, score: event.dev.f1, loss: event.loss };
    }
    // `end` comes before the round's last epoch where early stopping ends it.
    const over = event.type === 'end' || (event.type === 'epoch' && event.epoch === request.toEpoch);
    if (!over) continue;
    if (request.to !== undefined) saveCheckpoint(request.to, event.state!, run);
    return;
  }
}

/** What a generator returns; what it says on the way is not for a search. */
async function last<T>(generator: AsyncGenerator<unknown, T>): Promise<T> {
  for (;;) {
    const step = await generator.next();
    if (step.done === true) return step.value;
  }
}
