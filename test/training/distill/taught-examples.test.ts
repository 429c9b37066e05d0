import { expect, test } from 'vitest';
import { createWordEncoder } from '../../../shared/features/word-encoder.ts';
import { createLabelSet } from '../../../shared/labels/label-set.ts';
import { createTaughtExamples } from '../../../training/distill/taught-examples.ts';
import { fitFeatures } from '../../../training/models/feature-plan.ts';

test('feeds what is known of labelled words, and leaves the labels of the others out', async () => {
  const labels = createLabelSet(['person']);
  const words = [['Ada', 'sings'], ['Bo']];
  const plan = { features: [{ feature: 'suffix2', buckets: 64, width: 4 } as const], characters: 4 };
  const encoder = createWordEncoder(fitFeatures(words, plan, null));
  const soft = [{ logits: Float16Array.of(-2, -0.125, -4, -0.25, -3, -5) }, { logits: Float16Array.of(-0.5, -1, -30) }];
  const maker = createTaughtExamples(encoder, labels, soft);
  const examples = await maker.make([
    { words: words[0]!, tags: ['B-person', 'O'] },
    { words: words[1]!, tags: [] },
  ]);
  expect(examples.map(({ sentence, length }) => [sentence, length])).toEqual([
    [0, 2],
    [1, 1],
  ]);
  // The second sentence first, then none, then the first, padded to three words.
  const feeds = maker.feeds([examples[1], undefined, examples[0]], 3);
  expect(feeds['tags']).toEqual({
    dtype: 'int32',
    dims: [3, 3],
    data: Int32Array.of(-100, 0, 0, 0, 0, 0, 1, 0, 0),
  });
  expect([...feeds['mask']!.data]).toEqual([1, 0, 0, 0, 0, 0, 1, 1, 0]);
  expect(feeds['teacher']!.dims).toEqual([3, 3, 3]);
  const none = [0, 0, 0];
  expect([...feeds['teacher']!.data]).toEqual([
    ...[-0.5, -1, -30, ...none, ...none],
    ...[...none, ...none, ...none],
    ...[-2, -0.125, -4, -0.25, -3, -5, ...none],
  ]);
  const plainIds = encoder.encode([words[1]!, [], words[0]!], 3)['ids'];
  expect(feeds['ids']).toEqual(plainIds);
});
