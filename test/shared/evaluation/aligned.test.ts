import { describe, expect, test } from 'vitest';
import { checkAligned } from '../../../shared/evaluation/aligned.ts';

describe('checkAligned', () => {
  test('lets equal shapes through', () => {
    expect(() => {
      checkAligned('evaluateTags', [['O'], []], [['B-x'], []]);
    }).not.toThrow();
  });

  test.each([
    ['sentences', [['O'], ['O']], [['O']], 'the sentences of gold and prediction differ in number, got 2 and 1'],
    ['words', [['O'], ['O', 'O']], [['O'], ['O']], 'in sentence 1 (from 0) differ in number, got 2 and 1'],
  ])('fails when the numbers of %s differ', (_case, gold, predicted, message) => {
    expect(() => {
      checkAligned('evaluateTags', gold, predicted);
    }).toThrow(
      expect.objectContaining({ code: 'E_SHAPE_MISMATCH', message: expect.stringContaining(message) as string }),
    );
  });
});
