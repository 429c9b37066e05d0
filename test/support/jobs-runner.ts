import { onTestFinished } from 'vitest';
import type { BusEvent } from '../../shared/contracts/events.ts';
import { FINGERPRINT_HYPERPARAMETER, TERMINAL_JOB_STATUSES } from '../../shared/contracts/training-job.ts';
import type { EventBus } from '../../shared/events/event-bus.ts';
import { ChildProcessJobs, type ChildProcessJobsOptions } from '../../shared/jobs/child-process-jobs.ts';
import type { JobSpec } from '../../shared/jobs/training-jobs.ts';
import type { FolderObjectStore } from '../../shared/store/folder-object-store.ts';
import { openStore } from './open-store.ts';
import { tinyChannels, tinyHyperparameters } from './small-ml-tree.ts';
import { tempFolder } from './temp-folder.ts';
import { until } from './until.ts';

/** A bus that keeps what it was told. */
export interface RecordingBus extends EventBus {
  readonly events: readonly BusEvent[];
}

export function recordingBus(): RecordingBus {
  const events: BusEvent[] = [];
  return {
    events,
    publish: async (published) => {
      events.push(...published);
    },
  };
}

/** What the bus was told of a job, as `status/stage`, in order. */
export function changesOf({ events }: RecordingBus, name: string): readonly string[] {
  return events.flatMap(({ detail }) =>
    'TrainingJobName' in detail && detail.TrainingJobName === name
      ? [`${detail.TrainingJobStatus}/${detail.SecondaryStatus ?? ''}`]
      : [],
  );
}

const ENDS: ReadonlySet<string> = TERMINAL_JOB_STATUSES;

const DATASET = 'datasets/tiny/0123456789abcdef/';

/** A job on the tiny corpus, of so many epochs. */
export function tinySpec(
  name: string,
  { epochs = 2, ...changes }: Partial<JobSpec> & { epochs?: number } = {},
): JobSpec {
  return {
    name,
    hyperparameters: { ...tinyHyperparameters, epochs: String(epochs), [FINGERPRINT_HYPERPARAMETER]: 'f' },
    channels: { train: `${DATASET}train`, dev: `${DATASET}dev` },
    outputPrefix: 'jobs/',
    checkpointPrefix: `jobs/${name}/checkpoints/`,
    maxRuntimeSeconds: 600,
    ...changes,
  };
}

export interface JobsRunner {
  readonly root: string;
  readonly store: FolderObjectStore;
  readonly bus: RecordingBus;
  readonly jobs: ChildProcessJobs;
  /** What failed in running them. */
  readonly errors: readonly unknown[];
  /** Resolves once the job has ended and the bus knows; of a bus that the test brings, once it has ended. */
  readonly ended: (name: string) => Promise<void>;
  /** Ends `run` as a host does that is stopped; resolves when it has ended. */
  readonly stopRunning: () => Promise<void>;
}

/** Jobs that are run, over a store with the tiny corpus; all of it is gone after the test. */
export async function runJobs(
  options: Partial<ChildProcessJobsOptions> = {},
  { store }: { readonly store: FolderObjectStore } = openStore(),
): Promise<JobsRunner> {
  const { root = tempFolder() } = options;
  for (const [split, text] of Object.entries(tinyChannels)) {
    await store.put(`${DATASET}${split}.conll`, Buffer.from(text));
  }
  const bus = recordingBus();
  const errors: unknown[] = [];
  const jobs = new ChildProcessJobs({
    ...{ root, store, bus, clock: () => new Date(), graceSeconds: 20, onError: (error) => errors.push(error) },
    ...options,
  });
  const stop = new AbortController();
  const running = jobs.run(stop.signal);
  const stopRunning = async (): Promise<void> => {
    stop.abort();
    await running;
  };
  onTestFinished(async () => {
    await stopRunning();
    jobs.close();
  });
  const isTold = (name: string): boolean =>
    options.bus !== undefined || changesOf(bus, name).some((change) => ENDS.has(change.split('/')[0]!));
  const ended = (name: string): Promise<void> =>
    until(async () => ENDS.has((await jobs.describe(name))!.status) && isTold(name));
  return { root, store, bus, jobs, errors, ended, stopRunning };
}
