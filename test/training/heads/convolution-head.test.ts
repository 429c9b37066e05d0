import { describe, expect, test } from 'vitest';
import { ndArray } from '../../../training/engine/index.ts';
import { convolutionHead, convolutionHeadParameters } from '../../../training/heads/convolution-head.ts';
import { expectClose } from '../../support/close.ts';
import { valueOf } from '../../support/layer-check.ts';
import { tolerance } from '../../support/tolerance.ts';

describe('convolutionHead', () => {
  test('scores filters over each token and its neighbours', () => {
    const feeds = {
      hidden: ndArray('float32', [1, 4, 1], [1, 2, 4, 9]),
      mask: ndArray('float32', [1, 4], [1, 1, 1, 0]),
      // Previous + own + next - 6, and own - next.
      'convolution.weight': ndArray('float32', [2, 3], [1, 1, 1, 0, 1, -1]),
      'convolution.bias': ndArray('float32', [2], [-6, 0]),
      'classifier.weight': ndArray('float32', [2, 2], [1, 0, 2, 1]),
      'classifier.bias': ndArray('float32', [2], [0, 0.5]),
    };
    const y = valueOf(feeds, (p) =>
      convolutionHead(p, p['hidden']!, { window: 3, mask: p['mask']!, dropout: 0, source: undefined }),
    );
    // Filters by hand: relu(1+2-6), relu(1-2); relu(1+2+4-6), relu(2-4); relu(2+4-6), relu(4-0).
    const filters = [...[0, 0], ...[1, 0], ...[0, 4]];
    const scores = [0, 1, 2].flatMap((t) => {
      const [first, second] = [filters[2 * t]!, filters[2 * t + 1]!];
      return [first, 2 * first + second + 0.5];
    });
    expectClose(y.data.subarray(0, 6), scores, tolerance.exactFloat64);
  });

  test('has its filters beside the classifier over them', () => {
    const specs = convolutionHeadParameters({ window: 5, filters: 7 }, { width: 4, labels: 3, initializerRange: 0.02 });
    expect(specs.map(({ name, shape }) => [name, shape])).toEqual([
      ['convolution.weight', [7, 20]],
      ['convolution.bias', [7]],
      ['classifier.weight', [3, 7]],
      ['classifier.bias', [3]],
    ]);
  });
});
