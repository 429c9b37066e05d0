import type {
  Channel,
  CreateTrainingJobRequest,
  ResourceConfig,
  TrainingInstanceType,
} from '@aws-sdk/client-sagemaker';
import { METRIC_DEFINITIONS } from '../contracts/training-job.ts';
import type { JobSpec } from './training-jobs.ts';

/** What a stage says of all its training jobs. */
export interface SageMakerSettings {
  readonly bucket: string;
  /** `repository@sha256:...`: what was tested is what trains, whatever a tag points to meanwhile. */
  readonly image: string;
  readonly roleArn: string;
  /** `ml.g5.xlarge` */
  readonly instanceType: string;
  readonly volumeGb: number;
  /** `batch`: spot, with checkpoints; `iterate`: on demand, the machine kept warm for the next job. Spot has no warm pools. */
  readonly profile: 'batch' | 'iterate';
  /** KMS key of the bucket and of volumes. */
  readonly dataKey: string;
  readonly network?: { readonly subnets: readonly string[]; readonly securityGroups: readonly string[] };
  readonly tags?: Readonly<Record<string, string>>;
}

/** How long a machine waits for the next job. */
const KEEP_ALIVE_SECONDS = 30 * 60;

/** How much longer than its run time a spot job may take, waiting for machines included. */
const SPOT_WAIT_SECONDS = 6 * 3_600;

/** After errors of the platform's own. */
const RETRIES = 2;

/**
 * Instance types with disks of their own, which the platform encrypts by itself: with a key for the volume it refuses the
 * job (https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_ResourceConfig.html).
 */
const LOCAL_DISKS =
  /^ml\.(?:g4dn|g5|g6e?|gr6|g7e?|p3dn|p4de?|p5e?n?|p6[a-z0-9-]*|trn\d[a-z0-9]*|[a-z]+\d[a-z]*d[a-z]*)\./;

/** The job as CreateTrainingJob takes it. */
export function createTrainingJobRequest(settings: SageMakerSettings, spec: JobSpec): CreateTrainingJobRequest {
  const { bucket, image, roleArn, profile, dataKey, network, tags = {} } = settings;
  const isSpot = profile === 'batch';
  const maxRuntime = { MaxRuntimeInSeconds: spec.maxRuntimeSeconds };
  const maxWait = { MaxWaitTimeInSeconds: spec.maxRuntimeSeconds + SPOT_WAIT_SECONDS };
  return {
    TrainingJobName: spec.name,
    AlgorithmSpecification: {
      TrainingImage: image,
      TrainingInputMode: 'File',
      MetricDefinitions: METRIC_DEFINITIONS.map(({ name, regex }) => ({ Name: name, Regex: regex })),
      EnableSageMakerMetricsTimeSeries: true,
    },
    HyperParameters: { ...spec.hyperparameters },
    InputDataConfig: Object.entries(spec.channels).map(([name, prefix]) => channel(name, `s3://${bucket}/${prefix}`)),
    // Without compression the model lies as plain files where the promoting function reads them: no archive to unpack.
    OutputDataConfig: { S3OutputPath: s3Folder(bucket, spec.outputPrefix), KmsKeyId: dataKey, CompressionType: 'NONE' },
    CheckpointConfig: { S3Uri: s3Folder(bucket, spec.checkpointPrefix), LocalPath: '/opt/ml/checkpoints' },
    ResourceConfig: resourceConfig(settings),
    StoppingCondition: isSpot ? { ...maxRuntime, ...maxWait } : maxRuntime,
    EnableManagedSpotTraining: isSpot,
    RetryStrategy: { MaximumRetryAttempts: RETRIES },
    // The platform moves data and model; the trainer itself needs no network.
    EnableNetworkIsolation: true,
    RoleArn: roleArn,
    Tags: Object.entries(tags).map(([Key, Value]) => ({ Key, Value })),
    ...(network && { VpcConfig: { Subnets: [...network.subnets], SecurityGroupIds: [...network.securityGroups] } }),
  };
}

function channel(name: string, uri: string): Channel {
  return {
    ChannelName: name,
    InputMode: 'File',
    DataSource: { S3DataSource: { S3DataType: 'S3Prefix', S3Uri: uri, S3DataDistributionType: 'FullyReplicated' } },
  };
}

/** Without the slash at the end: the platform appends `/JOB/output/model`. */
function s3Folder(bucket: string, prefix: string): string {
  return `s3://${bucket}/${prefix.replace(/\/$/, '')}`;
}

function resourceConfig({ instanceType, volumeGb, profile, dataKey }: SageMakerSettings): ResourceConfig {
  return {
    InstanceType: instanceType as TrainingInstanceType,
    InstanceCount: 1,
    VolumeSizeInGB: volumeGb,
    ...(!LOCAL_DISKS.test(instanceType) && { VolumeKmsKeyId: dataKey }),
    ...(profile === 'iterate' && { KeepAlivePeriodInSeconds: KEEP_ALIVE_SECONDS }),
  };
}
