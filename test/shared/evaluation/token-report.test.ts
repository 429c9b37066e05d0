import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import type { Figures } from '../../../shared/evaluation/figures.ts';
import { formatTokenReport } from '../../../shared/evaluation/format-report.ts';
import { tokenReport } from '../../../shared/evaluation/token-report.ts';
import { isClose } from '../../support/close-to.ts';
import { tolerance } from '../../support/tolerance.ts';

type Row = Readonly<Record<'precision' | 'recall' | 'f1-score' | 'support', number>>;

interface Case {
  readonly name: string;
  readonly gold: string;
  readonly predicted: string;
  readonly figures: Readonly<Record<string, Row>> & { readonly accuracy: number };
  readonly text2: string;
  readonly text4: string;
}

/** Written by test/golden/generate/sklearn_token_report.py, which names the version. */
const { cases } = JSON.parse(
  readFileSync(new URL('../../golden/sklearn-token-report.json', import.meta.url), 'utf8'),
) as { readonly cases: readonly Case[] };

function expectRow(found: Figures, expected: Row): void {
  const pairs = [
    [found.precision, expected.precision],
    [found.recall, expected.recall],
    [found.f1, expected['f1-score']],
    [found.support, expected.support],
  ] as const;
  for (const [number, reference] of pairs) {
    expect(isClose(number, reference, tolerance.reference), `${number} is not ${reference}`).toBe(true);
  }
}

describe('tokenReport', () => {
  test.each(cases)("has scikit-learn's figures and text: $name", ({ gold, predicted, figures, text2, text4 }) => {
    const report = tokenReport([gold.split(' ')], [predicted.split(' ')]);
    const { accuracy, 'macro avg': macro, 'weighted avg': weighted, ...perTag } = figures;
    expect(isClose(report.accuracy, accuracy, tolerance.reference)).toBe(true);
    expectRow(report.macro, macro!);
    expectRow(report.weighted, weighted!);
    expect(Object.keys(report.perTag).sort()).toEqual(Object.keys(perTag).sort());
    for (const [tag, row] of Object.entries(report.perTag)) expectRow(row, figures[tag]!);
    // Where not one word is right, scikit-learn prints the supports as floats.
    const expected = [text2, text4].map((text) => (accuracy === 0 ? text.replace(/(\d+)\.0$/gm, '  $1') : text));
    expect([formatTokenReport(report), formatTokenReport(report, { digits: 4 })]).toEqual(expected);
  });

  test('does not mind how words are cut into sentences', () => {
    const whole = tokenReport([['B-x', 'O', 'I-x']], [['B-x', 'I-x', 'O']]);
    expect(tokenReport([['B-x'], [], ['O', 'I-x']], [['B-x'], [], ['I-x', 'O']])).toEqual(whole);
  });

  test('of no words is a table without tags', () => {
    const zero = { precision: 0, recall: 0, f1: 0, support: 0 };
    const report = tokenReport([], []);
    expect(report).toEqual({ accuracy: 0, macro: zero, weighted: zero, perTag: {} });
    expect(formatTokenReport(report)).toContain('\n    accuracy                           0.00         0\n');
  });

  test('fails when gold and prediction differ in words', () => {
    expect(() => tokenReport([['O']], [['O', 'O']])).toThrow(expect.objectContaining({ code: 'E_SHAPE_MISMATCH' }));
  });
});
