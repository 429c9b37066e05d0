import { describe, expect, test } from 'vitest';
import { checkGate, DEFAULT_LIMITS, gateFigures, type GateInput } from '../../../training/export/export-gate.ts';
import { expectFails } from '../../support/expect-fails.ts';

const sentence = (scores: readonly number[], tags: readonly string[]) => ({ scores: Float32Array.from(scores), tags });

/** Two sentences, two labels; one word of five gets another tag, and one score differs by 0.75. */
const input: GateInput = {
  gold: [
    ['B-person', 'O'],
    ['O', 'B-person', 'O'],
  ],
  reference: [sentence([0, 1, 2, 3], ['B-person', 'O']), sentence([4, 5, 6, 7, 8, 9], ['O', 'B-person', 'O'])],
  exported: [sentence([0, 1, 2, 3.25], ['B-person', 'O']), sentence([4, 5.75, 6, 7, 8, 9], ['O', 'O', 'O'])],
};

describe('gateFigures', () => {
  test('gives the largest score difference, the share of equal tags and the difference of F1', () => {
    // The reference finds both entities: F1 1. The export finds one of two and nothing else: 2 * 1 * .5 / 1.5.
    expect(gateFigures(input)).toMatchObject({
      logitDifference: 0.75,
      tagAgreement: 4 / 5,
      referenceF1: 1,
      f1: 2 / 3,
      f1Difference: 2 / 3 - 1,
      f1Interval: { level: 0.95, resamples: 10_000 },
    });
  });

  test('gives the same figures again', () => {
    expect(gateFigures(input)).toEqual(gateFigures(input));
  });

  test('gives NaN where a score is none, which no limit lets through', () => {
    const [first, second] = input.exported;
    const broken = { ...input, exported: [sentence([0, NaN, 2, 3], first!.tags), second!] };
    const figures = gateFigures(broken);
    expect(figures.logitDifference).toBeNaN();
    expectFails(
      () => {
        checkGate(figures, { logitDifference: 100, tagAgreement: 0, f1Loss: 1 });
      },
      'E_EXPORT_GATE',
      'the largest logit difference is NaN',
    );
  });
});

describe('checkGate', () => {
  const figures = gateFigures(input);

  test('lets figures through that are at their limits', () => {
    checkGate(figures, { logitDifference: 0.75, tagAgreement: 0.8, f1Loss: 1 - 2 / 3 });
  });

  test.each([
    ['logitDifference', 0.7, 'the largest logit difference is 0.7500; expected at most 0.7.'],
    ['tagAgreement', 0.81, 'the tag agreement is 0.80000; expected at least 0.81.'],
    ['f1Loss', 0.3, 'the entity F1 difference is -0.3333 (95 % interval '],
  ] as const)('fails beyond the limit of %s, and says figure, value and limit', (name, limit, message) => {
    const wide = { logitDifference: 1, tagAgreement: 0, f1Loss: 1 };
    expectFails(
      () => {
        checkGate(figures, { ...wide, [name]: limit });
      },
      'E_EXPORT_GATE',
      message,
    );
  });

  test('fails with every figure that is beyond its limit in one message', () => {
    expectFails(
      () => {
        checkGate(figures, DEFAULT_LIMITS.fp32);
      },
      'E_EXPORT_GATE',
      'logit difference is 0.7500; expected at most 0.001; the tag agreement is 0.80000; expected at least 0.9999; the entity F1',
    );
  });
});
