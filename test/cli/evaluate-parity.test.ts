import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { createRng } from '../../shared/random.ts';
import { readConll } from '../../shared/corpus/conll.ts';
import { evaluateTags, type EvaluationReport } from '../../shared/evaluation/evaluation-report.ts';
import { isClose } from '../support/close-to.ts';
import { tolerance } from '../support/tolerance.ts';
import { SAMPLE } from '../support/trained-bundle.ts';

interface Case {
  readonly split: string;
  readonly corpusSha256: string;
  readonly taggedSha256: string;
  /** Tags of a sentence, separated by blanks. */
  readonly gold: readonly string[];
  readonly predicted: readonly string[];
  readonly seqeval: Omit<EvaluationReport, 'f1Interval'>;
}

/** Written by test/golden/generate/evaluate_parity.py from the output of `tagwright tag --format conll`. */
const { made, cases } = JSON.parse(
  readFileSync(new URL('../golden/evaluate-parity.json', import.meta.url), 'utf8'),
) as { readonly made: { readonly seqeval: string }; readonly cases: readonly Case[] };

const tagsOf = (sentences: readonly string[]): string[][] => sentences.map((tags) => tags.split(' '));
const sha256 = (data: string | Uint8Array): string => createHash('sha256').update(data).digest('hex');

/** Every number in `expected` with the number at the same place in `found`. */
function* numberPairs(found: unknown, expected: unknown, path = ''): Generator<readonly [string, number, number]> {
  if (typeof expected === 'number') yield [path, found as number, expected];
  if (typeof expected !== 'object' || expected === null) return;
  for (const [key, value] of Object.entries(expected)) {
    yield* numberPairs((found as Record<string, unknown>)[key], value, `${path}.${key}`);
  }
}

test('the golden file is of both splits and of the real seqeval', () => {
  expect(cases.map(({ split }) => split)).toEqual(['dev', 'test']);
  expect(made.seqeval).toBe('1.2.2');
});

describe.each(cases)('$split', ({ split, gold, predicted, seqeval, ...hashes }) => {
  const file = join(SAMPLE, split);

  test('what was tagged is the file in this repository, in the three columns that conlleval reads', () => {
    expect(sha256(readFileSync(file))).toBe(hashes.corpusSha256);
    const [goldTags, predictedTags] = [tagsOf(gold), tagsOf(predicted)];
    const text = readConll(file)
      .map(({ words }, i) =>
        words.map((word, j) => `${word}\t${goldTags[i]![j]!}\t${predictedTags[i]![j]!}\n`).join(''),
      )
      .map((sentence) => `${sentence}\n`)
      .join('');
    expect(sha256(text)).toBe(hashes.taggedSha256);
  });

  test('evaluation finds every figure that seqeval found, to the last bit where nothing is averaged', () => {
    const found = evaluateTags(tagsOf(gold), tagsOf(predicted), { rng: createRng(0, 'bootstrap'), resamples: 1 });
    // Of what is not a number: the same keys, modes and schemes.
    expect(Object.keys(found.entity.default.perType).sort()).toEqual(
      Object.keys(seqeval.entity.default.perType).sort(),
    );
    expect([found.entity.default.scheme, found.entity.strict.scheme]).toEqual([
      seqeval.entity.default.scheme,
      seqeval.entity.strict.scheme,
    ]);
    const pairs = [...numberPairs(found, seqeval)];
    // Two modes of 3 averages and 10 types with 4 figures each; sentences, tokens and accuracy.
    expect(pairs).toHaveLength(2 * (3 + 10) * 4 + 3);
    for (const [path, figure, expected] of pairs) {
      // numpy adds up averages in another order.
      const same = /\.(macro|weighted)\./.test(path)
        ? isClose(figure, expected, tolerance.reference)
        : figure === expected;
      expect(same, `${path}: ${figure} is not ${expected}`).toBe(true);
    }
    expect(seqeval.entity.default.micro.f1).toBeGreaterThan(0.3);
  });
});
