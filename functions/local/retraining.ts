import { join } from 'node:path';
import type { JobSummary, RetrainingStatus } from '../../shared/contracts/api.ts';
import { type Approval, DEFAULT_GATE } from '../../shared/contracts/promotion.ts';
import type { Hyperparameters } from '../../shared/contracts/training-job.ts';
import { createEventDispatcher, subscriber } from '../../shared/events/event-dispatcher.ts';
import { LOCAL_BUCKET } from '../../shared/events/object-created.ts';
import { SqliteEventBus } from '../../shared/events/sqlite-event-bus.ts';
import { ChildProcessJobs } from '../../shared/jobs/child-process-jobs.ts';
import type { Registry } from '../../shared/registry/registry.ts';
import type { ObjectStore } from '../../shared/store/object-store.ts';
import { jobSummaries } from '../api/job-summaries.ts';
import { createDecisions } from '../promote/decisions.ts';
import { createPromoteHandler, type PromoteOptions } from '../promote/handler.ts';
import { createRetrainHandler } from '../retrain/handler.ts';
import type { RetrainSettings } from '../retrain/job-spec.ts';
import type { Alarms } from './alarms.ts';
import { messageOf } from './message-of.ts';
import { retrainingLine } from './retraining-lines.ts';
import { createRetrainingView } from './retraining-view.ts';
import { createDatasetSweep } from './sweep-datasets.ts';

/** How an embedded host retrains. */
export interface RetrainingSettings {
  /** Of the trainer: another one trains anew on what is uploaded again. */
  readonly version: string;
  readonly approval: Approval;
  readonly hyperparameters?: Hyperparameters;
  /** A job is stopped after so long; by default a day. */
  readonly maxRuntimeSeconds?: number;
}

export interface RetrainingOptions {
  readonly stateDir: string;
  readonly store: ObjectStore;
  readonly registry: Registry;
  readonly clock: () => Date;
  readonly log: (line: string) => void;
  readonly alarms: Alarms;
  readonly load: PromoteOptions['load'];
  /** Between telling a trainer to go and killing it. */
  readonly graceSeconds: number;
  readonly settings: RetrainingSettings;
  /** Another model was made current. */
  readonly onPromoted: () => Promise<void>;
}

/** From an upload to another model, in this process and its children. */
export interface Retraining {
  /** As of the last look. */
  readonly status: () => RetrainingStatus;
  readonly look: () => Promise<void>;
  readonly jobs: () => Promise<readonly JobSummary[]>;
  /** Handles events and runs jobs from now on. Call it once. */
  readonly start: () => void;
  /** Ends what is being handled and interrupts the trainer, which goes on at the next start. */
  readonly close: () => Promise<void>;
}

const NAME_PREFIX = 'tagwright-local';
const DAY_SECONDS = 24 * 60 * 60;
const SWEEP_MS = 60_000;
/** Jobs that the status is made of. */
const LOOKED_AT = 20;
/** Jobs that the API lists. */
const LISTED = 100;

/** Where the jobs of a state folder lie. */
export function jobsFolder(stateDir: string): string {
  return join(stateDir, 'jobs');
}

/** Where the events of a state folder lie. */
export function eventsFile(stateDir: string): string {
  return join(stateDir, 'events.sqlite');
}

export function createRetraining(options: RetrainingOptions): Retraining {
  const { stateDir, store, registry, clock, log, alarms, settings } = options;
  const bus = new SqliteEventBus({ path: eventsFile(stateDir), clock });
  const jobs = new ChildProcessJobs({
    root: jobsFolder(stateDir),
    store,
    bus,
    clock,
    graceSeconds: options.graceSeconds,
    onError: (error) => {
      log(`a training job meets a fault: ${messageOf(error)}`);
    },
  });
  const decisions = createDecisions(store);
  const view = createRetrainingView(alarms);
  const retrain = createRetrainHandler({
    store,
    jobs,
    bus,
    clock,
    bucket: LOCAL_BUCKET,
    settings: jobSettings(settings),
  });
  const { approval } = settings;
  const promote = createPromoteHandler({
    ...{ store, registry, bus, clock, approval },
    gate: DEFAULT_GATE,
    load: options.load,
  });
  const subscribers = [
    subscriber('retrain', ['Object Created'], retrain.handle),
    subscriber('promote', ['SageMaker Training Job State Change'], async (event) => {
      log(retrainingLine(event));
      await promote.handle(event);
    }),
    subscriber('host', ['Model Promoted', 'Model Refused', 'Dataset Refused'], async (event) => {
      log(retrainingLine(event));
      if (event['detail-type'] === 'Dataset Refused') view.refuse(event);
      if (event['detail-type'] === 'Model Promoted') await options.onPromoted();
    }),
  ];
  const dispatcher = createEventDispatcher({
    bus,
    subscribers,
    onFailure: ({ error, ...failure }) => {
      const what =
        'event' in failure ? `${failure.subscriber} fails at '${failure.event['detail-type']}'` : 'events wait';
      log(`${what}: ${messageOf(error)}`);
    },
  });
  const stop = new AbortController();
  const sweep = createDatasetSweep({ store, jobs, decisions, bus, clock });
  const tidy = (): void => {
    sweep()
      .then(() => {
        bus.prune();
      })
      .catch((error: unknown) => {
        log(`datasets could not be looked through: ${messageOf(error)}`);
      });
  };
  const run = async (): Promise<void> => {
    const sweeper = setInterval(tidy, SWEEP_MS);
    tidy();
    const running = jobs.run(stop.signal).catch((error: unknown) => {
      alarms.raise('job_failed', messageOf(error));
      log(`training jobs are not run: ${messageOf(error)}`);
    });
    await Promise.all([dispatcher.run(stop.signal), running]);
    clearInterval(sweeper);
  };
  let running: Promise<void> | undefined;
  return {
    start: () => {
      running ??= run();
    },
    status: view.now,
    look: async () => {
      view.show({ jobs: await jobSummaries({ jobs, decisions }, LOOKED_AT), dead: bus.dead() });
    },
    jobs: () => jobSummaries({ jobs, decisions }, LISTED),
    close: async () => {
      stop.abort();
      await running;
      jobs.close();
      bus.close();
    },
  };
}

function jobSettings(settings: RetrainingSettings): RetrainSettings {
  const { version, hyperparameters = {}, maxRuntimeSeconds = DAY_SECONDS } = settings;
  return { namePrefix: NAME_PREFIX, image: version, hyperparameters, maxRuntimeSeconds };
}
