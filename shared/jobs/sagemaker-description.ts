import type { DescribeTrainingJobResponse } from '@aws-sdk/client-sagemaker';
import { jobStatusSchema } from '../contracts/training-job.ts';
import type { JobDescription } from './training-jobs.ts';

/** What DescribeTrainingJob tells, in the words of the port. */
export function jobDescription(response: DescribeTrainingJobResponse): JobDescription {
  const { TrainingJobName: name, FailureReason, TrainingStartTime, TrainingEndTime } = response;
  const { CreationTime, FinalMetricDataList = [] } = response;
  return {
    name: name!,
    status: statusOf(response),
    stage: response.SecondaryStatus ?? '',
    ...(FailureReason !== undefined && FailureReason !== '' && { failureReason: FailureReason }),
    hyperparameters: response.HyperParameters ?? {},
    output: `${keyOf(response.OutputDataConfig!.S3OutputPath!)}/${name!}/output/`,
    createdAt: CreationTime!,
    ...(TrainingStartTime !== undefined && { startedAt: TrainingStartTime }),
    ...(TrainingEndTime !== undefined && { endedAt: TrainingEndTime }),
    metrics: FinalMetricDataList.map(({ MetricName, Value, Timestamp }) => ({
      name: MetricName!,
      value: Value!,
      at: Timestamp!,
    })),
  };
}

/** The platform also has jobs that are being deleted: those have ended. */
function statusOf({ TrainingJobStatus: status }: DescribeTrainingJobResponse): JobDescription['status'] {
  const known = jobStatusSchema.safeParse(status);
  return known.success ? known.data : 'Stopped';
}

/** `jobs` of `s3://bucket/jobs` and of `s3://bucket/jobs/`. */
function keyOf(uri: string): string {
  return uri.replace(/^s3:\/\/[^/]+\//, '').replace(/\/$/, '');
}
