import { describe, expect, test } from 'vitest';
import { chunkFeeds, unstack } from '../../../training/train/chunk-feeds.ts';
import { untrainedTagger } from '../../support/tiny-training.ts';

describe('chunkFeeds', () => {
  const { encoder } = untrainedTagger();
  const words = [['Ada', 'in', 'Paris'], ['lol'], ['good', 'night']];
  const examples = words.map((sentence, i) => ({
    sentence: encoder.encodeSentence(sentence),
    tags: Int32Array.from(sentence, (_, t) => 10 * i + t + 1),
  }));
  const batches = [Int32Array.of(2, 0), Int32Array.of(-1, 1)];
  const feeds = chunkFeeds({ paddedLength: 4, batches }, examples, encoder.widths);

  test('stacks batches as [K, B, T, ...], each row as the encoder makes it', () => {
    for (const [name, { dims }] of Object.entries(feeds)) expect([name, dims.slice(0, 3)]).toEqual([name, [2, 2, 4]]);
    const rows = encoder.encode([words[2]!, words[0]!, [], words[1]!], 4);
    for (const [name, { data }] of Object.entries(rows)) expect(feeds[name]!.data).toEqual(data);
  });

  test('puts tags beside their words, and leaves rows of no sentence empty', () => {
    expect([...feeds['tags']!.data]).toEqual([...[21, 22, 0, 0], ...[1, 2, 3, 0], ...[0, 0, 0, 0], ...[11, 0, 0, 0]]);
    expect([...feeds['mask']!.data.subarray(8, 12)]).toEqual([0, 0, 0, 0]);
  });

  test('gives each batch by itself', () => {
    const single = unstack(feeds, 2);
    batches.forEach((batch, i) => {
      const alone = chunkFeeds({ paddedLength: 4, batches: [batch] }, examples, encoder.widths);
      for (const [name, { dtype, dims, data }] of Object.entries(alone)) {
        expect(single[i]![name]).toEqual({ dtype, dims: dims.slice(1), data });
      }
    });
  });
});
