import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { compareEvaluations } from '../../../functions/promote/compare-evaluations.ts';
import { comparisonSchema, type Evaluation } from '../../../shared/contracts/promotion.ts';
import { entityReport } from '../../../shared/evaluation/evaluation-report.ts';
import { pairedBootstrap } from '../../../shared/evaluation/paired-bootstrap.ts';
import { createRng } from '../../../shared/random.ts';

const LABELS = ['O', 'B-x', 'I-x', 'B-y'];

/** The tags as they are kept of a model. */
function evaluation(tags: readonly (readonly string[])[], labels: readonly string[] = LABELS): Evaluation {
  const rows = tags.map((row) => row.map((tag) => labels.indexOf(tag)));
  return { modelId: '0123456789abcdef', test: 'a'.repeat(64), labels: [...labels], tags: rows };
}

const gold = [
  ['B-x', 'I-x', 'O'],
  ['B-y', 'O'],
  ['O', 'B-x'],
];

describe('compareEvaluations', () => {
  test('has the figures of seqeval, and all types of either side', async () => {
    const predicted = [
      ['B-x', 'I-x', 'O'],
      ['O', 'O'],
      ['O', 'B-x'],
    ];
    const against = [
      ['B-x', 'O', 'O'],
      ['B-y', 'O'],
      ['B-z', 'O'],
    ];
    const champion = evaluation(against, ['O', 'B-x', 'B-y', 'B-z']);
    const found = await compareEvaluations({ gold, candidate: evaluation(predicted), champion });
    // Precision 2/2 and recall 2/3; against it 1/3 and 1/3.
    expect(found).toMatchObject({ sentences: 3, f1: 0.8, championF1: 1 / 3 });
    expect(found.types).toEqual({
      x: { f1: 1, championF1: 0, support: 2 },
      y: { f1: 0, championF1: 1, support: 1 },
      z: { f1: 0, championF1: 0, support: 0 },
    });
  });

  test('has no champion in it where there is none', async () => {
    const found = await compareEvaluations({ gold, candidate: evaluation(gold) });
    expect(found).toMatchObject({ f1: 1, championF1: null, difference: null, interval: null });
    expect(found.types['x']).toEqual({ f1: 1, championF1: null, support: 2 });
  });

  test('is what the paired bootstrap says, is one of the contract, and is the same each time', async () => {
    const tag = fc.constantFrom(...LABELS);
    const row = fc.tuple(tag, tag, tag);
    const corpora = fc.array(fc.tuple(row, row, row), { minLength: 1, maxLength: 8 });
    await fc.assert(
      fc.asyncProperty(corpora, async (sentences) => {
        const [of, predicted, against] = [0, 1, 2].map((side) => sentences.map((sides) => sides[side]!));
        const input = { gold: of!, candidate: evaluation(predicted!), champion: evaluation(against!) };
        const found = comparisonSchema.parse(await compareEvaluations(input));
        const rng = createRng(0, 'paired bootstrap');
        const { difference, interval } = pairedBootstrap({ gold: of!, predicted: predicted!, against: against!, rng });
        expect([found.difference, found.interval]).toEqual([difference, interval]);
        expect(found.f1).toBe(entityReport(of!, predicted!, { mode: 'default' }).micro.f1);
        expect(await compareEvaluations(input)).toEqual(found);
      }),
      { numRuns: 20 },
    );
  });
});
