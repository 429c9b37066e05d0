import { type EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge';
import {
  DescribeTrainingJobCommand,
  type DescribeTrainingJobResponse,
  type SageMakerClient,
} from '@aws-sdk/client-sagemaker';
import { join } from 'node:path';
import { TERMINAL_JOB_STATUSES } from '../../../shared/contracts/training-job.ts';
import { ChildProcessJobs } from '../../../shared/jobs/child-process-jobs.ts';
import type { JobDescription, JobSpec } from '../../../shared/jobs/training-jobs.ts';
import type { ObjectStore } from '../../../shared/store/object-store.ts';
import { tempFolder } from '../temp-folder.ts';
import { until } from '../until.ts';

export interface SageMakerByHandOptions {
  readonly sageMaker: SageMakerClient;
  readonly events: EventBridgeClient;
  readonly store: ObjectStore;
  /** How often its end is told. */
  readonly eventCopies: number;
}

/**
 * Does what no emulator does: trains the job that SageMaker was given, by the trainer's own entry over a `/opt/ml` tree,
 * leaves what it made where the job says, and tells its end on the account's bus as SageMaker does.
 */
export async function trainByHand(name: string, options: SageMakerByHandOptions): Promise<JobDescription> {
  const { sageMaker, events, store, eventCopies } = options;
  const described = await sageMaker.send(new DescribeTrainingJobCommand({ TrainingJobName: name }));
  const jobs = new ChildProcessJobs({
    root: join(tempFolder(), 'jobs'),
    store,
    bus: { publish: async () => undefined },
    clock: () => new Date(),
  });
  const stop = new AbortController();
  const running = jobs.run(stop.signal);
  await jobs.start(jobSpecOf(described));
  let job: JobDescription | undefined;
  await until(async () => {
    job = await jobs.describe(name);
    return job !== undefined && TERMINAL_JOB_STATUSES.has(job.status);
  });
  stop.abort();
  await running;
  const entry = {
    Source: 'aws.sagemaker',
    DetailType: 'SageMaker Training Job State Change',
    Detail: JSON.stringify({
      TrainingJobName: name,
      TrainingJobStatus: job!.status,
      SecondaryStatus: job!.stage,
      ...(job!.failureReason !== undefined && { FailureReason: job!.failureReason }),
      HyperParameters: described.HyperParameters,
      InputDataConfig: described.InputDataConfig,
      OutputDataConfig: described.OutputDataConfig,
      CreationTime: job!.createdAt.getTime(),
    }),
  };
  await events.send(new PutEventsCommand({ Entries: Array.from({ length: eventCopies }, () => entry) }));
  return job!;
}

/** The job as it was given to SageMaker, for a runner with the same store. */
function jobSpecOf(described: DescribeTrainingJobResponse): JobSpec {
  const keyOf = (uri: string | undefined): string => uri!.replace(/^s3:\/\/[^/]+\//, '');
  return {
    name: described.TrainingJobName!,
    hyperparameters: described.HyperParameters!,
    channels: Object.fromEntries(
      described.InputDataConfig!.map(({ ChannelName, DataSource }) => [
        ChannelName!,
        keyOf(DataSource!.S3DataSource!.S3Uri),
      ]),
    ),
    outputPrefix: `${keyOf(described.OutputDataConfig!.S3OutputPath)}/`,
    checkpointPrefix: `${keyOf(described.CheckpointConfig!.S3Uri)}/`,
    maxRuntimeSeconds: described.StoppingCondition!.MaxRuntimeInSeconds!,
  };
}
