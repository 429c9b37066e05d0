import { appendFileSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { LabelSet } from '../../shared/labels/label-set.ts';
import { refuseOtherContent } from '../../shared/model/write-bundle.ts';
import { NerError } from '../../shared/ner-error.ts';
import { refuseUnseenTypes } from '../data/unseen-types.ts';
import { readCorpus, type Corpus } from '../data/corpus.ts';
import type { Sentence } from '../data/conll.ts';
import { exportBundle } from '../export/export-bundle.ts';
import { createLoss } from '../losses/index.ts';
import type { HistoryEvent } from '../report/report-input.ts';
import { createCheckpointFolder, type CheckpointFolder } from '../train/checkpoint-folder.ts';
import { runFingerprint } from '../train/checkpoint.ts';
import type { PreparedTagger } from '../train/prepared-tagger.ts';
import type { BestSoFar } from '../train/train-state.ts';
import { trainTagger } from '../train/train-tagger.ts';
import { jsonFile } from './config-file.ts';
import { measureWindows } from './measure-windows.ts';
import { prepareTagger } from './prepare-tagger.ts';
import { defaultSettings, refuseOtherKind, withSettings, type SettingChange, type Settings } from './settings.ts';
import type { JobEvent, TrainingJob } from './training-job.ts';

/** On CUDA the state crosses to the device and back once a run. */
const ON_CUDA: SettingChange = ['train.stepsPerRun', 16];

const EVENTS_FILE = 'events.jsonl';

/**
 * Runs a training job from corpus to bundle: reads the files, trains, saves a checkpoint after each epoch and when it is
 * interrupted, and exports the parameters that are kept. What happens is yielded and appended to
 * `<out>.run/events.jsonl`.
 *
 * @param signal aborting it ends training with a checkpoint; no bundle is written then
 */
export async function* runTraining(job: TrainingJob, signal?: AbortSignal): AsyncGenerator<JobEvent, void> {
  await refuseOtherContent(job.out);
  const folder = `${job.out}.run`;
  prepareFolder(folder);
  // What a run that is refused says is kept out of the files of the one that is there.
  let waiting: string[] | undefined = [];
  for await (const event of events(job, folder, signal)) {
    const line = event.type === 'fetching' ? '' : `${JSON.stringify(event)}\n`;
    if (event.type === 'start' && waiting !== undefined) {
      appendFileSync(join(folder, EVENTS_FILE), waiting.join(''));
      waiting = undefined;
    }
    if (waiting === undefined) appendFileSync(join(folder, EVENTS_FILE), line);
    else waiting.push(line);
    yield event;
  }
}

async function* events(job: TrainingJob, folder: string, signal?: AbortSignal): AsyncGenerator<JobEvent, void> {
  const kind = job.encoder === undefined ? 'words' : 'encoder';
  const changes = job.changes ?? [];
  const settings = withSettings(defaultSettings[kind], job.device === 'cuda' ? [ON_CUDA, ...changes] : changes);
  refuseOtherKind(settings, kind);
  const corpus = yield* corpusOf(job);
  const tagger = yield* prepareTagger(job, settings, corpus);
  yield { type: 'windows', ...(await measureWindows(tagger.input, [...corpus.train, ...corpus.dev])) };

  const recipe = { ...settings, vectors: job.vectors ?? null, encoder: job.encoder?.name ?? null };
  const run = fingerprintOf(job, { recipe, corpus, tagger });
  const checkpoints = createCheckpointFolder({ folder, run, keepLast: settings.train.keepCheckpoints });
  if (!job.resume) clearRun(folder, checkpoints);
  const found = job.resume ? checkpoints.latest() : undefined;
  writeFileSync(join(folder, 'config.json'), jsonFile(settings));
  for (const { file, reason } of found?.damaged ?? []) yield { type: 'damaged', file, reason };
  if (found !== undefined) yield { type: 'resumed', epoch: found.state.epoch, step: found.state.step };

  const kept = yield* trained(job, { settings, corpus, tagger, checkpoints, from: found?.state, signal });
  if (kept === undefined) return;
  yield { type: 'exporting' };
  const { manifest, reports } = await exportBundle({
    dir: job.out,
    tagger,
    parameters: kept.parameters,
    corpus,
    recipe: { ...recipe, bestEpoch: kept.epoch },
    history: readHistory(folder),
    seed: job.seed,
    version: job.version,
    threads: job.threads,
  });
  yield { type: 'exported', modelId: manifest.id, dir: job.out, reports };
}

type CorpusEvent = Extract<JobEvent, { readonly type: 'corpus' | 'repaired' }>;

/** Reads the job's corpus and says what is in it. */
export async function* corpusOf(job: TrainingJob): AsyncGenerator<CorpusEvent, Corpus> {
  const repairs: string[] = [];
  const { repair = false } = job;
  const corpus = readCorpus(job.corpus, { repair, onRepair: (message) => repairs.push(message) });
  for (const message of repairs) yield { type: 'repaired', message };
  if (job.allowUnseenTypes !== true) refuseUnseenTypes(corpus);
  yield {
    type: 'corpus',
    train: corpus.train.length,
    dev: corpus.dev.length,
    test: corpus.test?.length ?? 0,
    types: corpus.types,
    devFrom: corpus.devFrom,
    overlap: corpus.overlap,
  };
  return corpus;
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
  readonly from: Parameters<typeof trainTagger>[0]['from'];
  readonly signal: AbortSignal | undefined;
}

/** The parameters to export; undefined when training was interrupted. */
async function* trained(
  job: TrainingJob,
  { settings, corpus, tagger, checkpoints, from, signal }: Training,
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
    from,
    signal,
  });
  let kept: BestSoFar | undefined;
  for await (const { state, ...event } of training) {
    yield event;
    if (event.type === 'end') kept = state!.best;
    else if (state !== undefined) {
      const file = checkpoints.save(state, { best: event.type === 'epoch' && event.best });
      yield { type: 'checkpoint', file, epoch: state.epoch, step: state.step };
    }
  }
  return kept;
}

/** How often each label occurs, by its number. */
export function countLabels(sentences: readonly Sentence[], labels: LabelSet): number[] {
  const counts = labels.labels.map(() => 0);
  for (const { tags } of sentences) for (const tag of tags) counts[labels.indexOf(tag)]!++;
  return counts;
}

/** Steps and epochs as the run's events tell them; what a resumed run did again counts once, as it was done last. */
function readHistory(folder: string): readonly HistoryEvent[] {
  const steps = new Map<number, HistoryEvent>();
  const epochs = new Map<number, HistoryEvent>();
  for (const line of readFileSync(join(folder, EVENTS_FILE), 'utf8').split('\n')) {
    const event = parseEvent(line);
    if (event?.type === 'step') steps.set(event.step, event);
    else if (event?.type === 'epoch') epochs.set(event.epoch, event);
  }
  return [...steps.values(), ...epochs.values()].sort((a, b) => a.step - b.step);
}

/** What a killed process wrote last need not be a whole line. */
function parseEvent(line: string): JobEvent | undefined {
  try {
    return JSON.parse(line) as JobEvent;
  } catch {
    return undefined;
  }
}

/** A run from the start leaves nothing of another behind, once it is known that it can start. */
function clearRun(folder: string, checkpoints: CheckpointFolder): void {
  checkpoints.clear();
  rmSync(join(folder, EVENTS_FILE), { force: true });
}

function prepareFolder(folder: string): void {
  try {
    mkdirSync(folder, { recursive: true });
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new NerError('E_FILE_UNWRITABLE', `train: ${folder}: cannot be made or written: ${reason}.`, { cause });
  }
}
