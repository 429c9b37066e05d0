import { describe, expect, test } from 'vitest';
import { createRng } from '../../../shared/random.ts';
import { entityReport, evaluateTags } from '../../../shared/evaluation/evaluation-report.ts';

const none = { correct: 0, type: 0, boundary: 0, both: 0, missed: 0, spurious: 0 };
const zero = { precision: 0, recall: 0, f1: 0, support: 0 };

describe('evaluateTags', () => {
  test('has both modes, accuracy and the interval in the form of evaluate --json', () => {
    // An orphan I counts in default mode only.
    const report = evaluateTags([['B-ORG', 'I-ORG'], ['O']], [['I-ORG', 'I-ORG'], ['O']], {
      rng: createRng(1),
      resamples: 10,
    });
    const one = { precision: 1, recall: 1, f1: 1, support: 1 };
    const missed = { precision: 0, recall: 0, f1: 0, support: 1 };
    expect(report).toEqual({
      sentences: 2,
      tokens: 3,
      entity: {
        default: { mode: 'default', scheme: null, micro: one, macro: one, weighted: one, perType: { ORG: one } },
        strict: {
          mode: 'strict',
          scheme: 'IOB2',
          micro: missed,
          macro: missed,
          weighted: missed,
          perType: { ORG: missed },
        },
      },
      typeIgnored: one,
      errors: {
        counts: { ...none, correct: 1 },
        perType: { ORG: { ...none, correct: 1 } },
        confusion: { types: ['ORG'], exact: [[1]], overlapping: [[0]], missed: [0], spurious: [0] },
      },
      tokenAccuracy: 2 / 3,
      tokenReport: report.tokenReport,
      tokenConfusion: {
        types: ['O', 'ORG'],
        counts: [
          [1, 0],
          [0, 2],
        ],
      },
      f1Interval: { ...report.f1Interval, level: 0.95, resamples: 10 },
    });
    expect(JSON.parse(JSON.stringify(report))).toEqual(report);
  });

  test.each([
    ['no sentences', []],
    ['an empty sentence', [[]]],
    ['nothing but O', [['O', 'O'], ['O']]],
  ])('of %s is a report without types', (_case, tags: string[][]) => {
    const report = evaluateTags(tags, tags, { rng: createRng(1) });
    const empty = { micro: zero, macro: zero, weighted: zero, perType: {} };
    expect(report.entity).toEqual({
      default: { mode: 'default', scheme: null, ...empty },
      strict: { mode: 'strict', scheme: 'IOB2', ...empty },
    });
    expect(report.f1Interval).toMatchObject({ low: 0, high: 0 });
  });

  test('keeps types whose names objects have already', () => {
    const tags = [['B-__proto__', 'B-constructor']];
    const { perType } = evaluateTags(tags, tags, { rng: createRng(1) }).entity.default;
    expect(Object.keys(perType)).toEqual(['__proto__', 'constructor']);
  });

  test.each([
    ['the numbers of words differ', [['O']], [['O', 'O']], 'E_SHAPE_MISMATCH'],
    ['a tag is not of the scheme', [['O']], [['0']], 'E_LABEL_UNKNOWN'],
    ['a tag is empty', [['']], [['O']], 'E_LABEL_UNKNOWN'],
  ])('fails when %s', (_case, gold, predicted, code) => {
    expect(() => evaluateTags(gold, predicted, { rng: createRng(1) })).toThrow(expect.objectContaining({ code }));
  });
});

test('entityReport fails when the numbers of sentences differ', () => {
  expect(() => entityReport([['O']], [], { mode: 'default' })).toThrow(
    expect.objectContaining({ code: 'E_SHAPE_MISMATCH' }),
  );
});
