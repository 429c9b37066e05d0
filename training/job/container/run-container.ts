import { copyFile, mkdir, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { MANIFEST_FILE } from '../../../shared/contracts/manifest.ts';
import { filesOf } from '../../../shared/jobs/copy-prefix.ts';
import { mlTree, type MlTree } from '../../../shared/jobs/ml-tree.ts';
import { hubSettings } from '../../models/hub/hub-settings.ts';
import { REPORT_FILES } from '../../report/write-report.ts';
import { startTraining } from '../start-training.ts';
import type { TrainingJob } from '../training-job.ts';
import { CURVES_FILE } from '../write-curves.ts';
import { findChannels } from './channels.ts';
import { createEpochMeter } from './epoch-meter.ts';
import { failureReason } from './failure-reason.ts';
import { readHyperparameters } from './hyperparameters.ts';
import { readInstance } from './instance.ts';
import { progressLine } from './progress-line.ts';

export interface ContainerOptions {
  /** `/opt/ml`, or what stands for it. */
  readonly root: string;
  /** Tagwright's version. */
  readonly version: string;
  readonly threads: number;
  /** Whether the machine is ours alone; see RunOptions. */
  readonly spinning: boolean;
  /** A clock that never goes back, in milliseconds. */
  readonly nowMs: () => number;
  /** A line for the job's log. */
  readonly print: (line: string) => void;
  /** Aborted when the platform wants the container to end. */
  readonly signal: AbortSignal;
}

/**
 * Trains what lies in a `/opt/ml` tree, by the contract of SageMaker's training containers (docs/training-container.md).
 * Training goes on from the checkpoints that are there; when it is told to end, it saves one and leaves no model.
 *
 * @returns the exit code: 0 for a model or an interruption, 1 for a failure, whose reason lies in `output/failure`
 */
export async function runContainer(options: ContainerOptions): Promise<number> {
  const tree = mlTree(options.root);
  // On the volume that has room, where the platform uploads nothing from; gone with the tree when we are killed.
  const scratch = join(tree.root, 'output', 'scratch');
  try {
    await mkdir(scratch, { recursive: true });
    const job = await containerJob(options, tree, join(scratch, 'model'));
    if (await trained(job, options)) await deliver(job, tree);
    else options.print('stopped: there is no model; a job with these checkpoints goes on from the last one');
    return 0;
  } catch (error) {
    const reason = failureReason(error);
    options.print(reason);
    // Last of all: the platform reads it, and nothing that is printed later.
    await mkdir(dirname(tree.failure), { recursive: true });
    await writeFile(tree.failure, reason);
    return 1;
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}

async function containerJob(
  { version, threads, spinning, print }: ContainerOptions,
  tree: MlTree,
  out: string,
): Promise<TrainingJob> {
  const { type, hasGpu } = await readInstance(tree.resourceConfig);
  const { encoder, frozen, ...corpus } = await findChannels(tree);
  const settings = await readHyperparameters(tree.hyperparameters, encoder === undefined ? 'words' : 'encoder');
  const { seed, repair, allowUnseenTypes, changes, device = hasGpu ? 'cuda' : 'cpu' } = settings;
  print(`tagwright ${version} on ${type ?? 'an unknown machine'}: device ${device}, seed ${seed}`);
  return {
    ...{ corpus, out, seed, repair, allowUnseenTypes, changes, device, threads, spinning, version, frozen },
    runFolder: tree.checkpoints,
    resume: true,
    ...(encoder === undefined
      ? {}
      : { encoder: { name: encoder, label: settings.encoder, hub: { ...hubSettings(), offline: true } } }),
  };
}

/** Trains. @returns whether there is a model now; not when it was interrupted */
async function trained(job: TrainingJob, { nowMs, print, signal }: ContainerOptions): Promise<boolean> {
  const meter = createEpochMeter(nowMs);
  let isExported = false;
  for await (const event of startTraining(job, signal)) {
    const lines = [meter.line(event), progressLine(event)];
    for (const line of lines) if (line !== undefined) print(line);
    if (event.type === 'exported') isExported = true;
  }
  return isExported;
}

/** The bundle as plain files, its manifest last, so that it is whole or none; report and curves beside. */
async function deliver(job: TrainingJob, tree: MlTree): Promise<void> {
  const files = (await filesOf(job.out)).filter((path) => path !== MANIFEST_FILE);
  for (const path of [...files, MANIFEST_FILE]) await copy(join(job.out, path), join(tree.model, path));
  for (const name of Object.values(REPORT_FILES)) await copy(join(job.out, name), join(tree.outputData, name));
  await copy(join(tree.checkpoints, CURVES_FILE), join(tree.outputData, CURVES_FILE));
}

async function copy(from: string, to: string): Promise<void> {
  await mkdir(dirname(to), { recursive: true });
  await copyFile(from, to);
}
