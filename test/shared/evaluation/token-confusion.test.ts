import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { tokenConfusion } from '../../../shared/evaluation/token-confusion.ts';

interface Case {
  readonly name: string;
  readonly gold: string;
  readonly predicted: string;
  readonly types: readonly string[];
  readonly confusion: readonly (readonly number[])[];
}

/** Written by test/golden/generate/sklearn_token_report.py, which names the version. */
const { cases } = JSON.parse(
  readFileSync(new URL('../../golden/sklearn-token-report.json', import.meta.url), 'utf8'),
) as { readonly cases: readonly Case[] };

describe('tokenConfusion', () => {
  test.each(cases)("is scikit-learn's matrix: $name", ({ gold, predicted, types, confusion }) => {
    expect(tokenConfusion([gold.split(' ')], [predicted.split(' ')])).toEqual({ types, counts: confusion });
  });

  test('of no words is empty', () => {
    expect(tokenConfusion([], [])).toEqual({ types: [], counts: [] });
  });

  test('fails when gold and prediction differ in words', () => {
    expect(() => tokenConfusion([['O']], [[]])).toThrow(expect.objectContaining({ code: 'E_SHAPE_MISMATCH' }));
  });
});
