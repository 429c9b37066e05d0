import { join } from 'node:path';
import type { JobSummary, RetrainingStatus } from '../../shared/contracts/api.ts';
import type { BusEvent } from '../../shared/contracts/events.ts';
import { type Approval, DEFAULT_GATE } from '../../shared/contracts/promotion.ts';
import type { Hyperparameters } from '../../shared/contracts/training-job.ts';
import { createEventDispatcher, type Subscriber } from '../../shared/events/event-dispatcher.ts';
import { LOCAL_BUCKET } from '../../shared/events/object-created.ts';
import { SqliteEventBus } from '../../shared/events/sqlite-event-bus.ts';
import { ChildProcessJobs } from '../../shared/jobs/child-process-jobs.ts';
import type { Registry } from '../../shared/registry/registry.ts';
import type { ObjectStore } from '../../shared/store/object-store.ts';
import { jobSummaries } from '../api/job-summaries.ts';
import { createDecisions } from '../promote/decisions.ts';
import { createPromoteHandler, type PromoteOptions } from '../promote/handler.ts';
import { createRetrainHandler } from '../retrain/handler.ts';
import type { Alarms } from './alarms.ts';
import { messageOf } from './message-of.ts';
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
  status(): RetrainingStatus;
  look(): Promise<void>;
  jobs(): Promise<readonly JobSummary[]>;
  /** Ends what is being handled and interrupts the trainer, which goes on at the next start. */
  close(): Promise<void>;
}

const NAME_PREFIX = 'tagwright-local';
const DAY_SECONDS = 24 * 60 * 60;
const SWEEP_MS = 60_000;
/** Jobs that the status is made of. */
const LOOKED_AT = 20;

/** Where the jobs of a state folder lie. */
export function jobsFolder(stateDir: string): string {
  return join(stateDir, 'jobs');
}

/** Where the events of a state folder lie. */
export function eventsFile(stateDir: string): string {
  return join(stateDir, 'events.sqlite');
}

export function startRetraining(options: RetrainingOptions): Retraining {
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
  const retrain = createRetrainHandler({ store, jobs, bus, clock, bucket: LOCAL_BUCKET, settings: jobSettings(settings) });
  const { approval } = settings;
  const promote = createPromoteHandler({ ...{ store, registry, bus, clock, approval }, gate: DEFAULT_GATE, load: options.load });
  const subscribers: readonly Subscriber[] = [
    {
      name: 'retrain',
      types: ['Object Created'],
      handle: async (event) => {
        if (event['detail-type'] === 'Object Created') await retrain.handle(event);
      },
    },
    {
      name: 'promote',
      types: ['SageMaker Training Job State Change'],
      handle: async (event) => {
        if (event['detail-type'] !== 'SageMaker Training Job State Change') return;
        await promote.handle(event);
        tellState(event, log);
      },
    },
    {
      name: 'host',
      types: ['Model Promoted', 'Model Refused', 'Dataset Refused'],
      handle: async (event) => {
        tellOutcome(event, log);
        if (event['detail-type'] === 'Dataset Refused') view.refuse(event);
        if (event['detail-type'] === 'Model Promoted') await options.onPromoted();
      },
    },
  ];
  const dispatcher = createEventDispatcher({
    bus,
    subscribers,
    onFailure: ({ error, ...failure }) => {
      const what = 'event' in failure ? `${failure.subscriber} fails at '${failure.event['detail-type']}'` : 'events wait';
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
  const running = Promise.all([
    dispatcher.run(stop.signal),
    jobs.run(stop.signal).catch((error: unknown) => {
      alarms.raise('job_failed', messageOf(error));
      log(`training jobs are not run: ${messageOf(error)}`);
    }),
  ]);
  tidy();
  const sweeper = setInterval(tidy, SWEEP_MS);
  return {
    status: view.now,
    look: async () => {
      const [some, decided] = [await jobs.list({ max: LOOKED_AT }), await decisions.list()];
      view.show({ jobs: jobSummaries(some, decided), dead: bus.dead() });
    },
    jobs: async () => jobSummaries(await jobs.list(), await decisions.list()),
    close: async () => {
      clearInterval(sweeper);
      stop.abort();
      await running;
      jobs.close();
      bus.close();
    },
  };
}

function jobSettings({ version, hyperparameters = {}, maxRuntimeSeconds = DAY_SECONDS }: RetrainingSettings) {
  return { namePrefix: NAME_PREFIX, image: version, hyperparameters, maxRuntimeSeconds };
}

function tellState(event: BusEvent, log: (line: string) => void): void {
  if (event['detail-type'] !== 'SageMaker Training Job State Change') return;
  const { TrainingJobName, TrainingJobStatus, SecondaryStatus } = event.detail;
  log(`job ${TrainingJobName}: ${SecondaryStatus ?? TrainingJobStatus}`);
}

function tellOutcome(event: BusEvent, log: (line: string) => void): void {
  switch (event['detail-type']) {
    case 'Model Promoted':
      log(`model ${event.detail.modelId} is promoted, in place of ${event.detail.previous ?? 'none'}`);
      break;
    case 'Model Refused':
      log(`job ${event.detail.job} brings no other model: ${event.detail.reason}`);
      break;
    case 'Dataset Refused':
      log(`${event.detail.key} is refused: ${event.detail.code}: ${event.detail.reason}`);
      break;
    case 'Object Created':
    case 'SageMaker Training Job State Change':
      break;
  }
}
