import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { AGGREGATIONS, type Aggregation } from '../../../shared/contracts/aggregation.ts';
import { aggregate, type PieceGroup, type ScoredPieces } from '../../../shared/decode/aggregation.ts';
import { isClose } from '../../support/close-to.ts';
import { tolerance } from '../../support/tolerance.ts';

interface Found {
  readonly type: string;
  readonly start: number;
  readonly end: number;
  readonly score: number;
}

interface Case {
  readonly text: string;
  /** Word, start and end in code points of the text, of each piece. */
  readonly pieces: readonly (readonly [word: number, start: number, end: number])[];
  readonly scores: readonly (readonly number[])[];
  /** Whether the pipeline guesses the words as they are. */
  readonly same: boolean;
  readonly found: Readonly<Record<Aggregation, readonly Found[]>>;
}

/** What the pipeline of transformers 4.57.6 finds; made by test/golden/generate/aggregation.py. */
const golden = JSON.parse(readFileSync(join(import.meta.dirname, '../../golden/aggregation.json'), 'utf8')) as {
  readonly labels: readonly string[];
  readonly cases: readonly Case[];
};
const { labels } = golden;

function piecesOf({ pieces, scores }: Pick<Case, 'pieces' | 'scores'>): ScoredPieces {
  return { scores: Float32Array.from(scores.flat()), wordIds: Int32Array.from(pieces, ([word]) => word) };
}

/** Groups by their places in the text. */
function placed(groups: readonly PieceGroup[], { pieces }: Case): readonly Found[] {
  return groups.map(({ type, start, end, score }) => ({
    type,
    start: pieces[start]![1],
    end: pieces[end - 1]![2],
    score,
  }));
}

function expectSame(found: readonly Found[], expected: readonly Found[]): void {
  const places = (entities: readonly Found[]): unknown => entities.map(({ type, start, end }) => [type, start, end]);
  expect(places(found)).toEqual(places(expected));
  found.forEach(({ score }, i) => {
    expect(isClose(score, expected[i]!.score, tolerance.referenceFloat32)).toBe(true);
  });
}

describe('aggregate', () => {
  const rows = golden.cases.flatMap((one) =>
    AGGREGATIONS.filter((strategy) => one.same || strategy === 'none' || strategy === 'simple').map(
      (strategy) => [strategy, one.text, one] as const,
    ),
  );
  test.each(rows)('%s finds in "%s" what the pipeline of transformers finds', (strategy, _, one) => {
    expectSame(placed(aggregate(piecesOf(one), { strategy, labels }), one), one.found[strategy]);
  });

  test('the golden cases tell the strategies apart', () => {
    const written = AGGREGATIONS.map((strategy) => JSON.stringify(golden.cases.map(({ found }) => found[strategy])));
    expect(new Set(written).size).toBe(AGGREGATIONS.length);
    expect(golden.cases.filter(({ same }) => !same).length).toBe(1);
  });

  /** Scores whose softmax at temperature 1 is as good as certain of these labels. */
  const certain = (...tags: readonly string[]): number[][] =>
    tags.map((tag) => labels.map((label) => (label === tag ? 50 : 0)));
  const whole = (score: number): number => Math.round(score * 1e6) / 1e6;

  test('takes the words it is told, where the pipeline cuts a word at punctuation', () => {
    // don ' t, ada: two words.
    const scored = {
      scores: Float32Array.from(certain('O', 'B-person', 'B-geo-loc', 'B-person').flat()),
      wordIds: Int32Array.of(0, 0, 0, 1),
    };
    expect(aggregate(scored, { strategy: 'first', labels })).toMatchObject([{ type: 'person', start: 3, end: 4 }]);
  });

  test('joins neighbours of a type, begins anew at B-, and lets I- begin an entity', () => {
    const scores = certain('I-person', 'I-person', 'B-person', 'O', 'I-geo-loc', 'I-person');
    const scored = { scores: Float32Array.from(scores.flat()), wordIds: Int32Array.from(scores.keys()) };
    const groups = aggregate(scored, { strategy: 'simple', labels });
    expect(groups.map(({ type, start, end, score }) => [type, start, end, whole(score)])).toEqual([
      ['person', 0, 2, 1],
      ['person', 2, 3, 1],
      ['geo-loc', 4, 5, 1],
      ['person', 5, 6, 1],
    ]);
    expect(aggregate(scored, { strategy: 'none', labels }).map(({ type }) => type)).toEqual([
      'I-person',
      'I-person',
      'B-person',
      'I-geo-loc',
      'I-person',
    ]);
  });

  test('divides the scores by the temperature', () => {
    const scores = Float32Array.of(0, 2, 0, 0, 0);
    const [group] = aggregate({ scores, wordIds: Int32Array.of(0) }, { strategy: 'max', labels, temperature: 2 });
    // e^(2/2) against four of e^0.
    expect(isClose(group!.score, Math.E / (Math.E + 4), tolerance.exactFloat64)).toBe(true);
  });

  test('finds nothing where there are no pieces', () => {
    const none = { scores: new Float32Array(0), wordIds: new Int32Array(0) };
    for (const strategy of AGGREGATIONS) expect(aggregate(none, { strategy, labels })).toEqual([]);
  });
});
