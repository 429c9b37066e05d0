import { join } from 'node:path';
import { createLabelSet, type LabelSet } from '../../shared/labels/label-set.ts';
import { NerError } from '../../shared/ner-error.ts';
import { createRng } from '../../shared/random.ts';
import type { Sentence } from '../../shared/corpus/conll.ts';
import type { Corpus } from '../data/corpus.ts';
import { labelCached } from '../distill/soft-label-cache.ts';
import { readStudentVectors } from '../distill/student-vectors.ts';
import { createTaughtExamples } from '../distill/taught-examples.ts';
import { openTeacher, type SoftLabels, type Teacher } from '../distill/teacher.ts';
import { readUnlabelled, type Unlabelled } from '../distill/unlabelled.ts';
import { losses } from '../losses/index.ts';
import { createMentionReplacer } from '../models/mention-replacement.ts';
import type { PreparedTagger } from '../train/prepared-tagger.ts';
import { corpusOf } from './job-corpus.ts';
import { withRunFolder, type RunFolder } from './run-folder.ts';
import { withSettings, type Settings } from './settings.ts';
import { studentSettings } from './student-settings.ts';
import { loweringOutside } from './lower-outside.ts';
import { trainAndExport } from './train-and-export.ts';
import type { DistillationJob, JobEvent } from './training-job.ts';
import { prepareWordTagger } from './word-tagger-kind.ts';

/**
 * Runs a distillation from tweets to bundle: the teacher labels the tweets, those with labels too, softly and once; a
 * word-level student learns from that and from the labels. What the teacher said is kept in `<out>.run/soft-labels`, so
 * that another student of the same teacher and tweets starts at once.
 *
 * @param signal aborting it ends training with a checkpoint; no bundle is written then
 * @throws {E_USAGE} settings of something else than a student, or a corpus with entity types that the teacher has not
 * @throws what `openTeacher`, `readUnlabelled`, `readCorpus` and `runTraining` throw
 */
export async function* runDistillation(job: DistillationJob, signal?: AbortSignal): AsyncGenerator<JobEvent, void> {
  yield* withRunFolder(job, (folder) => events(job, folder, signal));
}

async function* events(
  job: DistillationJob,
  folder: RunFolder,
  signal: AbortSignal | undefined,
): AsyncGenerator<JobEvent, void> {
  const settings = studentOf(withSettings(studentSettings, job.changes ?? []));
  const teacher = await openTeacher(job.teacher, job.threads);
  try {
    const { id, labels } = teacher.manifest;
    const types = labels.filter((label) => label.startsWith('B-')).map((label) => label.slice(2));
    yield { type: 'teacher', modelId: id, types };
    const corpus = job.corpus === undefined ? undefined : yield* corpusOf({ ...job, corpus: job.corpus });
    refuseOtherTypes(corpus, types);
    const held = [...(corpus?.dev ?? []), ...(corpus?.test ?? [])].map(({ words }) => words);
    const unlabelled = readUnlabelled(job.unlabelled, held);
    for (const { file, tweets, rejected } of unlabelled.files) yield { type: 'unlabelled', file, tweets, rejected };
    const lesson = corpus === undefined ? await fromTeacherAlone(teacher, unlabelled) : fromBoth(corpus, unlabelled);
    const { mentionReplacement } = settings.train;
    const train = [...lesson.train, ...variants(lesson.labelled, mentionReplacement, job.seed)];
    const soft = yield* labelled(teacher, train, join(folder.folder, 'soft-labels'));
    // Mentions have been replaced: what the teacher said is of these very words.
    const fixed = { ...settings, train: { ...settings.train, mentionReplacement: 0 } };
    const tagger = yield* student(job, fixed, { train, soft, labels: createLabelSet(types) });
    const recipe = {
      ...settings,
      vectors: job.vectors ?? null,
      vectorWords: job.vectorWords,
      encoder: null,
      teacher: id,
      unlabelled: unlabelled.files.map(({ sha256, tweets }) => ({ sha256, tweets })),
    };
    const { corpus: measured } = lesson;
    const finish = loweringOutside({ tagger, dev: measured.dev, threads: job.threads });
    yield* trainAndExport({ job, folder, settings: fixed, corpus: measured, train, tagger, recipe, signal, finish });
  } finally {
    await teacher.release();
  }
}

type StudentSettings = Settings & { readonly model: Extract<Settings['model'], { readonly kind: 'words' }> };

