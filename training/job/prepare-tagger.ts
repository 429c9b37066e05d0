import { existsSync } from 'node:fs';
import { basename, resolve } from 'node:path';
import { createLabelSet, type LabelSet } from '../../shared/labels/label-set.ts';
import { NerError } from '../../shared/ner-error.ts';
import type { Corpus } from '../data/corpus.ts';
import { locateEncoder } from './locate-encoder.ts';
import { readEncoderFolder } from '../models/pretrained-encoder.ts';
import type { PreparedTagger } from '../train/prepared-tagger.ts';
import { prepareEncoderTagger } from './encoder-tagger-kind.ts';
import { readVectorTable } from './pretrained-vectors.ts';
import type { Settings } from './settings.ts';
import type { JobEvent, TrainingJob } from './training-job.ts';
import { prepareWordTagger } from './word-tagger-kind.ts';

/**
 * Makes the tagger that the settings describe for the corpus' labels; an encoder is fetched where it is not at hand.
 *
 * @throws {E_USAGE} vectors with an encoder, or settings that do not fit each other
 */
export async function* prepareTagger(
  job: TrainingJob,
  settings: Settings,
  corpus: Corpus,
): AsyncGenerator<JobEvent, PreparedTagger> {
  const labels = createLabelSet(corpus.types);
  const { model } = settings;
  switch (model.kind) {
    case 'words':
      return yield* wordTagger(job, { ...settings, model }, { corpus, labels });
    case 'encoder':
      return yield* encoderTagger(job, { ...settings, model }, labels);
  }
}

type ModelOf<K extends Settings['model']['kind']> = Extract<Settings['model'], { readonly kind: K }>;

async function* wordTagger(
  job: TrainingJob,
  { model, loss }: Settings & { readonly model: ModelOf<'words'> },
  { corpus, labels }: { readonly corpus: Corpus; readonly labels: LabelSet },
): AsyncGenerator<JobEvent, PreparedTagger> {
  const { train, dev } = corpus;
  const vectors = job.vectors === undefined ? undefined : await readVectorTable(job.vectors, [...train, ...dev]);
  if (vectors !== undefined) yield { type: 'vectors', words: vectors.index.size, dim: vectors.dim };
  return prepareWordTagger({ settings: model, crf: loss.kind === 'crf', train, vectors, labels });
}

async function* encoderTagger(
  job: TrainingJob,
  { model, loss }: Settings & { readonly model: ModelOf<'encoder'> },
  labels: LabelSet,
): AsyncGenerator<JobEvent, PreparedTagger> {
  if (job.vectors !== undefined) {
    throw new NerError(
      'E_USAGE',
      'train: word vectors are for word-level taggers, got both an encoder and vectors; expected one of them. Leave one out.',
    );
  }
  const dir = yield* locateEncoder(job.encoder!);
  const encoder = await readEncoderFolder(dir);
  const name = encoderName(job.encoder!.name);
  const prepared = prepareEncoderTagger({ settings: model, crf: loss.kind === 'crf', encoder, name, labels });
  const { architecture, layers, width } = encoder.config;
  yield { type: 'encoder', name, architecture, layers, width, unexpected: prepared.unexpected };
  return prepared;
}

/** A hub id as it is; of a folder its name, which says more than where it lies on this machine. */
function encoderName(name: string): string {
  return existsSync(name) ? basename(resolve(name)) : name;
}
