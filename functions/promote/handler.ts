import { datasetNameSchema, datasetVersionSchema } from '../../shared/contracts/dataset.ts';
import type { TrainingJobChanged } from '../../shared/contracts/events.ts';
import type { Approval, Decision, PromotionGate } from '../../shared/contracts/promotion.ts';
import { DATASET_HYPERPARAMETER, jobNameSchema, TERMINAL_JOB_STATUSES } from '../../shared/contracts/training-job.ts';
import type { EventBus } from '../../shared/events/event-bus.ts';
import type { Bundle } from '../../shared/model/bundle.ts';
import type { LoadedModel } from '../../shared/model/load-model.ts';
import type { NerError } from '../../shared/ner-error.ts';
import type { Registry } from '../../shared/registry/registry.ts';
import type { ObjectStore } from '../../shared/store/object-store.ts';
import { challenge } from './challenge.ts';
import { decisionEvents } from './decision-event.ts';
import { createDecisions } from './decisions.ts';
import { createEvaluations } from './evaluations.ts';
import { readFrozenTests } from './frozen-tests.ts';
import { inWords, isFaultOfModel, openJobModel } from './job-model.ts';

export interface PromoteOptions {
  readonly store: ObjectStore;
  /** Of the same store, with a signer. */
  readonly registry: Pick<Registry, 'current' | 'load' | 'promote' | 'publishFrom'>;
  readonly bus: EventBus;
  readonly clock: () => Date;
  readonly gate: PromotionGate;
  readonly approval: Approval;
  /** Makes a verified bundle ready to answer, as serving does; see `loadModel`. */
  readonly load: (bundle: Bundle) => Promise<LoadedModel>;
}

/** Decides what becomes of the models that training jobs leave. */
export interface PromoteHandler {
  /**
   * Takes a change of a training job; only the end of one of ours is acted upon. The first decision about a job stands:
   * the same event again, late or after a crash, tells it again and changes nothing else.
   *
   * @throws when nothing could be decided, such as when the store is down: the event has to come again
   */
  handle(event: TrainingJobChanged): Promise<void>;
}

type Detail = TrainingJobChanged['detail'];
/** A decision without what is known of the job before. */
type Verdict = Omit<Decision, 'job' | 'dataset' | 'decidedAt'>;

export function createPromoteHandler(options: PromoteOptions): PromoteHandler {
  const { store, bus } = options;
  const decisions = createDecisions(store);
  return {
    handle: async ({ detail }) => {
      const job = detail.TrainingJobName;
      const dataset = datasetOf(detail);
      if (!TERMINAL_JOB_STATUSES.has(detail.TrainingJobStatus) || dataset === undefined) return;
      const before = await decisions.read(job);
      const decision = before?.decision ?? (await decisions.write(await decide(options, detail, dataset)));
      await bus.publish(decisionEvents(decision));
    },
  };
}

/** The dataset that a job of ours was for; undefined for the jobs of others. */
function datasetOf({ TrainingJobName, HyperParameters }: Detail): Decision['dataset'] | undefined {
  const [name, version, ...rest] = HyperParameters?.[DATASET_HYPERPARAMETER]?.split('/') ?? [];
  const isOurs =
    jobNameSchema.safeParse(TrainingJobName).success &&
    datasetNameSchema.safeParse(name).success &&
    datasetVersionSchema.safeParse(version).success;
  return isOurs && rest.length === 0 ? { name: name!, version: version! } : undefined;
}

async function decide(options: PromoteOptions, detail: Detail, dataset: Decision['dataset']): Promise<Decision> {
  const verdict = await (detail.TrainingJobStatus === 'Completed'
    ? judgeModel(options, detail, dataset)
    : endOf(detail));
  return { job: detail.TrainingJobName, dataset, ...verdict, decidedAt: options.clock().toISOString() };
}

async function judgeModel(options: PromoteOptions, detail: Detail, dataset: Decision['dataset']): Promise<Verdict> {
  const { store, registry, gate, approval, load } = options;
  const tests = await readFrozenTests(store, dataset.name);
  const left = await openJobModel(store, detail.TrainingJobName, load);
  if (left.kind === 'missing') return { verdict: 'no model', reason: left.reason };
  if (left.kind === 'unusable') {
    const { reason, modelId } = left;
    return { verdict: 'refused', reason, ...(modelId === undefined ? {} : { modelId }) };
  }
  const { model, source } = left;
  const evaluations = createEvaluations({ store, registry, load });
  try {
    const modelId = (await registry.publishFrom(source)).id;
    if (tests === undefined) {
      return { verdict: 'refused', reason: `there is no frozen test set of ${dataset.name} to measure it on`, modelId };
    }
    const fault = await evaluations.measure(model, tests).catch(faultOfModel);
    if (fault !== undefined) return { verdict: 'refused', reason: inWords(fault), modelId };
    const promotes = approval === 'automatic';
    const outcome = await challenge({ modelId, tests }, { registry, evaluations, gate, promotes });
    return { ...outcome, modelId, gate };
  } finally {
    await model.release();
  }
}

function faultOfModel(error: unknown): NerError {
  if (isFaultOfModel(error)) return error;
  throw error;
}

/** Why a job was stopped, by SageMaker's secondary status; for the others somebody asked for it. */
const STOPPED_BECAUSE: Readonly<Record<string, string>> = {
  MaxRuntimeExceeded: ', because its time was up',
  MaxWaitTimeExceeded: ', because no spot capacity came in time',
};

/** What is known of a job that ended without a model. */
function endOf({ TrainingJobStatus, SecondaryStatus = '', FailureReason = 'it gave no reason' }: Detail): Verdict {
  const reason =
    TrainingJobStatus === 'Failed'
      ? `the job failed: ${FailureReason}`
      : `the job was stopped${STOPPED_BECAUSE[SecondaryStatus] ?? ''}`;
  return { verdict: 'no model', reason };
}
