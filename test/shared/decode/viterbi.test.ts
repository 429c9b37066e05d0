import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { bioConstraints } from '../../../shared/decode/constraints.ts';
import type { LinearChain } from '../../../shared/decode/linear-chain.ts';
import { createViterbiWorkspace, viterbi } from '../../../shared/decode/viterbi.ts';
import { createLabelSet } from '../../../shared/labels/label-set.ts';
import { repairOrphans } from '../../../shared/labels/repair.ts';
import { createRng } from '../../../shared/random.ts';
import { isClose } from '../../support/close-to.ts';
import { allPaths, isAllowed, randomChain, scoreOf } from '../../support/path-enumeration.ts';
import { tolerance } from '../../support/tolerance.ts';

const fiveLabels = createLabelSet(['a', 'b']).labels;

/** The best allowed path by trying all; of equal ones that with the lowest last label, then last but one, and so on. */
function bestByEnumeration(chain: LinearChain): { path: number[]; score: number } {
  const scored = allPaths(chain.length, chain.labels)
    .filter((path) => isAllowed(chain, path))
    .map((path) => ({ path, score: scoreOf(chain, path) }));
  const score = Math.max(...scored.map((candidate) => candidate.score));
  const fromTheEnd = (path: number[]): string => path.toReversed().join(',');
  const best = scored.filter((candidate) => candidate.score === score).map((candidate) => candidate.path);
  best.sort((a, b) => (fromTheEnd(a) < fromTheEnd(b) ? -1 : 1));
  return { path: best[0]!, score };
}

describe('viterbi', () => {
  const sizes = [1, 2, 3, 4].flatMap((length) => [1, 2, 3, 4, 5].map((labels) => [length, labels] as const));

  test.each(sizes)('finds the best of all paths over %i words and %i labels', (length, labels) => {
    const rng = createRng(7, `${length}x${labels}`);
    for (let trial = 0; trial < 20; trial++) {
      const chain = randomChain(rng, length, labels);
      const found = viterbi(chain);
      const expected = bestByEnumeration(chain);
      expect(Array.from(found.path)).toEqual(expected.path);
      expect(isClose(found.score, expected.score, tolerance.exactFloat64)).toBe(true);
    }
  });

  test.each([1, 2, 3, 4])('finds the best of the allowed paths over %i words', (length) => {
    const rng = createRng(8, String(length));
    for (let trial = 0; trial < 50; trial++) {
      const chain = { ...randomChain(rng, length, 5), constraints: bioConstraints(fiveLabels) };
      const found = viterbi(chain);
      const expected = bestByEnumeration(chain);
      expect(Array.from(found.path)).toEqual(expected.path);
      expect(isClose(found.score, expected.score, tolerance.exactFloat64)).toBe(true);
    }
  });

  test('takes, of equal paths, the one with the lowest labels read from the end', () => {
    // Scores of 0 and 1 make ties the rule; sums of whole numbers are exact.
    const score = fc.integer({ min: 0, max: 1 });
    const scores = (count: number): fc.Arbitrary<number[]> => fc.array(score, { minLength: count, maxLength: count });
    fc.assert(
      fc.property(scores(12), scores(3), scores(3), scores(9), (emissions, start, end, transitions) => {
        const chain = { emissions: Float32Array.from(emissions), length: 4, labels: 3, start, end, transitions };
        expect(viterbi(chain)).toEqual({
          path: Int32Array.from(bestByEnumeration(chain).path),
          score: bestByEnumeration(chain).score,
        });
      }),
    );
  });

  test('never yields a sequence that the BIO rules forbid', () => {
    const labels = createLabelSet(['loc', 'geo-loc', 'x']).labels;
    const constraints = bioConstraints(labels);
    const score = fc.float({ min: -1000, max: 1000, noNaN: true });
    const scores = (count: number): fc.Arbitrary<number[]> => fc.array(score, { minLength: count, maxLength: count });
    const sentence = fc
      .nat({ max: 10 })
      .chain((length) => fc.tuple(fc.constant(length), scores(length * labels.length)));
    fc.assert(
      fc.property(sentence, scores(49), scores(7), ([length, emissions], transitions, start) => {
        const { path } = viterbi({
          emissions: Float32Array.from(emissions),
          length,
          labels: labels.length,
          start,
          end: start,
          transitions,
          constraints,
        });
        const tags = Array.from(path, (label) => labels[label]!);
        expect(tags).toHaveLength(length);
        expect(repairOrphans(tags).changed).toEqual([]);
      }),
    );
  });

  test('of no words is the empty path with score 0', () => {
    expect(viterbi(randomChain(createRng(1), 0, 3))).toEqual({ path: new Int32Array(0), score: 0 });
  });

  test('gives the same with a used workspace, and for any kind of array', () => {
    const rng = createRng(9);
    const workspace = createViterbiWorkspace();
    for (const [length, labels] of [
      [9, 5],
      [2, 7],
      [4, 5],
      [30, 5],
    ] as const) {
      const chain = randomChain(rng, length, labels);
      const fresh = viterbi(chain, createViterbiWorkspace());
      expect(viterbi(chain, workspace)).toEqual(fresh);
      expect(viterbi({ ...chain, transitions: Array.from(chain.transitions) }, workspace)).toEqual(fresh);
    }
  });

  test('leaves a path whose emission is minus infinity alone', () => {
    const chain = { emissions: Float32Array.of(-Infinity, 0), length: 1, labels: 2, start: [5, 0], end: [5, 0] };
    expect(viterbi({ ...chain, transitions: [0, 0, 0, 0] })).toEqual({ path: Int32Array.of(1), score: 0 });
  });

  test.each([
    ['is not a number', NaN],
    ['is infinite', Infinity],
  ])('fails when an emission %s', (_case, emission) => {
    const emissions = Float32Array.of(0, 1, emission, 0);
    const chain = { emissions, length: 2, labels: 2, start: [0, 0], end: [0, 0], transitions: [0, 0, 0, 0] };
    expect(() => viterbi(chain)).toThrow(expect.objectContaining({ code: 'E_INTERNAL' }));
  });

  test('fails when the emissions are too few', () => {
    const chain = { emissions: new Float32Array(3), length: 2, labels: 2, start: [0, 0], end: [0, 0] };
    expect(() => viterbi({ ...chain, transitions: [0, 0, 0, 0] })).toThrow(
      expect.objectContaining({ code: 'E_SHAPE_MISMATCH' }),
    );
  });
});
