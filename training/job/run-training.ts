import { appendFileSync, mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { createWordEncoder, type WordEncoder } from '../../shared/features/word-encoder.ts';
import type { VectorTable } from '../../shared/features/vector-table.ts';
import { createLabelSet } from '../../shared/labels/label-set.ts';
import { refuseOtherContent } from '../../shared/model/write-bundle.ts';
import { NerError } from '../../shared/ner-error.ts';
import { readCorpus, type Corpus } from '../data/corpus.ts';
import { exportBundle } from '../export/export-bundle.ts';
import { fitFeatures } from '../models/feature-plan.ts';
import { createWordTagger } from '../models/word-tagger.ts';
import { loadCheckpoint, runFingerprint, saveCheckpoint } from '../train/checkpoint.ts';
import { defaultModelSettings, defaultTrainSettings } from '../train/train-settings.ts';
import { trainTagger } from '../train/train-tagger.ts';
import { readVectorTable } from './pretrained-vectors.ts';
import type { JobEvent, TrainingJob } from './training-job.ts';

/**
 * Runs a training job from corpus to bundle: reads the files, trains, saves a checkpoint after each epoch, and exports
 * the parameters that were best on dev. What happens is yielded and, but for single steps, appended to
 * `<out>.run/events.jsonl`.
 */
export async function* runTraining(job: TrainingJob): AsyncGenerator<JobEvent, void> {
  await refuseOtherContent(job.out);
  const folder = `${job.out}.run`;
  const checkpoint = join(folder, 'checkpoint.safetensors');
  prepareFolder(folder, job.resume ? undefined : checkpoint);
  for await (const event of events(job, checkpoint)) {
    if (event.type !== 'step') appendFileSync(join(folder, 'events.jsonl'), `${JSON.stringify(event)}\n`);
    yield event;
  }
}

async function* events(job: TrainingJob, checkpoint: string): AsyncGenerator<JobEvent, void> {
  const corpus = readCorpus(job.corpus);
  yield {
    type: 'corpus',
    train: corpus.train.length,
    dev: corpus.dev.length,
    test: corpus.test?.length ?? 0,
    types: corpus.types,
    devFrom: corpus.devFrom,
    overlap: corpus.overlap,
  };
  const vectors =
    job.vectors === undefined ? undefined : await readVectorTable(job.vectors, [...corpus.train, ...corpus.dev]);
  if (vectors !== undefined) yield { type: 'vectors', words: vectors.index.size, dim: vectors.dim };

  const settings = { ...defaultTrainSettings, ...(job.epochs === undefined ? {} : { epochs: job.epochs }) };
  const labels = createLabelSet(corpus.types);
  const encoder = encoderFor(corpus, vectors);
  const model = createWordTagger(defaultModelSettings, encoder, labels.labels.length);
  const recipe = { ...defaultModelSettings, ...settings, vectors: job.vectors ?? null };
  // Shapes too: another version of the model is another run.
  const shapes = model.parameters.map(({ name, shape }) => [name, shape]);
  const run = runFingerprint([recipe, corpus.fingerprints, labels.labels, job.seed, vectors?.index.size ?? 0, shapes]);

  const from = job.resume ? loadCheckpoint(checkpoint, run) : undefined;
  if (from !== undefined) yield { type: 'resumed', epoch: from.epoch };
  let best = from?.best;
  const { train, dev } = corpus;
  const training = trainTagger({
    model,
    encoder,
    labels,
    train,
    dev,
    settings,
    seed: job.seed,
    threads: job.threads,
    from,
  });
  for await (const { state, ...event } of training) {
    yield event;
    if (state === undefined) continue;
    best = state.best;
    saveCheckpoint(checkpoint, state, run);
    yield { type: 'checkpoint', file: checkpoint, epoch: state.epoch };
  }
  yield { type: 'exporting' };
  const { manifest, reports } = await exportBundle({
    dir: job.out,
    model,
    encoder,
    vectors,
    labels,
    // A run has at least one epoch, and its end is the best so far or another is.
    parameters: best!.parameters,
    corpus,
    recipe: { ...recipe, bestEpoch: best!.epoch },
    seed: job.seed,
    version: job.version,
    threads: job.threads,
  });
  yield { type: 'exported', modelId: manifest.id, dir: job.out, reports };
}

function encoderFor(corpus: Corpus, vectors: VectorTable | undefined): WordEncoder {
  const words = corpus.train.map((sentence) => sentence.words);
  const settings = fitFeatures(words, defaultModelSettings, vectors?.dim ?? null);
  return createWordEncoder(settings, vectors);
}

/** Makes the run's folder; a run from the start leaves no checkpoint of another behind. */
function prepareFolder(folder: string, stale: string | undefined): void {
  try {
    mkdirSync(folder, { recursive: true });
    if (stale !== undefined) {
      rmSync(stale, { force: true });
      rmSync(join(folder, 'events.jsonl'), { force: true });
    }
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new NerError('E_FILE_UNWRITABLE', `train: ${folder}: cannot be made or written: ${reason}.`, { cause });
  }
}
