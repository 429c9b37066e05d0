import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { FAILURE_REASON_MAX_CHARACTERS } from '../../../../shared/contracts/training-job.ts';
import { readConll } from '../../../../shared/corpus/conll.ts';
import { NerError } from '../../../../shared/ner-error.ts';
import { failureReason } from '../../../../training/job/container/failure-reason.ts';

describe('the reason of a failure', () => {
  test('is code and message', () => {
    const error = new NerError('E_HYPERPARAMETER', 'hyperparameters.json: seed: the value is not allowed.');
    expect(failureReason(error)).toBe('E_HYPERPARAMETER: hyperparameters.json: seed: the value is not allowed.');
  });

  test('has nothing of a line that was read, whatever stands in it', () => {
    fc.assert(
      fc.property(fc.stringMatching(/^[^\s]{0,20}(?:; expected|, got)?[^\s]{0,20}$/), (noise) => {
        try {
          readConll({ name: 'train', text: `SECRET${noise}` });
        } catch (error) {
          const reason = failureReason(error);
          expect(reason).toMatch(/^E_CORPUS_[A-Z]+: train/);
          expect(reason).not.toContain('SECRET');
        }
      }),
    );
  });

  test('of what nobody foresaw is the place alone', () => {
    const reason = failureReason(new TypeError('cannot read "my secret tweet"'));
    expect(reason).toMatch(/^E_INTERNAL: internal: TypeError at .*failure-reason\.test/);
    expect(reason).not.toContain('secret');
    const crash = new NerError('E_INTERNAL', 'internal: my secret', { cause: new Error('my secret') });
    expect(failureReason(crash)).not.toContain('secret');
    expect(failureReason('my secret')).toBe('E_INTERNAL: internal: an error at an unknown place. Please report it.');
  });

  test('is not longer than what the platform shows', () => {
    const reason = failureReason(new NerError('E_USAGE', 'x'.repeat(5_000)));
    expect(reason).toHaveLength(FAILURE_REASON_MAX_CHARACTERS);
  });
});
