import type {
  CreateHyperParameterTuningJobRequest,
  CreateTrainingJobRequest,
  HyperParameterTrainingJobDefinition,
  ParameterRanges,
} from '@aws-sdk/client-sagemaker';
import { TUNING_OBJECTIVE } from '../contracts/training-job.ts';
import { createTrainingJobRequest, type SageMakerSettings } from './sagemaker-request.ts';
import type { TuningRange, TuningSpec } from './tuning-spec.ts';

/** The search as CreateHyperParameterTuningJob takes it. */
export function createTuningRequest(
  settings: SageMakerSettings,
  spec: TuningSpec,
): CreateHyperParameterTuningJobRequest {
  const { job, minEpochs, maxEpochs, maxTrials, maxParallel, seed } = spec;
  const { Tags, ...request } = createTrainingJobRequest({ ...settings, profile: 'batch' }, job);
  return {
    HyperParameterTuningJobName: job.name,
    HyperParameterTuningJobConfig: {
      Strategy: 'Hyperband',
      StrategyConfig: { HyperbandStrategyConfig: { MinResource: minEpochs, MaxResource: maxEpochs } },
      HyperParameterTuningJobObjective: { Type: 'Maximize', MetricName: TUNING_OBJECTIVE },
      ResourceLimits: { MaxNumberOfTrainingJobs: maxTrials, MaxParallelTrainingJobs: maxParallel },
      ParameterRanges: parameterRanges(spec.ranges),
      // Hyperband ends trials itself, and the platform refuses both together.
      TrainingJobEarlyStoppingType: 'Off',
      RandomSeed: seed,
    },
    TrainingJobDefinition: definition(request, spec),
    ...(Tags && { Tags }),
  };
}

function definition(
  request: CreateTrainingJobRequest,
  { job, maxEpochs }: TuningSpec,
): HyperParameterTrainingJobDefinition {
  const { AlgorithmSpecification, HyperParameters, InputDataConfig, OutputDataConfig, ResourceConfig } = request;
  const { TrainingImage, TrainingInputMode, MetricDefinitions } = AlgorithmSpecification!;
  return {
    // Hyperband wants a trial to say how many epochs it plans.
    StaticHyperParameters: { ...HyperParameters, epochs: String(maxEpochs) },
    AlgorithmSpecification: {
      TrainingImage: TrainingImage!,
      TrainingInputMode,
      ...(MetricDefinitions && { MetricDefinitions }),
    },
    ...(InputDataConfig && { InputDataConfig }),
    OutputDataConfig,
    ...(ResourceConfig && { ResourceConfig }),
    StoppingCondition: { MaxRuntimeInSeconds: job.maxRuntimeSeconds },
    EnableNetworkIsolation: true,
    // On demand, without checkpoints: nothing says that trials would keep theirs apart, and a trainer refuses another's.
    EnableManagedSpotTraining: false,
    RoleArn: request.RoleArn,
    ...(request.RetryStrategy && { RetryStrategy: request.RetryStrategy }),
    ...(request.VpcConfig && { VpcConfig: request.VpcConfig }),
  };
}

function parameterRanges(ranges: TuningSpec['ranges']): ParameterRanges {
  const all = Object.entries(ranges);
  const numbers = (wanted: 'whole' | 'number') =>
    all.flatMap(([name, range]) => (range.kind === wanted ? [numberRange(name, range)] : []));
  return {
    IntegerParameterRanges: numbers('whole'),
    ContinuousParameterRanges: numbers('number'),
    CategoricalParameterRanges: all.flatMap(([Name, range]) =>
      range.kind === 'choice' ? [{ Name, Values: [...range.values] }] : [],
    ),
  };
}

/** Ends are texts, as all that a trainer is told. */
function numberRange(Name: string, { min, max, scale }: Exclude<TuningRange, { readonly kind: 'choice' }>) {
  return {
    Name,
    MinValue: String(min),
    MaxValue: String(max),
    ScalingType: scale === 'log' ? ('Logarithmic' as const) : ('Linear' as const),
  };
}
