import type { LabelSet } from '../../shared/labels/label-set.ts';
import type { Sentence } from '../../shared/corpus/conll.ts';
import { readCorpus, type Corpus } from '../data/corpus.ts';
import { refuseUnseenTypes } from '../data/unseen-types.ts';
import type { JobEvent, TrainingJob } from './training-job.ts';

type CorpusEvent = Extract<JobEvent, { readonly type: 'corpus' | 'repaired' }>;

/** Reads the job's corpus and says what is in it. */
export async function* corpusOf(
  job: Pick<TrainingJob, 'corpus' | 'repair' | 'allowUnseenTypes' | 'frozen'>,
): AsyncGenerator<CorpusEvent, Corpus> {
  const repairs: string[] = [];
  const { repair = false, frozen } = job;
  const corpus = readCorpus(job.corpus, { repair, frozen, onRepair: (message) => repairs.push(message) });
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
    fingerprints: corpus.fingerprints,
    ...(corpus.frozen === undefined ? {} : { leftOut: corpus.frozen.leftOut }),
  };
  return corpus;
}

/** How often each label occurs, by its number. */
export function countLabels(sentences: readonly Sentence[], labels: LabelSet): number[] {
  const counts = labels.labels.map(() => 0);
  for (const { tags } of sentences) for (const tag of tags) counts[labels.indexOf(tag)]!++;
  return counts;
}
