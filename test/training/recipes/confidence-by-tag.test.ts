import { describe, expect, test } from 'vitest';
import type { MeasuredSentence } from '../../../training/report/report-input.ts';
import { confidenceAppendices, confidenceByTag } from '../../../training/recipes/confidence-by-tag.ts';
import { isClose } from '../../support/close-to.ts';
import { measured, measuredSplit } from '../../support/tiny-report.ts';
import { tolerance } from '../../support/tolerance.ts';

/** A sentence with these calibrated confidences, and raw ones that nobody should look at. */
function sure(text: string, words: readonly number[], entities: readonly number[]): MeasuredSentence {
  const raw = { words: words.map(() => 0), entities: entities.map(() => 0) };
  return { ...measured(text), confidences: { raw, calibrated: { words, entities } } };
}

const sentences = [sure('a/B-x b/I-x|O c/B-y', [0.9, 0.6, 0.8], [0.7, 0.5]), sure('d/O|B-x e/O', [0.5, 1], [0.4])];

describe('confidenceByTag', () => {
  const { tags, types } = confidenceByTag(sentences)!;
  const close = (actual: number, expected: number): boolean => isClose(actual, expected, tolerance.exactFloat64);

  test('takes words by their predicted tag', () => {
    expect(Object.keys(tags)).toEqual(['B-x', 'B-y', 'O']);
    expect(tags['B-x']).toMatchObject({ count: 2, accuracy: 0.5 });
    expect(close(tags['B-x']!.meanConfidence, 0.7)).toBe(true);
    // Bins of their own: |1 - .9| and |0 - .5|, half of the words each.
    expect(close(tags['B-x']!.ece, 0.3)).toBe(true);
    expect(tags['B-y']).toMatchObject({ count: 1, accuracy: 1 });
    // b at .6 is wrong, e at 1 is right.
    expect(close(tags['O']!.ece, 0.3)).toBe(true);
  });

  test('takes entities by their predicted type, right when words and type are', () => {
    // a alone is not a b; c is right; d is none.
    expect(types['x']).toMatchObject({ count: 2, accuracy: 0 });
    expect(close(types['x']!.ece, 0.55)).toBe(true);
    expect(types['y']).toMatchObject({ count: 1, accuracy: 1, meanConfidence: 0.5 });
  });

  test('is null where a sentence has no confidences', () => {
    expect(confidenceByTag([...sentences, measured('a/O')])).toBeNull();
  });
});

describe('confidenceAppendices', () => {
  test('has a table of tags and one of types for each split', () => {
    const [appendix, ...others] = confidenceAppendices([measuredSplit('dev', sentences)]);
    expect(others).toEqual([]);
    expect(appendix!.blocks.slice(1)).toMatchObject([
      {
        caption: 'Words of dev by predicted tag, in per cent',
        rows: [
          ['B-x', '2', '70.0', '50.0', '30.0'],
          ['B-y', '1', '80.0', '100.0', '20.0'],
          ['O', '2', '80.0', '50.0', '30.0'],
        ],
      },
      {
        caption: 'Entities of dev by predicted type, in per cent',
        rows: [
          ['x', '2', '55.0', '0.0', '55.0'],
          ['y', '1', '50.0', '100.0', '50.0'],
        ],
      },
    ]);
  });

  test('is nothing where there are no confidences', () => {
    expect(confidenceAppendices([measuredSplit('dev', [measured('a/O')])])).toEqual([]);
  });
});
