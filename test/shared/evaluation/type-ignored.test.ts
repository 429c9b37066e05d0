import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { errorKinds } from '../../../shared/evaluation/error-kinds.ts';
import { typeIgnoredFigures } from '../../../shared/evaluation/type-ignored.ts';
import { bioTag } from '../../support/tag-arbitraries.ts';

describe('typeIgnoredFigures', () => {
  test('counts the right words with the wrong type, and nothing with wrong words', () => {
    // Three gold; predicted: one under another type, one too short. P = 1/2, R = 1/3, F1 = 2/5.
    const found = typeIgnoredFigures([['B-x', 'B-y', 'I-y', 'O', 'B-x']], [['B-z', 'B-y', 'O', 'O', 'O']]);
    expect(found).toEqual({ precision: 0.5, recall: 1 / 3, f1: 0.4, support: 3 });
  });

  test('keeps neighbours of one type apart when their types do', () => {
    expect(typeIgnoredFigures([['B-x', 'I-y']], [['B-y', 'I-y']])).toMatchObject({ precision: 0, support: 2 });
  });

  test('counts what error kinds call correct or of another type', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(bioTag, bioTag), { maxLength: 12 }), (words) => {
        const [gold, predicted] = [0, 1].map((side) => [words.map((pair) => pair[side]!)]);
        const { correct, type } = errorKinds(gold!, predicted!).counts;
        const { recall, support } = typeIgnoredFigures(gold!, predicted!);
        expect(Math.round(recall * support)).toBe(correct + type);
      }),
    );
  });

  test('fails when gold and prediction differ in sentences', () => {
    expect(() => typeIgnoredFigures([['O']], [])).toThrow(expect.objectContaining({ code: 'E_SHAPE_MISMATCH' }));
  });
});
