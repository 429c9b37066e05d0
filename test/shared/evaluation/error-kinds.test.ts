import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { errorKinds } from '../../../shared/evaluation/error-kinds.ts';
import { entityReport } from '../../../shared/evaluation/evaluation-report.ts';
import { bioTag } from '../../support/tag-arbitraries.ts';

const none = { correct: 0, type: 0, boundary: 0, both: 0, missed: 0, spurious: 0 };

describe('errorKinds', () => {
  test('tells the errors of a small corpus apart', () => {
    const gold = ['B-x I-x O', 'B-x O B-y', 'B-y I-y O', 'B-x O O'].map((tags) => tags.split(' '));
    const predicted = ['B-x I-x O', 'B-y O B-y', 'B-y O O', 'O B-z I-z'].map((tags) => tags.split(' '));
    // correct x, type x as y, correct y, boundary y, missed x, spurious z.
    expect(errorKinds(gold, predicted)).toEqual({
      counts: { correct: 2, type: 1, boundary: 1, both: 0, missed: 1, spurious: 1 },
      perType: {
        x: { ...none, correct: 1, type: 1, missed: 1 },
        y: { ...none, correct: 1, boundary: 1 },
        z: { ...none, spurious: 1 },
      },
      confusion: {
        types: ['x', 'y', 'z'],
        exact: [
          [1, 1, 0],
          [0, 1, 0],
          [0, 0, 0],
        ],
        overlapping: [
          [0, 0, 0],
          [0, 1, 0],
          [0, 0, 0],
        ],
        missed: [1, 0, 0],
        spurious: [0, 0, 1],
      },
    });
  });

  test('adds up to the entities of seqeval: rows to the gold ones, columns to the predicted ones', () => {
    const words = fc.array(fc.tuple(bioTag, bioTag), { maxLength: 12 });
    fc.assert(
      fc.property(fc.array(words, { maxLength: 4 }), (sentences) => {
        const [gold, predicted] = [0, 1].map((side) => sentences.map((pairs) => pairs.map((pair) => pair[side]!)));
        const { counts, perType, confusion } = errorKinds(gold!, predicted!);
        const sum = (numbers: readonly number[]): number => numbers.reduce((total, n) => total + n, 0);
        const { perType: figures, micro } = entityReport(gold!, predicted!, { mode: 'default' });
        const predictions = entityReport(predicted!, gold!, { mode: 'default' });
        expect(Object.keys(perType)).toEqual(Object.keys(figures));
        confusion.types.forEach((type, i) => {
          const [exact, overlapping] = [confusion.exact, confusion.overlapping];
          expect(sum(exact[i]!) + sum(overlapping[i]!) + confusion.missed[i]!).toBe(figures[type]!.support);
          const column = sum([...exact, ...overlapping].map((row) => row[i]!));
          expect(column + confusion.spurious[i]!).toBe(predictions.perType[type]!.support);
          expect(exact[i]![i]).toBe(Math.round(figures[type]!.recall * figures[type]!.support));
        });
        const { correct, type, boundary, both, missed, spurious } = counts;
        expect(correct + type + boundary + both + missed).toBe(micro.support);
        expect(correct + type + boundary + both + spurious).toBe(predictions.micro.support);
      }),
    );
  });

  test('of nothing is nothing', () => {
    const confusion = { types: [], exact: [], overlapping: [], missed: [], spurious: [] };
    expect(errorKinds([['O']], [['O']])).toEqual({ counts: none, perType: {}, confusion });
  });

  test('fails when gold and prediction differ in words', () => {
    expect(() => errorKinds([['O']], [['O', 'O']])).toThrow(expect.objectContaining({ code: 'E_SHAPE_MISMATCH' }));
  });
});
