import { copyFile, mkdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { ML_ROOT_VARIABLE, type JobStage } from '../contracts/training-job.ts';
import type { ObjectStore } from '../store/object-store.ts';
import { deletePrefix, downloadPrefix, filesOf, uploadFolder } from './copy-prefix.ts';
import type { JobLog } from './job-log.ts';
import { makeMlTree, mlTree, readFailure, type MlTree } from './ml-tree.ts';
import { scrapeMetrics } from './scrape-metrics.ts';
import { startTrainer, type TrainerExit } from './trainer-process.ts';
import type { JobMetric, JobSpec } from './training-jobs.ts';

/** Why an attempt is to end early: asked for, over its time, or taken away as a spot instance is. */
export type EndReason = 'stop' | 'max-runtime' | 'interrupt';

export type AttemptEnding =
  | { readonly kind: 'completed' }
  | { readonly kind: 'failed'; readonly reason: string }
  | { readonly kind: 'ended'; readonly because: EndReason }
  /** The process is gone, and nobody told it to go. */
  | { readonly kind: 'lost'; readonly reason: string };

export interface AttemptOptions {
  readonly spec: JobSpec;
  /** From 1. */
  readonly attempt: number;
  /** The job's folder: each attempt has a tree of its own in it. */
  readonly folder: string;
  readonly store: ObjectStore;
  readonly command: readonly string[];
  readonly graceMs: number;
  readonly log: JobLog;
  readonly onStage: (stage: JobStage) => void;
  readonly onMetrics: (values: readonly Omit<JobMetric, 'at'>[]) => void;
  /** Aborted with an EndReason. */
  readonly signal: AbortSignal;
}

/** One run of a trainer over a tree, from its channels in the store to what it leaves there. */
export async function runAttempt(options: AttemptOptions): Promise<AttemptEnding> {
  const { spec, store, signal, onStage } = options;
  const tree = mlTree(treeFolder(options.folder, options.attempt));
  onStage('Downloading');
  await makeMlTree(tree, spec);
  for (const [channel, prefix] of Object.entries(spec.channels)) {
    const objects = await downloadPrefix(store, prefix, join(tree.data, channel));
    if (objects === 0) return { kind: 'failed', reason: `channel ${channel}: there is nothing under ${prefix}.` };
  }
  await restoreCheckpoints(options, tree);
  if (signal.aborted) return { kind: 'ended', because: signal.reason as EndReason };
  onStage('Training');
  const ending = await endingOf(await train(options, tree), tree, signal);
  if (ending.kind === 'completed') {
    onStage('Uploading');
    await uploadFolder(store, tree.model, `${outputOf(spec)}model/`);
  }
  await uploadFolder(store, tree.outputData, `${outputOf(spec)}data/`);
  // Nothing goes on from a model that is there, and a checkpoint is three times as large.
  if (ending.kind === 'completed') await deletePrefix(store, checkpointsOf(spec));
  else await uploadFolder(store, tree.checkpoints, checkpointsOf(spec));
  return ending;
}

function outputOf({ outputPrefix, name }: JobSpec): string {
  return `${outputPrefix}${name}/output/`;
}

function checkpointsOf({ checkpointPrefix }: JobSpec): string {
  return checkpointPrefix;
}

function treeFolder(folder: string, attempt: number): string {
  return join(folder, `ml-${attempt}`);
}

/**
 * Those of the attempt before, or of the store where its tree is gone. They are copied: should its process still be there,
 * because our own was killed a moment ago, it ends in a tree that nobody looks at any more.
 */
async function restoreCheckpoints({ folder, attempt, store, spec }: AttemptOptions, tree: MlTree): Promise<void> {
  for (let before = attempt - 1; before > 0; before--) {
    const { checkpoints } = mlTree(treeFolder(folder, before));
    const files = (await filesOf(checkpoints)).filter((path) => !path.endsWith('.partial'));
    for (const path of files) {
      const to = join(tree.checkpoints, path);
      await mkdir(dirname(to), { recursive: true });
      await copyFile(join(checkpoints, path), to);
    }
    if (files.length > 0) return;
  }
  await downloadPrefix(store, checkpointsOf(spec), tree.checkpoints);
}

async function train(options: AttemptOptions, tree: MlTree): Promise<TrainerExit> {
  const { spec, command, graceMs, log, onMetrics, signal } = options;
  const trainer = startTrainer({
    command,
    env: { TRAINING_JOB_NAME: spec.name, [ML_ROOT_VARIABLE]: tree.root },
    onLine: (line) => {
      log.add(line);
      const metrics = scrapeMetrics(line);
      if (metrics.length > 0) onMetrics(metrics);
    },
  });
  log.add(`attempt ${options.attempt}: process ${trainer.pid ?? 'none'}`);
  const stop = (): void => {
    trainer.stop(graceMs);
  };
  signal.addEventListener('abort', stop, { once: true });
  if (signal.aborted) stop();
  const exit = await trainer.ended;
  signal.removeEventListener('abort', stop);
  await log.flush();
  return exit;
}

async function endingOf(exit: TrainerExit, tree: MlTree, signal: AbortSignal): Promise<AttemptEnding> {
  if (exit.kind === 'unstarted') return { kind: 'failed', reason: `the trainer cannot be started: ${exit.reason}.` };
  // Whoever is told to go may go in any way.
  if (signal.aborted) return { kind: 'ended', because: signal.reason as EndReason };
  if (exit.kind === 'killed') return { kind: 'lost', reason: `${exit.signal} ended it` };
  if (exit.code !== 0) {
    const reason = (await readFailure(tree)) ?? `the trainer ended with ${exit.code} and gave no reason.`;
    return { kind: 'failed', reason };
  }
  // It stopped as it was told, but not by us: the machine is going down, say.
  const hasModel = (await filesOf(tree.model)).length > 0;
  return hasModel ? { kind: 'completed' } : { kind: 'lost', reason: 'it stopped before there was a model' };
}
