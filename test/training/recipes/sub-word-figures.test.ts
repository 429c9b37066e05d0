import fc from 'fast-check';
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { subWordFigures } from '../../../training/recipes/sub-word-figures.ts';
import { isClose } from '../../support/close-to.ts';
import { bioTag } from '../../support/tag-arbitraries.ts';
import { tolerance } from '../../support/tolerance.ts';

interface Golden {
  readonly cases: readonly {
    readonly name: string;
    readonly gold: string;
    readonly predicted: string;
    readonly figures: Readonly<Record<string, Readonly<Record<'precision' | 'recall' | 'f1-score', number>>>>;
  }[];
}

const golden = JSON.parse(
  readFileSync(new URL('../../golden/sklearn-token-report.json', import.meta.url), 'utf8'),
) as Golden;

test('counts each word as often as it has sub-words', () => {
  const sentences = [
    { gold: ['B-x', 'O', 'O'], predicted: ['B-x', 'B-x', 'O'] },
    { gold: ['B-y', 'O'], predicted: ['O', 'O'] },
  ];
  const figures = subWordFigures(sentences, [
    [3, 1, 2],
    [2, 0],
  ]);
  // B-x: 3 right of 4 predicted and 3 gold. B-y: 0 of 0 and 2. O: 2 right of 4 predicted and 3 gold.
  const { perTag, accuracy, macro } = figures.report;
  expect(figures.pieces).toBe(8);
  expect(accuracy).toBe(5 / 8);
  expect(perTag['B-x']).toMatchObject({ precision: 3 / 4, recall: 1, support: 3 });
  expect(perTag['B-y']).toMatchObject({ precision: 0, recall: 0, f1: 0, support: 2 });
  expect(perTag['O']).toMatchObject({ precision: 2 / 4, recall: 2 / 3, support: 3 });
  // P = (3/4 + 0 + 1/2)/3 = 5/12 and R = (1 + 0 + 2/3)/3 = 5/9, so 2PR/(P + R) = 10/21; the mean of 6/7, 0 and 4/7 is 10/21 too.
  const close = (actual: number, expected: number): boolean => isClose(actual, expected, tolerance.exactFloat64);
  expect(close(macro.precision, 5 / 12) && close(macro.recall, 5 / 9)).toBe(true);
  expect(close(figures.harmonicMacroF1, 10 / 21)).toBe(true);
  // Without O: 3 right of 4 predicted and 5 gold.
  expect(figures.withoutOutside).toMatchObject({ precision: 3 / 4, recall: 3 / 5, support: 5 });
});

test('the harmonic mean of macro figures is not the mean of the F1s', () => {
  // B-x: 1 of 1 and 2. O: 1 of 2 and 1. P = 3/4, R = 3/4: harmonic 3/4. Each F1 is 2/3.
  const { harmonicMacroF1, report } = subWordFigures(
    [{ gold: ['B-x', 'B-x', 'O'], predicted: ['B-x', 'O', 'O'] }],
    [[1, 1, 1]],
  );
  expect(isClose(harmonicMacroF1, 3 / 4, tolerance.exactFloat64)).toBe(true);
  expect(isClose(report.macro.f1, 2 / 3, tolerance.exactFloat64)).toBe(true);
});

test('is 0 where nothing is right, and where there is nothing', () => {
  expect(subWordFigures([{ gold: ['O'], predicted: ['B-x'] }], [[2]])).toMatchObject({ pieces: 2, harmonicMacroF1: 0 });
  expect(subWordFigures([], [])).toMatchObject({ pieces: 0, harmonicMacroF1: 0, withoutOutside: { f1: 0 } });
});

describe('scikit-learn', () => {
  test.each(golden.cases)('has the same macro figures: $name', ({ gold, predicted, figures }) => {
    const [g, p] = [gold.split(' '), predicted.split(' ')];
    const found = subWordFigures([{ gold: g, predicted: p }], [g.map(() => 1)]);
    const { precision, recall, 'f1-score': f1 } = figures['macro avg']!;
    const harmonic = precision + recall === 0 ? 0 : (2 * precision * recall) / (precision + recall);
    expect(isClose(found.report.macro.f1, f1, tolerance.reference)).toBe(true);
    expect(isClose(found.harmonicMacroF1, harmonic, tolerance.reference)).toBe(true);
  });
});

test('agrees with a count of cells one by one', () => {
  const word = fc.record({ gold: bioTag, predicted: bioTag, pieces: fc.nat(3) });
  fc.assert(
    fc.property(fc.array(fc.array(word, { maxLength: 6 }), { maxLength: 4 }), (sentences) => {
      const found = subWordFigures(
        sentences.map((words) => ({ gold: words.map((w) => w.gold), predicted: words.map((w) => w.predicted) })),
        sentences.map((words) => words.map((w) => w.pieces)),
      );
      let [cells, right, inGold, inPredicted, rightInside] = [0, 0, 0, 0, 0];
      for (const { gold, predicted, pieces } of sentences.flat()) {
        cells += pieces;
        if (gold === predicted) right += pieces;
        if (gold !== 'O') inGold += pieces;
        if (predicted !== 'O') inPredicted += pieces;
        if (gold === predicted && gold !== 'O') rightInside += pieces;
      }
      expect(found.pieces).toBe(cells);
      expect(found.report.accuracy).toBe(cells === 0 ? 0 : right / cells);
      expect(found.withoutOutside.precision).toBe(inPredicted === 0 ? 0 : rightInside / inPredicted);
      expect(found.withoutOutside.recall).toBe(inGold === 0 ? 0 : rightInside / inGold);
    }),
  );
});
