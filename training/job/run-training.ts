import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { refuseOtherContent } from '../../shared/model/write-bundle.ts';
import { NerError } from '../../shared/ner-error.ts';
import { requireDevice } from '../../shared/ort/device.ts';
import type { Corpus } from '../data/corpus.ts';
import { exportBundle } from '../export/export-bundle.ts';
import { refuseTooLarge } from '../export/serving-graph.ts';
import { createLoss } from '../losses/index.ts';
import { createCheckpointFolder, type CheckpointFolder, type FoundCheckpoint } from '../train/checkpoint-folder.ts';
import { runFingerprint } from '../train/checkpoint.ts';
import type { PreparedTagger } from '../train/prepared-tagger.ts';
import type { BestSoFar } from '../train/train-state.ts';
import { trainTagger } from '../train/train-tagger.ts';
import { jsonFile } from './config-file.ts';
import { createEventLog, type EventLog } from './event-log.ts';
import { corpusOf, countLabels } from './job-corpus.ts';
import { measureWindows } from './measure-windows.ts';
import { prepareTagger } from './prepare-tagger.ts';
import { defaultSettings, refuseOtherKind, withSettings, type SettingChange, type Settings } from './settings.ts';
import type { JobEvent, TrainingJob } from './training-job.ts';
import { writeCurves } from './write-curves.ts';

/** On CUDA the state crosses to the device and back once a run. */
const ON_CUDA: SettingChange = ['train.stepsPerRun', 16];

/**
 * Runs a training job from corpus to bundle: reads the files, trains, saves a checkpoint after each epoch and when it is
 * interrupted, and exports the parameters that are kept. What happens is yielded, appended to
 * `<out>.run/events.jsonl` and drawn in `curves.html` beside it.
 *
 * What is refused, is refused before anything of an earlier run in this place is touched.
 *
 * @param signal aborting it ends training with a checkpoint; no bundle is written then
 * @throws {E_DEVICE_UNAVAILABLE} the device is none that this machine has, before anything is read
 * @throws {E_GRAPH_TOO_LARGE} the model's graph would not fit into one file, before it is trained
 * @throws {E_FILE_UNWRITABLE} the folders cannot be written, or the disk is full; the last checkpoint is whole
 */
export async function* runTraining(job: TrainingJob, signal?: AbortSignal): AsyncGenerator<JobEvent, void> {
  await requireDevice(job.device ?? 'cpu');
  await refuseOtherContent(job.out);
  const folder = `${job.out}.run`;
  inFolder(folder, () => {
    mkdirSync(folder, { recursive: true });
  });
  const log = createEventLog(folder);
  for await (const event of events(job, { folder, log, signal })) {
    if (event.type !== 'fetching') log.add(event);
    // Only once there is something to go on from: a full disk must not cost the epoch.
    if (event.type === 'checkpoint') await writeCurves(folder, log.history());
    yield event;
  }
}

interface Run {
  readonly folder: string;
  readonly log: EventLog;
  readonly signal: AbortSignal | undefined;
}

async function* events(job: TrainingJob, { folder, log, signal }: Run): AsyncGenerator<JobEvent, void> {
  const kind = job.encoder === undefined ? 'words' : 'encoder';
  const changes = job.changes ?? [];
  const settings = withSettings(defaultSettings[kind], job.device === 'cuda' ? [ON_CUDA, ...changes] : changes);
  refuseOtherKind(settings, kind);
  const corpus = yield* corpusOf(job);
  const tagger = yield* prepareTagger(job, settings, corpus);
  refuseTooLarge(tagger.model.parameters);
  yield { type: 'windows', ...(await measureWindows(tagger.input, [...corpus.train, ...corpus.dev])) };

  const { vectors = null, encoder } = job;
  const recipe = { ...settings, vectors, encoder: encoder?.name ?? null, revision: encoder?.revision ?? null };
  const run = fingerprintOf(job, { recipe, corpus, tagger });
  const checkpoints = createCheckpointFolder({ folder, run, keepLast: settings.train.keepCheckpoints });
  const found = job.resume ? checkpoints.latest() : undefined;
  for (const { file, reason } of found?.damaged ?? []) yield { type: 'damaged', file, reason };
  if (found !== undefined) yield { type: 'resumed', epoch: found.state.epoch, step: found.state.step };

  const begin = (): void => {
    if (!job.resume) checkpoints.clear();
    log.begin({ resume: job.resume });
    inFolder(folder, () => {
      writeFileSync(join(folder, 'config.json'), jsonFile(settings));
    });
  };
  const kept = yield* trained(job, { settings, corpus, tagger, checkpoints, found, begin, signal });
  if (kept === undefined) return;
  yield { type: 'exporting' };
  const { manifest, reports } = await exportBundle({
    dir: job.out,
    tagger,
    parameters: kept.parameters,
    corpus,
    recipe: { ...recipe, bestEpoch: kept.epoch },
    history: log.history(),
    seed: job.seed,
    version: job.version,
    threads: job.threads,
  });
  yield { type: 'exported', modelId: manifest.id, dir: job.out, reports };
}

interface Identity {
  readonly recipe: unknown;
  readonly corpus: Corpus;
  readonly tagger: PreparedTagger;
}

function fingerprintOf(job: TrainingJob, { recipe, corpus, tagger }: Identity): string {
  // Shapes too: another version of the model is another run.
  const shapes = tagger.model.parameters.map(({ name, shape }) => [name, shape]);
  return runFingerprint([recipe, corpus.fingerprints, tagger.labels.labels, job.seed, shapes]);
}

interface Training {
  readonly settings: Settings;
  readonly corpus: Corpus;
  readonly tagger: PreparedTagger;
  readonly checkpoints: CheckpointFolder;
  readonly found: FoundCheckpoint | undefined;
  /** Makes the run's folder this run's own; called once nothing about the job can be refused any more. */
  readonly begin: () => void;
  readonly signal: AbortSignal | undefined;
}

/** The parameters to export; undefined when training was interrupted. */
async function* trained(
  job: TrainingJob,
  { settings, corpus, tagger, checkpoints, found, begin, signal }: Training,
): AsyncGenerator<JobEvent, BestSoFar | undefined> {
  const { train, dev } = corpus;
  const training = trainTagger({
    tagger,
    loss: createLoss(settings.loss, { labelCounts: countLabels(train, tagger.labels) }),
    train,
    dev,
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
      if (event.type === 'start') begin();
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

/** Whoever reads that training came to grief wants to know what is left of it. */
function namingCheckpoint(error: unknown, file: string | undefined): unknown {
  if (!(error instanceof NerError) || error.code !== 'E_TRAINING_DIVERGED') return error;
  const left = file === undefined ? 'There is no checkpoint yet.' : `The last good checkpoint is ${file}.`;
  return new NerError(error.code, `${error.message} ${left}`, { cause: error });
}

/** @throws {E_FILE_UNWRITABLE} when the work on the folder fails */
function inFolder(folder: string, work: () => void): void {
  try {
    work();
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new NerError('E_FILE_UNWRITABLE', `train: ${folder}: cannot be made or written: ${reason}.`, { cause });
  }
}
