import { expect, test } from 'vitest';
import { METRIC_DEFINITIONS, TUNING_OBJECTIVE } from '../../../shared/contracts/training-job.ts';
import { createTuningRequest } from '../../../shared/jobs/sagemaker-tuning-request.ts';
import { jobSettings } from '../../support/aws/sagemaker-job.ts';
import { tuningSpec } from '../../support/aws/tuning-search.ts';

const spec = tuningSpec();
const request = createTuningRequest({ ...jobSettings, profile: 'batch' }, spec);

test('searches by Hyperband for the objective that the trainer prints each epoch', () => {
  expect(METRIC_DEFINITIONS.map(({ name }) => name)).toContain(TUNING_OBJECTIVE);
  expect(request.HyperParameterTuningJobName).toBe('tagwright-dev-tune');
  expect(request.HyperParameterTuningJobConfig).toEqual({
    Strategy: 'Hyperband',
    StrategyConfig: { HyperbandStrategyConfig: { MinResource: 1, MaxResource: 9 } },
    HyperParameterTuningJobObjective: { Type: 'Maximize', MetricName: 'val:f1' },
    ResourceLimits: { MaxNumberOfTrainingJobs: 20, MaxParallelTrainingJobs: 2 },
    ParameterRanges: {
      IntegerParameterRanges: [{ Name: 'model.maxPieces', MinValue: '32', MaxValue: '128', ScalingType: 'Linear' }],
      ContinuousParameterRanges: [
        { Name: 'train.learningRate', MinValue: '0.00001', MaxValue: '0.0005', ScalingType: 'Logarithmic' },
      ],
      CategoricalParameterRanges: [{ Name: 'loss.kind', Values: ['crf', 'cross-entropy'] }],
    },
    TrainingJobEarlyStoppingType: 'Off',
    RandomSeed: 7,
  });
});

test('has trials plan the epochs of the longest, on demand and without checkpoints', () => {
  const definition = request.TrainingJobDefinition!;
  expect(definition.StaticHyperParameters).toEqual({ ...spec.job.hyperparameters, epochs: '9' });
  expect(definition).toMatchObject({
    AlgorithmSpecification: { TrainingImage: jobSettings.image, TrainingInputMode: 'File' },
    OutputDataConfig: { CompressionType: 'NONE' },
    EnableNetworkIsolation: true,
    EnableManagedSpotTraining: false,
    StoppingCondition: { MaxRuntimeInSeconds: 3_600 },
  });
  expect(definition).not.toHaveProperty('CheckpointConfig');
  expect(definition.ResourceConfig).not.toHaveProperty('KeepAlivePeriodInSeconds');
});
