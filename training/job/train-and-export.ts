import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { NerError } from '../../shared/ner-error.ts';
import type { Sentence } from '../../shared/corpus/conll.ts';
import type { Corpus } from '../data/corpus.ts';
import { exportBundle } from '../export/export-bundle.ts';
import { createLoss, losses } from '../losses/index.ts';
import { createCheckpointFolder, type CheckpointFolder, type FoundCheckpoint } from '../train/checkpoint-folder.ts';
import { runFingerprint } from '../train/checkpoint.ts';
import type { PreparedTagger } from '../train/prepared-tagger.ts';
import type { BestSoFar } from '../train/train-state.ts';
import { trainTagger } from '../train/train-tagger.ts';
import { jsonFile } from './config-file.ts';
import { countLabels } from './job-corpus.ts';
import { inFolder, type RunFolder } from './run-folder.ts';
import type { Settings } from './settings.ts';
import type { RecipeRun } from './recipe-corpus.ts';
import type { JobEvent, RunOptions, TrainingJob } from './training-job.ts';

/** A run of which all is known but the weights. */
export interface PreparedRun {
  readonly job: RunOptions;
  readonly folder: RunFolder;
  readonly settings: Settings;
  readonly corpus: Corpus;
  /** What is trained on: the corpus' own sentences, or more. */
  readonly train: readonly Sentence[];
  readonly tagger: PreparedTagger;
  /** Settings and whatever else made the model, for the manifest; checkpoints are of one recipe. */
  readonly recipe: Readonly<Record<string, unknown>>;
  readonly signal: AbortSignal | undefined;
  /** What a recipe adds to the report. */
  readonly appendices?: RecipeRun<TrainingJob>['appendices'];
  /** What is done to the parameters that are kept before they are exported, and what the manifest's recipe says of it. */
  readonly finish?: ((parameters: Float32Array) => AsyncGenerator<JobEvent, Finished>) | undefined;
}

export interface Finished {
  readonly parameters: Float32Array;
  readonly recipe: Readonly<Record<string, unknown>>;
}

/**
 * Trains, saves a checkpoint after each epoch and when it is interrupted, and exports the parameters that are kept. What
 * is refused, is refused before anything of an earlier run in this place is touched.
 */
export async function* trainAndExport(run: PreparedRun): AsyncGenerator<JobEvent, void> {
  const { job, folder, settings, corpus, tagger, recipe } = run;
  const checkpoints = createCheckpointFolder({
    folder: folder.folder,
    run: fingerprintOf(run),
    keepLast: settings.train.keepCheckpoints,
  });
  const found = job.resume ? checkpoints.latest() : undefined;
  for (const { file, reason } of found?.damaged ?? []) yield { type: 'damaged', file, reason };
  if (found !== undefined) yield { type: 'resumed', epoch: found.state.epoch, step: found.state.step };
  const kept = yield* trained(run, checkpoints, found);
  if (kept === undefined) return;
  const { parameters } = kept;
  const finished = run.finish === undefined ? { parameters, recipe: {} } : yield* run.finish(parameters);
  yield { type: 'exporting' };
  const { manifest, reports } = await exportBundle({
    dir: job.out,
    tagger,
    parameters: finished.parameters,
    corpus,
    recipe: { ...recipe, ...finished.recipe, bestEpoch: kept.epoch },
    history: folder.log.history(),
    seed: job.seed,
    version: job.version,
    threads: job.threads,
    publication: job.publication,
    appendices: async (splits) => (await run.appendices?.(splits, tagger)) ?? [],
  });
  yield { type: 'exported', modelId: manifest.id, dir: job.out, reports };
}

function fingerprintOf({ job, recipe, corpus, tagger }: PreparedRun): string {
  // Shapes too: another version of the model is another run.
  const shapes = tagger.model.parameters.map(({ name, shape }) => [name, shape]);
  return runFingerprint([recipe, corpus.fingerprints, tagger.labels.labels, job.seed, shapes]);
}

/** The parameters to export; undefined when training was interrupted. */
async function* trained(
  run: PreparedRun,
  checkpoints: CheckpointFolder,
  found: FoundCheckpoint | undefined,
): AsyncGenerator<JobEvent, BestSoFar | undefined> {
  const { job, settings, corpus, train, tagger, signal } = run;
  const training = trainTagger({
    tagger,
    loss: createLoss(settings.loss, { labelCounts: countLabels(train, tagger.labels) }),
    taught: losses[settings.loss.kind].taught,
    train,
    dev: corpus.dev,
    settings: settings.train,
    seed: job.seed,
    threads: job.threads,
    device: job.device,
    spinning: job.spinning,
    from: found?.state,
    signal,
  });
  let lastSaved = found?.file;
  let kept: BestSoFar | undefined;
  try {
    for await (const { state, ...event } of training) {
      if (event.type === 'start') begin(run, checkpoints);
      yield event;
      if (event.type === 'end') kept = state!.best;
      else if (state !== undefined) {
        lastSaved = checkpoints.save(state, { best: event.type === 'epoch' && event.best });
        yield { type: 'checkpoint', file: lastSaved, epoch: state.epoch, step: state.step };
      }
    }
  } catch (error) {
    throw namingCheckpoint(error, lastSaved);
  }
  return kept;
}

/** Makes the run's folder this run's own, once nothing about the job can be refused any more. */
function begin({ job, folder, settings }: PreparedRun, checkpoints: CheckpointFolder): void {
  if (!job.resume) checkpoints.clear();
  folder.log.begin({ resume: job.resume });
  inFolder(folder.folder, () => {
    writeFileSync(join(folder.folder, 'config.json'), jsonFile(settings));
  });
}

/** Whoever reads that training came to grief wants to know what is left of it. */
function namingCheckpoint(error: unknown, file: string | undefined): unknown {
  if (!(error instanceof NerError) || error.code !== 'E_TRAINING_DIVERGED') return error;
  const left = file === undefined ? 'There is no checkpoint yet.' : `The last good checkpoint is ${file}.`;
  return new NerError(error.code, `${error.message} ${left}`, { cause: error });
}
