import { expect, test } from 'vitest';
import { confidencesOf } from '../../../shared/decode/confidences.ts';
import { bioConstraints, continuations } from '../../../shared/decode/constraints.ts';
import { viterbi } from '../../../shared/decode/viterbi.ts';
import { createLabelSet } from '../../../shared/labels/label-set.ts';
import { spansOf } from '../../../shared/labels/spans.ts';
import { createRng } from '../../../shared/random.ts';
import { isClose } from '../../support/close-to.ts';
import { distribution, randomChain } from '../../support/path-enumeration.ts';
import { tolerance } from '../../support/tolerance.ts';

const { labels } = createLabelSet(['a', 'b']);
const constraints = bioConstraints(labels);
const continuation = continuations(labels);
const spansOn = (path: ArrayLike<number>): ReturnType<typeof spansOf> =>
  spansOf(Array.from(path, (label) => labels[label]!));

test.each([1, 0.5, 3])('confidencesOf are sums over all paths, at temperature %f', (temperature) => {
  for (let trial = 0; trial < 10; trial++) {
    const chain = { ...randomChain(createRng(trial, 'confidences'), 4, labels.length), constraints };
    const { path } = viterbi(chain);
    const spans = spansOn(path);
    const found = confidencesOf(chain, { path, spans, continuation, temperature });
    const { paths } = distribution(chain, temperature);
    const sumWhere = (holds: (other: readonly number[]) => boolean): number =>
      paths.filter((other) => holds(other.path)).reduce((sum, { probability }) => sum + probability, 0);
    found.words.forEach((confidence, t) => {
      expect(
        isClose(
          confidence,
          sumWhere((other) => other[t] === path[t]),
          tolerance.exactFloat64,
        ),
      ).toBe(true);
    });
    found.entities.forEach((confidence, i) => {
      const same = sumWhere((other) =>
        spansOn(other).some(
          ({ type, start, end }) => type === spans[i]!.type && start === spans[i]!.start && end === spans[i]!.end,
        ),
      );
      expect(isClose(confidence, same, tolerance.exactFloat64)).toBe(true);
    });
    expect([found.words.length, found.entities.length]).toEqual([4, spans.length]);
  }
});

test('confidencesOf a sentence of no words are none', () => {
  const chain = { ...randomChain(createRng(1), 0, labels.length), constraints };
  expect(confidencesOf(chain, { path: [], spans: [], continuation, temperature: 1 })).toEqual({
    words: [],
    entities: [],
  });
});
