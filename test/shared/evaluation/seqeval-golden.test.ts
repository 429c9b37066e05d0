import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { entityReport, type EntityReport } from '../../../shared/evaluation/evaluation-report.ts';
import type { EntityMode } from '../../../shared/evaluation/corpus-entities.ts';
import type { Figures } from '../../../shared/evaluation/figures.ts';
import { formatEntityReport } from '../../../shared/evaluation/format-report.ts';
import { tokenAccuracy } from '../../../shared/evaluation/token-accuracy.ts';
import { isClose } from '../../support/close-to.ts';
import { tolerance } from '../../support/tolerance.ts';

/** Precision, recall, F1 (null where seqeval has NaN) and support. */
type Row = readonly [number | null, number | null, number | null, number];
type Average = 'micro' | 'macro' | 'weighted';
type Expected = string | (Readonly<Record<Average, Row>> & { readonly perType: Readonly<Record<string, Row>> });

interface Case {
  readonly name: string;
  readonly gold: readonly string[];
  readonly predicted: readonly string[];
  readonly accuracy: number;
  readonly default: Expected;
  readonly strict: Expected;
  readonly strictIob1: Expected;
  readonly reports?: Readonly<Record<'default2' | 'default4' | 'strict2', string>>;
}

/** Written by test/golden/generate/seqeval_cases.py, which says what its values mean; versions are in `made`. */
const { cases } = JSON.parse(readFileSync(new URL('../../golden/seqeval.json', import.meta.url), 'utf8')) as {
  readonly cases: readonly Case[];
};

const modes: readonly [keyof Pick<Case, 'default' | 'strict' | 'strictIob1'>, EntityMode][] = [
  ['default', { mode: 'default' }],
  ['strict', { mode: 'strict', scheme: 'IOB2' }],
  ['strictIob1', { mode: 'strict', scheme: 'IOB1' }],
];

function tagsOf(sentences: readonly string[]): string[][] {
  return sentences.map((text) => (text === '' ? [] : text.split(' ')));
}

function expectRow(found: Figures, expected: Row): void {
  const numbers = [found.precision, found.recall, found.f1, found.support];
  numbers.forEach((number, i) => {
    // Where seqeval averages over no types it has NaN; Tagwright has 0.
    expect(isClose(number, expected[i] ?? 0, tolerance.reference), `${number} is not ${String(expected[i])}`).toBe(
      true,
    );
  });
}

function expectReport(found: EntityReport, expected: Exclude<Expected, string>): void {
  expect(Object.keys(found.perType).sort()).toEqual(Object.keys(expected.perType).sort());
  for (const [type, row] of Object.entries(expected.perType)) expectRow(found.perType[type]!, row);
  for (const average of ['micro', 'macro', 'weighted'] as const) expectRow(found[average], expected[average]);
}

test('the golden file holds several hundred cases', () => {
  expect(cases.length).toBeGreaterThan(400);
});

test.each(cases)('figures equal those of seqeval in each mode: $name', (given) => {
  const [gold, predicted] = [tagsOf(given.gold), tagsOf(given.predicted)];
  for (const [key, how] of modes) {
    const expected = given[key];
    const run = (): EntityReport => entityReport(gold, predicted, how);
    // KeyError and ValueError of seqeval: a tag that the scheme does not have.
    if (typeof expected === 'string') expect(run, key).toThrow(expect.objectContaining({ code: 'E_LABEL_UNKNOWN' }));
    else expectReport(run(), expected);
  }
  expect(isClose(tokenAccuracy(gold, predicted), given.accuracy, tolerance.reference)).toBe(true);
});

describe('formatEntityReport', () => {
  const withReports = cases.flatMap(({ name, gold, predicted, reports }) =>
    reports === undefined ? [] : [{ name, gold: tagsOf(gold), predicted: tagsOf(predicted), reports }],
  );

  test.each(withReports)('prints what seqeval prints: $name', ({ gold, predicted, reports }) => {
    const texts = [
      [reports.default2, { mode: 'default' }, 2],
      [reports.default4, { mode: 'default' }, 4],
      [reports.strict2, { mode: 'strict', scheme: 'IOB2' }, 2],
    ] as const;
    for (const [text, how, digits] of texts) {
      // No entities, or tags outside the scheme: the test above and format-report.test.ts say what happens then.
      if (/^(Key|Value)Error$/.test(text)) continue;
      expect(formatEntityReport(entityReport(gold, predicted, how), { digits })).toBe(text);
    }
  });
});
