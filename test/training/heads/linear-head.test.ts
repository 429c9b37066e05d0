import { describe, expect, test } from 'vitest';
import { createRng } from '../../../shared/random.ts';
import { ndArray } from '../../../training/engine/index.ts';
import { linearHead, linearHeadParameters } from '../../../training/heads/linear-head.ts';
import { createDropoutSource } from '../../../training/nn/dropout.ts';
import { expectClose } from '../../support/close.ts';
import { randomArray } from '../../support/engine.ts';
import { expectGradient, valueOf } from '../../support/layer-check.ts';
import { tolerance } from '../../support/tolerance.ts';

const hidden = ndArray('float32', [1, 2, 2], [1, 2, -1, 0.5]);
const feeds = {
  hidden,
  'classifier.weight': ndArray('float32', [3, 2], [1, 0, 0, 1, 1, 1]),
  'classifier.bias': ndArray('float32', [3], [0.5, 0, -1]),
};

describe('linearHead', () => {
  test('scores each label of each token', () => {
    const y = valueOf(feeds, (p) => linearHead(p, p['hidden']!, { dropout: 0.5, source: undefined }));
    expect(y.shape).toEqual([1, 2, 3]);
    expectClose(y.data, [1.5, 2, 2, -0.5, 0.5, -1.5], tolerance.exactFloat64);
  });

  test('drops hidden states in training only', () => {
    const all = { ...feeds, step: ndArray('float32', [], [1]) };
    const scores = (rate: number): readonly number[] => [
      ...valueOf(all, (p) => {
        const source = createDropoutSource(1, p['step']!);
        return linearHead(p, p['hidden']!, { dropout: rate, source });
      }).data,
    ];
    expect(scores(0.75)).not.toEqual(scores(0));
  });

  test('has the right gradient', () => {
    const rng = createRng(1, 'linear head');
    const random = { ...feeds, hidden: randomArray(rng, [2, 2, 2]) };
    expectGradient(random, (p) => linearHead(p, p['hidden']!, { dropout: 0, source: undefined }));
  });

  test('is called classifier, as in transformers', () => {
    const specs = linearHeadParameters({ width: 4, labels: 3, initializerRange: 0.02 });
    expect(specs.map(({ name, shape }) => [name, shape])).toEqual([
      ['classifier.weight', [3, 4]],
      ['classifier.bias', [3]],
    ]);
  });
});
