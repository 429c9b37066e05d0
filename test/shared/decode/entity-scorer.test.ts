import { describe, expect, test } from 'vitest';
import { confidencesOf } from '../../../shared/decode/confidences.ts';
import { bioConstraints, continuations } from '../../../shared/decode/constraints.ts';
import { createEntityScorer } from '../../../shared/decode/entity-scorer.ts';
import type { LinearChain } from '../../../shared/decode/linear-chain.ts';
import { entityProbability, forwardBackward } from '../../../shared/decode/marginals.ts';
import { createLabelSet } from '../../../shared/labels/label-set.ts';
import { spansOf, type WordSpan } from '../../../shared/labels/spans.ts';
import { createRng } from '../../../shared/random.ts';
import { isClose } from '../../support/close-to.ts';
import { randomChain } from '../../support/path-enumeration.ts';
import { tolerance } from '../../support/tolerance.ts';

const labels = createLabelSet(['a', 'b']).labels;
const constraints = bioConstraints(labels);
const continuation = continuations(labels);

function expectClose(actual: number, expected: number): void {
  expect(isClose(actual, expected, tolerance.exactFloat64), `${actual} is not ${expected}`).toBe(true);
}

function spansOn(path: readonly number[]): readonly WordSpan[] {
  return spansOf(path.map((label) => labels[label]!));
}

describe('createEntityScorer', () => {
  const head = randomChain(createRng(12), 0, labels.length);

  /** The definition that the scorer must agree with. */
  function inLogSpace(chain: LinearChain, path: readonly number[], temperature: number): number[] {
    const lattice = forwardBackward({ ...chain, constraints }, { temperature });
    return spansOn(path).map(({ start, end }) => entityProbability(lattice, { path, start, end, continuation }));
  }

  test.each([
    [1, 1],
    [2, 0.3],
    [5, 2],
    [40, 1],
    [3, 1],
  ])('agrees with entityProbability over %i words at temperature %f', (length, temperature) => {
    const scorer = createEntityScorer({ ...head, labels, temperature });
    for (let trial = 0; trial < 20; trial++) {
      const rng = createRng(trial, `scorer ${length}`);
      const chain = { ...randomChain(rng, length, labels.length), ...{ start: head.start, end: head.end } };
      const { transitions } = head;
      // B-a I-a I-a O B-b I-b, again and again, cut at `length`: legal, not the best path.
      const path = Array.from({ length }, (_, t) => [1, 2, 2, 0, 3, 4][t % 6]!);
      const expected = inLogSpace({ ...chain, transitions }, path, temperature);
      const found = scorer.score({ ...chain, path, spans: spansOn(path) });
      found.forEach((score, i) => {
        expectClose(score, expected[i]!);
      });
      expect(found).toHaveLength(spansOn(path).length);
    }
  });

  test.each([
    [0, 1],
    [1, 1],
    [5, 2],
    [40, 0.3],
  ])('has the confidences of words and entities over %i words at temperature %f', (length, temperature) => {
    const scorer = createEntityScorer({ ...head, labels, temperature });
    const chain = { ...randomChain(createRng(length, 'words'), length, labels.length), constraints };
    const { start, end, transitions } = head;
    const path = Array.from({ length }, (_, t) => [1, 2, 2, 0, 3, 4][t % 6]!);
    const decoded = { path, spans: spansOn(path) };
    const expected = confidencesOf({ ...chain, start, end, transitions }, { ...decoded, continuation, temperature });
    const found = scorer.confidences({ ...chain, ...decoded });
    expect([found.words.length, found.entities.length]).toEqual([length, decoded.spans.length]);
    found.words.forEach((confidence, t) => {
      expectClose(confidence, expected.words[t]!);
    });
    found.entities.forEach((confidence, i) => {
      expectClose(confidence, expected.entities[i]!);
    });
  });

  test('has confidences where the weights underflow', () => {
    const { start, end, transitions } = head;
    const emissions = Float32Array.of(0, 1, 2000, 0, 0, 0, 0, 3, 0, 0);
    const decoded = { path: [1, 2], spans: spansOn([1, 2]) };
    const chain = { emissions, length: 2, labels: labels.length, start, end, transitions, constraints };
    const found = createEntityScorer({ ...head, labels }).confidences({ emissions, length: 2, ...decoded });
    expect(found).toEqual(confidencesOf(chain, { ...decoded, continuation, temperature: 1 }));
  });

  test('agrees where the weights underflow', () => {
    const { start, end, transitions } = head;
    const scorer = createEntityScorer({ ...head, labels });
    // The emissions insist on I-a at the first word, which the rules forbid: all else weighs exp(-2000).
    const emissions = Float32Array.of(0, 1, 2000, 0, 0, 0, 0, 3, 0, 0);
    const path = [1, 2];
    const chain = { emissions, length: 2, labels: labels.length, start, end, transitions };
    const [score] = scorer.score({ emissions, length: 2, path, spans: spansOn(path) });
    expectClose(score!, inLogSpace(chain, path, 1)[0]!);
  });

  test('never passes 1 for certain entities, nor does entityProbability', () => {
    const path = [0, 1, 2, 0, 3, 0, 0];
    const rng = createRng(13);
    for (let trial = 0; trial < 100; trial++) {
      const emissions = Float32Array.from({ length: 35 }, (_, i) =>
        path[Math.floor(i / 5)] === i % 5 ? 38 + (trial % 20) + rng.uniform() : rng.normal(),
      );
      const chain = { ...randomChain(rng, 7, labels.length), emissions, offset: 0 };
      const fast = createEntityScorer({ ...chain, labels }).score({ ...chain, path, spans: spansOn(path) });
      const scores = [...fast, ...inLogSpace(chain, path, 1)];
      expect(Math.max(...scores)).toBeLessThanOrEqual(1);
      expect(isClose(Math.min(...scores), 1, tolerance.exactFloat64)).toBe(true);
    }
  });

  test('of a sentence without entities is empty', () => {
    const scorer = createEntityScorer({ ...head, labels });
    expect(scorer.score({ emissions: new Float32Array(5), length: 1, path: [0], spans: [] })).toEqual([]);
  });

  test('fails when the head is not of the size of the labels', () => {
    expect(() => createEntityScorer({ ...head, labels: ['O'] })).toThrow(
      expect.objectContaining({ code: 'E_SHAPE_MISMATCH' }),
    );
  });

  test('fails when a label is not a BIO tag', () => {
    expect(() => createEntityScorer({ ...head, labels: ['O', 'B-a', 'I-a', 'B-b', 'x'] })).toThrow(
      expect.objectContaining({ code: 'E_LABEL_UNKNOWN' }),
    );
  });
});