/** @throws {E_USAGE} settings of an encoder, or a loss that nobody teaches */
function studentOf(settings: Settings): StudentSettings {
  const { model, loss } = settings;
  if (model.kind === 'words' && losses[loss.kind].taught) return { ...settings, model };
  throw new NerError(
    'E_USAGE',
    `settings: no student, got model.kind ${model.kind} and loss.kind ${loss.kind}; expected words, and distillation or distillation-crf.`,
  );
}

/** @throws {E_USAGE} */
function refuseOtherTypes(corpus: Corpus | undefined, types: readonly string[]): void {
  const unknown = corpus?.types.filter((type) => !types.includes(type)) ?? [];
  if (unknown.length === 0) return;
  throw new NerError(
    'E_USAGE',
    `distill: the corpus has entity types that the teacher does not know, got ${unknown.join(', ')}; expected some of ${types.join(', ')}. Take the corpus that the teacher was trained on, or another teacher.`,
  );
}

/** What there is to learn from. */
interface Lesson {
  /** What is measured, and what the manifest says of the data. */
  readonly corpus: Corpus;
  /** Sentences with tags, then those without. */
  readonly train: readonly Sentence[];
  readonly labelled: readonly Sentence[];
}

function fromBoth(corpus: Corpus, unlabelled: Unlabelled): Lesson {
  return { corpus, train: [...corpus.train, ...unlabelled.sentences.map(withoutTags)], labelled: corpus.train };
}

/** Of tweets nobody has labelled, the part that the teacher's tags measure the student on, and at most so many. */
const HELD_OUT = 0.1;
const HELD_OUT_MOST = 1000;

async function fromTeacherAlone(teacher: Teacher, { sentences, files }: Unlabelled): Promise<Lesson> {
  const order = createRng(1, 'held-out dev').shuffle([...sentences.keys()]);
  const count = Math.min(HELD_OUT_MOST, Math.ceil(sentences.length * HELD_OUT));
  const held = new Set(order.slice(0, count));
  const dev = sentences.filter((_, i) => held.has(i));
  const tags = await teacher.tag(dev);
  const train = sentences.filter((_, i) => !held.has(i)).map(withoutTags);
  const corpus: Corpus = {
    train,
    dev: dev.map((words, i) => ({ words, tags: tags[i]!, file: files[0]!.file, line: i + 1 })),
    devFrom: 'held out',
    types: [],
    files: {},
    fingerprints: {},
    overlap: { trainDev: 0, trainTest: 0, devTest: 0 },
  };
  return { corpus, train, labelled: [] };
}

function withoutTags(words: readonly string[], index: number): Sentence {
  return { words, tags: [], file: 'unlabelled', line: index + 1 };
}

/** How often each labelled sentence comes again with other mentions. */
const VARIANTS = 4;

/** Labelled sentences with some of their entities replaced, for the teacher to label as well. */
function variants(sentences: readonly Sentence[], probability: number, seed: number): readonly Sentence[] {
  if (probability === 0) return [];
  const replace = createMentionReplacer(sentences, probability);
  const rng = createRng(seed, 'variants');
  return Array.from({ length: VARIANTS }, (_, round) =>
    sentences.flatMap((sentence) => {
      const variant = replace(sentence, rng.fork(`${round} ${sentence.line}`));
      return variant === sentence ? [] : [{ ...sentence, ...variant }];
    }),
  ).flat();
}

async function* labelled(
  teacher: Teacher,
  train: readonly Sentence[],
  folder: string,
): AsyncGenerator<JobEvent, readonly SoftLabels[]> {
  const labelling = labelCached({ teacher, sentences: train.map(({ words }) => words), folder });
  for (;;) {
    const next = await labelling.next();
    if (next.done === true) return next.value;
    yield { type: 'labelling', ...next.value };
  }
}

interface Taught {
  readonly train: readonly Sentence[];
  readonly soft: readonly SoftLabels[];
  readonly labels: LabelSet;
}

async function* student(
  job: DistillationJob,
  { model, loss }: StudentSettings,
  { train, soft, labels }: Taught,
): AsyncGenerator<JobEvent, PreparedTagger> {
  const sentences = train.map(({ words }) => words);
  const vectors =
    job.vectors === undefined
      ? undefined
      : await readStudentVectors(job.vectors, { sentences, words: job.vectorWords });
  if (vectors !== undefined) yield { type: 'vectors', words: vectors.index.size, dim: vectors.dim };
  const tagger = prepareWordTagger({
    settings: model,
    crf: losses[loss.kind].crf,
    train,
    vectors,
    labels,
    small: true,
  });
  return { ...tagger, examples: createTaughtExamples(tagger.encoder, labels, soft) };
}
