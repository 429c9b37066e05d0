import { describe, expect, test } from 'vitest';
import { bioConstraints, continuations } from '../../../shared/decode/constraints.ts';
import type { LinearChain } from '../../../shared/decode/linear-chain.ts';
import { entityProbability, forwardBackward, tagProbabilities } from '../../../shared/decode/marginals.ts';
import { createLabelSet } from '../../../shared/labels/label-set.ts';
import { spansOf, type WordSpan } from '../../../shared/labels/spans.ts';
import { createRng } from '../../../shared/random.ts';
import { isClose } from '../../support/close-to.ts';
import { distribution, randomChain } from '../../support/path-enumeration.ts';
import { tolerance } from '../../support/tolerance.ts';

const labels = createLabelSet(['a', 'b']).labels;
const constraints = bioConstraints(labels);
const continuation = continuations(labels);

const cases = [1, 2, 3, 4].flatMap((length) =>
  [1, 0.5, 3].flatMap((temperature) => [
    { name: `${length} words, temperature ${temperature}, every sequence`, length, temperature },
    { name: `${length} words, temperature ${temperature}, BIO sequences`, length, temperature, constraints },
  ]),
);

function expectClose(actual: number, expected: number): void {
  expect(isClose(actual, expected, tolerance.exactFloat64), `${actual} is not ${expected}`).toBe(true);
}

function chainOf({ name, length, constraints: rules }: (typeof cases)[number]): LinearChain {
  return { ...randomChain(createRng(11, name), length, labels.length), constraints: rules };
}

function spansOn(path: readonly number[]): readonly WordSpan[] {
  return spansOf(path.map((label) => labels[label]!));
}

/** The summed probability of the paths that have these tags at the span and of which it is an entity. */
function byEnumeration({ paths }: ReturnType<typeof distribution>, path: readonly number[], span: WordSpan): number {
  const inSpan = path.slice(span.start, span.end).join();
  return paths
    .filter((other) => other.path.slice(span.start, span.end).join() === inSpan)
    .filter((other) => spansOn(other.path).some(({ start, end }) => start === span.start && end === span.end))
    .reduce((sum, { probability }) => sum + probability, 0);
}

describe('forwardBackward', () => {
  test.each(cases)('sums over all paths: $name', (given) => {
    const chain = chainOf(given);
    expectClose(forwardBackward(chain, given).logPartition, distribution(chain, given.temperature).logPartition);
  });

  test.each(cases)('gives the probability of each tag: $name', (given) => {
    const chain = chainOf(given);
    const { paths } = distribution(chain, given.temperature);
    const found = tagProbabilities(forwardBackward(chain, given));
    for (let t = 0; t < given.length; t++) {
      for (let y = 0; y < labels.length; y++) {
        const expected = paths
          .filter(({ path }) => path[t] === y)
          .reduce((sum, { probability }) => sum + probability, 0);
        expectClose(found[t * labels.length + y]!, expected);
      }
    }
  });

  test.each(cases)('gives the probability of each entity of each path: $name', (given) => {
    const chain = chainOf(given);
    const all = distribution(chain, given.temperature);
    const lattice = forwardBackward(chain, given);
    // Every tenth path is enough to meet each tag sequence of each span several times.
    for (const { path } of all.paths.filter((_, i) => i % 10 === 0)) {
      for (const span of spansOn(path)) {
        const { start, end } = span;
        expectClose(entityProbability(lattice, { path, start, end, continuation }), byEnumeration(all, path, span));
      }
    }
  });

  test('of no words has one path of weight 1', () => {
    const lattice = forwardBackward(randomChain(createRng(1), 0, 3));
    expect(lattice.logPartition).toBe(0);
    expect(tagProbabilities(lattice)).toHaveLength(0);
  });

  test('stands scores that exp cannot', () => {
    const chain = { emissions: Float32Array.of(2000, 0, 0, 2000), length: 2, labels: 2, start: [0, 0], end: [0, 0] };
    const lattice = forwardBackward({ ...chain, transitions: [0, 0, 0, 0] });
    expect(lattice.logPartition).toBe(4000);
    expect(Array.from(tagProbabilities(lattice))).toEqual([1, 0, 0, 1]);
  });

  test('fails when start has another size than labels', () => {
    expect(() => forwardBackward({ ...randomChain(createRng(1), 2, 3), start: [0] })).toThrow(
      expect.objectContaining({ code: 'E_SHAPE_MISMATCH' }),
    );
  });
});
