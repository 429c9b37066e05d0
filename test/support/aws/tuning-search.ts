import { FINGERPRINT_HYPERPARAMETER } from '../../../shared/contracts/training-job.ts';
import type { TuningSpec } from '../../../shared/jobs/tuning-spec.ts';
import { jobSpec } from './sagemaker-job.ts';

/** A search over each kind of range. */
export function tuningSpec(name = 'tagwright-dev-tune'): TuningSpec {
  return {
    job: { ...jobSpec(name), hyperparameters: { [FINGERPRINT_HYPERPARAMETER]: 'one', 'train.batchSize': '16' } },
    ranges: {
      'train.learningRate': { kind: 'number', min: 1e-5, max: 5e-4, scale: 'log' },
      'model.maxPieces': { kind: 'whole', min: 32, max: 128, scale: 'linear' },
      'loss.kind': { kind: 'choice', values: ['crf', 'cross-entropy'] },
    },
    ...{ minEpochs: 1, maxEpochs: 9, maxTrials: 20, maxParallel: 2, seed: 7 },
  };
}
