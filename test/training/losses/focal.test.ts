import { describe, test } from 'vitest';
import { createRng } from '../../../shared/random.ts';
import { constant, float32, int32, ndArray, type Tensor, type Tensors } from '../../../training/engine/index.ts';
import { crossEntropy } from '../../../training/losses/cross-entropy.ts';
import { focalSigmoid, focalSoftmax } from '../../../training/losses/focal.ts';
import type { LabelledBatch } from '../../../training/losses/labelled-batch.ts';
import { expectClose } from '../../support/close.ts';
import { randomArray } from '../../support/engine.ts';
import { expectGradient, valueOf } from '../../support/layer-check.ts';
import { tolerance } from '../../support/tolerance.ts';

const L = 4;
const emissions = randomArray(createRng(1, 'focal'), [2, 3, L]);
const TAGS = [2, -100, 0, 1, 3, 2];
/** The last word of the second sentence is padding. */
const MASK = [1, 1, 1, 1, 1, 0];
const COUNTED = [0, 2, 3, 4];

const feeds = { emissions, tags: ndArray('int32', [2, 3], TAGS), mask: ndArray('float32', [2, 3], MASK) };
const rows = COUNTED.map((t) => ({ scores: [...emissions.data.subarray(t * L, (t + 1) * L)], tag: TAGS[t]! }));
const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;

const batchOf = (x: Tensors): LabelledBatch => ({ emissions: x['emissions']!, tags: x['tags']!, mask: x['mask']! });

/** The loss of one word with these scores. */
function ofOneWord(scores: readonly number[], tag: number): number {
  const batch = {
    emissions: ndArray('float32', [1, 1, scores.length], scores),
    tags: ndArray('int32', [1, 1], [tag]),
    mask: ndArray('float32', [1, 1], [1]),
  };
  return valueOf(batch, (x) => focalSigmoid(batchOf(x))).data[0]!;
}

describe('focalSigmoid', () => {
  // Golden values of tensorflow addons d208d75, computed in float32; the first three from probabilities.
  const logit = (p: number): number => Math.log(p / (1 - p));
  test.each([
    { scores: [logit(0.97)], tag: 0, golden: 6.8532745e-6 },
    { scores: [logit(0.91)], tag: 0, golden: 1.909787e-4 },
    { scores: [logit(0.03)], tag: -1, golden: 2.0559824e-5 },
    { scores: [2, -1, 0.5], tag: 0, golden: 0.30050313 },
    { scores: [0, 0, 0], tag: 1, golden: 0.30325189 },
    { scores: [-3, 4, 0], tag: 0, golden: 3.72771564 },
  ])('of the scores $scores is that of tensorflow addons', ({ scores, tag, golden }) => {
    // The third is of an answer that should be no: the right label beside it is sure, and adds nothing.
    const found = tag < 0 ? ofOneWord([...scores, 90], 1) : ofOneWord(scores, tag);
    expectClose([found], [golden], tolerance.referenceFloat32);
  });

  const options = [{}, { alpha: 0.5, gamma: 1 }, { alpha: 0, gamma: 2 }, { alpha: 0.25, gamma: 0 }];

  test.each(options)('is the mean over the words that count, as the formula says (%o)', (settings) => {
    const { alpha, gamma } = { alpha: 0.25, gamma: 2, ...settings };
    const expected = rows.map(({ scores, tag }) =>
      scores.reduce((sum, score, label) => {
        const p = 1 / (1 + Math.exp(-score));
        const right = label === tag ? p : 1 - p;
        const a = alpha === 0 ? 1 : label === tag ? alpha : 1 - alpha;
        return sum - a * (1 - right) ** gamma * Math.log(right);
      }, 0),
    );
    const found = valueOf(feeds, (x) => focalSigmoid(batchOf(x), settings));
    expectClose(found.data, [mean(expected)], tolerance.exactFloat64);
  });

  test.each(options)('has the right gradient (%o)', (settings) => {
    expectGradient({ emissions }, (x) => focalSigmoid(constants(x['emissions']!), settings));
  });
});

describe('focalSoftmax', () => {
  const classWeights = [0.5, 2, 1, 0.25];
  const options = [{}, { gamma: 1 }, { gamma: 0.5, classWeights }, { gamma: 0 }, { gamma: 3, classWeights }];

  test.each(options)('is the weighted mean over the words that count, as the formula says (%o)', (settings) => {
    const { gamma, classWeights: weights } = { gamma: 2, classWeights: [1, 1, 1, 1], ...settings };
    const expected = rows.map(({ scores, tag }) => {
      const p = Math.exp(scores[tag]!) / scores.reduce((sum, score) => sum + Math.exp(score), 0);
      return -weights[tag]! * (1 - p) ** gamma * Math.log(p);
    });
    const found = valueOf(feeds, (x) => focalSoftmax(batchOf(x), settings));
    const total = mean(rows.map(({ tag }) => weights[tag]!));
    expectClose(found.data, [mean(expected) / total], tolerance.exactFloat64);
  });

  test.each(options)('has the right gradient (%o)', (settings) => {
    expectGradient({ emissions }, (x) => focalSoftmax(constants(x['emissions']!), settings));
  });

  test.each([{}, { classWeights }])('is cross-entropy when gamma is 0 (%o)', (settings) => {
    const [focal, plain] = [focalSoftmax, crossEntropy].map((loss) =>
      valueOf(feeds, (x) => loss(batchOf(x), { gamma: 0, ...settings })),
    );
    expectClose(focal!.data, plain!.data, tolerance.exactFloat64);
  });
});

/** The tags and the mask of `feeds`, and these scores. */
function constants(x: Tensor): LabelledBatch {
  return { emissions: x, tags: constant(int32(2, 3), TAGS), mask: constant(float32(2, 3), MASK) };
}
