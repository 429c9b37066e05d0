import { describe, expect, test } from 'vitest';
import { assertTuningSpec, type TuningSpec } from '../../../shared/jobs/tuning-spec.ts';
import { tuningSpec } from '../../support/aws/tuning-search.ts';
import { codeOf } from '../../support/error-code.ts';

const spec = tuningSpec();
const number = { kind: 'number', min: 1, max: 2, scale: 'linear' } as const;

describe('assertTuningSpec', () => {
  test('takes a search over numbers, whole numbers and choices', () => {
    assertTuningSpec(spec);
  });

  test.each<[string, Partial<TuningSpec>]>([
    ['a job that is none', { job: { ...spec.job, name: '-' } }],
    ['a name of 33 characters', { job: { ...spec.job, name: 'a'.repeat(33) } }],
    ['nothing to search', { ranges: {} }],
    ['31 ranges', { ranges: Object.fromEntries(Array.from({ length: 31 }, (_, i) => [`a.${i}`, number])) }],
    ['an empty range', { ranges: { 'train.learningRate': { ...number, max: 1 } } }],
    ['a logarithm of 0', { ranges: { 'train.learningRate': { ...number, min: 0, scale: 'log' } } }],
    ['whole numbers with a point', { ranges: { 'train.batchSize': { ...number, kind: 'whole', max: 2.5 } } }],
    ['a choice of one', { ranges: { 'loss.kind': { kind: 'choice', values: ['crf'] } } }],
    ['epochs as a range', { ranges: { epochs: { ...number, kind: 'whole' } } }],
    ['epochs that are fixed', { job: { ...spec.job, hyperparameters: { ...spec.job.hyperparameters, epochs: '3' } } }],
    [
      'epochs by their other name',
      { job: { ...spec.job, hyperparameters: { ...spec.job.hyperparameters, 'train.epochs': '3' } } },
    ],
    ['a hyperparameter that is fixed', { ranges: { tagwright_fingerprint: number } }],
    ['longest trials that are no longer', { minEpochs: 9 }],
    ['more epochs than Hyperband knows', { maxEpochs: 20_001 }],
    ['too many trials', { maxTrials: 751 }],
    ['too many at once', { maxParallel: 101 }],
  ])('fails for %s', async (_, change) => {
    expect(
      await codeOf(() => {
        assertTuningSpec({ ...spec, ...change });
      }),
    ).toBe('E_JOB_INVALID');
  });
});
