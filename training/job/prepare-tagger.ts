import { existsSync } from 'node:fs';
import { basename, resolve } from 'node:path';
import type { VectorTable } from '../../shared/features/vector-table.ts';
import { NerError } from '../../shared/ner-error.ts';
import { createLabelSet, type LabelSet } from '../../shared/labels/label-set.ts';
import type { Corpus } from '../data/corpus.ts';
import { losses } from '../losses/index.ts';
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
 * @throws {E_USAGE} vectors with an encoder, a loss that needs a teacher, or settings that do not fit each other
 */
export async function* prepareTagger(
  job: TrainingJob,
  settings: Settings,
  corpus: Corpus,
): AsyncGenerator<JobEvent, PreparedTagger> {
  const labels = createLabelSet(corpus.types);
  const { model } = settings;
  refuseTaught(settings);
  switch (model.kind) {
    case 'words':
      return yield* wordTagger(job, { ...settings, model }, { corpus, labels });
    case 'encoder':
      return yield* encoderTagger(job, { ...settings, model }, { corpus, labels });
  }
}

function refuseTaught({ loss }: Settings): void {
  if (!losses[loss.kind].taught) return;
  throw new NerError(
    'E_USAGE',
    `settings: loss.kind: there is no teacher to learn from, got ${loss.kind}; expected another loss. A student is trained by \`tagwright distill\`.`,
  );
}

type ModelOf<K extends Settings['model']['kind']> = Extract<Settings['model'], { readonly kind: K }>;

interface Labelled {
  readonly corpus: Corpus;
  readonly labels: LabelSet;
}

async function* vectorsOf(job: TrainingJob, { train, dev }: Corpus): AsyncGenerator<JobEvent, VectorTable | undefined> {
  if (job.vectors === undefined) return undefined;
  const vectors = await readVectorTable(job.vectors, [...train, ...dev]);
  yield { type: 'vectors', words: vectors.index.size, dim: vectors.dim };
  return vectors;
}

async function* wordTagger(
  job: TrainingJob,
  { model, loss }: Settings & { readonly model: ModelOf<'words'> },
  { corpus, labels }: Labelled,
): AsyncGenerator<JobEvent, PreparedTagger> {
  const vectors = yield* vectorsOf(job, corpus);
  return prepareWordTagger({ settings: model, crf: loss.kind === 'crf', train: corpus.train, vectors, labels });
}

async function* encoderTagger(
  job: TrainingJob,
  { model, loss }: Settings & { readonly model: ModelOf<'encoder'> },
  { corpus, labels }: Labelled,
): AsyncGenerator<JobEvent, PreparedTagger> {
  if (job.vectors !== undefined && model.words === null) {
    throw new NerError(
      'E_USAGE',
      'train: word vectors are a feature of words, got them with an encoder that looks at pieces alone; expected none. Leave --vectors out, or have features of words with --set model.words={}.',
    );
  }
  const dir = yield* locateEncoder(job.encoder!);
  const encoder = await readEncoderFolder(dir);
  const name = job.encoder!.label ?? encoderName(job.encoder!.name);
  const vectors = yield* vectorsOf(job, corpus);
  const prepared = prepareEncoderTagger({
    settings: model,
    crf: loss.kind === 'crf',
    encoder,
    name,
    isOnHub: !existsSync(job.encoder!.name),
    labels,
    train: corpus.train,
    vectors,
  });
  const { architecture, layers, width, vocabulary: rows } = encoder.config;
  const pieces = encoder.tokenizer.vocabSize;
  yield { type: 'encoder', name, architecture, layers, width, unexpected: prepared.unexpected, pieces, rows };
  return prepared;
}

/** A hub id as it is; of a folder its name, which says more than where it lies on this machine. */
function encoderName(name: string): string {
  return existsSync(name) ? basename(resolve(name)) : name;
}
