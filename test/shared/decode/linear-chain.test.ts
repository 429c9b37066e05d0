import { describe, expect, test } from 'vitest';
import { bioConstraints } from '../../../shared/decode/constraints.ts';
import { checkChain } from '../../../shared/decode/linear-chain.ts';

const chain = {
  emissions: new Float32Array(7),
  offset: 1,
  length: 2,
  labels: 3,
  start: [0, 0, 0],
  end: [0, 0, 0],
  transitions: new Float64Array(9),
};

describe('checkChain', () => {
  test('lets arrays of the right sizes through', () => {
    expect(() => {
      checkChain('viterbi', { ...chain, constraints: bioConstraints(['O', 'B-a', 'I-a']) });
    }).not.toThrow();
  });

  test.each([
    ['emissions are too few', { offset: 2 }, 'emissions'],
    ['offset is negative', { offset: -1 }, 'emissions'],
    ['length is broken', { length: 1.5 }, 'length and labels'],
    ['labels are none', { labels: 0 }, 'length and labels'],
    ['start has another size', { start: [0] }, 'start'],
    ['end has another size', { end: [0, 0] }, 'end'],
    ['transitions have another size', { transitions: [0] }, 'transitions'],
    ['constraints are of other labels', { constraints: bioConstraints(['O']) }, 'constraints'],
  ])('fails when %s', (_case, change, named) => {
    expect(() => {
      checkChain('viterbi', { ...chain, ...change });
    }).toThrow(
      expect.objectContaining({
        code: 'E_SHAPE_MISMATCH',
        message: expect.stringContaining(`viterbi: ${named} of the`) as string,
      }),
    );
  });
});
