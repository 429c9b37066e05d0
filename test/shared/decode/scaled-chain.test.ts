import { describe, expect, test } from 'vitest';
import { bioConstraints } from '../../../shared/decode/constraints.ts';
import { WORDS_PER_STEP } from '../../../shared/decode/linear-chain.ts';
import { forwardBackward, tagProbabilities } from '../../../shared/decode/marginals.ts';
import { fillScaled, roomFor, weighHead } from '../../../shared/decode/scaled-chain.ts';
import { atOnce } from '../../../shared/event-loop/steps.ts';
import { createRng } from '../../../shared/random.ts';
import { isClose } from '../../support/close-to.ts';
import { randomChain } from '../../support/path-enumeration.ts';
import { tolerance } from '../../support/tolerance.ts';

const constraints = bioConstraints(['O', 'B-a', 'I-a', 'B-b', 'I-b']);

describe('fillScaled', () => {
  test.each([
    [1, 1],
    [4, 0.5],
    [30, 2],
  ])('has the probability of each tag in alpha * beta: %i words, temperature %f', (length, temperature) => {
    const chain = { ...randomChain(createRng(length), length, 5), constraints };
    const lattice = roomFor(length, 5);
    expect(atOnce(fillScaled(weighHead(chain, constraints, temperature), lattice, chain))).toBe(true);
    tagProbabilities(forwardBackward(chain, { temperature })).forEach((expected, i) => {
      expect(isClose(lattice.alpha[i]! * lattice.beta[i]!, expected, tolerance.exactFloat64)).toBe(true);
    });
  });

  test('fills a long sentence in steps, with probabilities that add up at every word', () => {
    const length = 2 * WORDS_PER_STEP + 7;
    const chain = { ...randomChain(createRng(1), length, 5), constraints };
    const weights = weighHead(chain, constraints, 1);
    const [lattice, steps] = [roomFor(length, 5), fillScaled(weights, roomFor(length, 5), chain)];
    expect(atOnce(fillScaled(weights, lattice, chain))).toBe(true);
    let pauses = 0;
    while (steps.next().done !== true) pauses++;
    // Two before further words forwards, two backwards.
    expect(pauses).toBe(4);
    for (let t = 0; t < length; t++) {
      let sum = 0;
      for (let i = 5 * t; i < 5 * t + 5; i++) sum += lattice.alpha[i]! * lattice.beta[i]!;
      expect(isClose(sum, 1, tolerance.exactFloat64)).toBe(true);
    }
  });

  test('says when the weights underflow', () => {
    const head = { start: new Float64Array(5), end: new Float64Array(5), transitions: new Float64Array(25) };
    const weights = weighHead(head, constraints, 1);
    const emissions = Float32Array.of(0, 0, 2000, 0, 0);
    const isFilled = (rows: Float32Array): boolean =>
      atOnce(fillScaled(weights, roomFor(1, 5), { emissions: rows, length: 1 }));
    expect(isFilled(emissions)).toBe(false);
    expect(isFilled(Float32Array.of(0, NaN, 0, 0, 0))).toBe(false);
  });
});

test('roomFor keeps a lattice that is large enough', () => {
  const lattice = roomFor(8, 5);
  expect(roomFor(8, 5, lattice)).toBe(lattice);
  expect(roomFor(3, 5, lattice)).toBe(lattice);
  expect(roomFor(9, 5, lattice).step).toHaveLength(10);
});
