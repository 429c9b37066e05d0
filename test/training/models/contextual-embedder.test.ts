import { describe, expect, test } from 'vitest';
import { interpret, trace, float32, int32, ndArray } from '../../../training/engine/index.ts';
import { createContextualEmbedder, middleLayer } from '../../../training/models/contextual-embedder.ts';
import { createEncoder } from '../../../training/models/transformer-encoder.ts';
import { expectClose } from '../../support/close.ts';
import { tinyEncoder, tinyEncoders, type TinyEncoder } from '../../support/tiny-encoder.ts';
import { tolerance } from '../../support/tolerance.ts';

/** The unpadded ids of a row of the golden batch, and the hidden states that transformers found for them, [T][H]. */
function goldenRow({ golden }: TinyEncoder, row: number): { ids: readonly number[]; hidden: readonly number[][] } {
  const [ids, mask, hidden] = [golden.get('ids')!, golden.get('mask')!, golden.get('hidden')!];
  const [, time, width] = hidden.shape as [number, number, number];
  const places = Array.from({ length: time }, (_, t) => t).filter((t) => mask.data[row * time + t] === 1);
  return {
    ids: places.map((t) => ids.data[row * time + t]!),
    hidden: places.map((t) => [...hidden.data.slice((row * time + t) * width, (row * time + t + 1) * width)]),
  };
}

/** A tokeniser that makes these ids of the words between the first and the last one, a piece a word. */
function tokenizerOf(ids: readonly number[]) {
  const inner = Int32Array.from(ids.slice(1, -1));
  const places = Int32Array.from(inner.keys());
  return {
    specials: { cls: ids[0]!, sep: ids.at(-1)!, pad: 0 },
    encodeSentences: async (sentences: readonly (readonly string[])[]) =>
      sentences.map((words) => ({
        ids: inner.slice(0, words.length),
        wordIds: places.slice(0, words.length),
        starts: new Int32Array(words.length),
        ends: Int32Array.from(words, (word) => word.length),
      })),
  };
}

/** As many words as there are ids between the special ones: `aa aa aa`, so that word i begins at 3 i. */
const textOf = (ids: readonly number[]): string => Array.from({ length: ids.length - 2 }, () => 'aa').join(' ');

const mean = (rows: readonly (readonly number[])[]): number[] =>
  rows[0]!.map((_, h) => rows.reduce((sum, row) => sum + row[h]!, 0) / rows.length);

async function embedderOf(tiny: TinyEncoder, ids: readonly number[], layer?: number) {
  return createContextualEmbedder({
    config: tiny.encoder.config,
    weights: tiny.file,
    tokenizer: tokenizerOf(ids),
    maxPieces: 64,
    source: 'tiny',
    ...(layer === undefined ? {} : { layer }),
  });
}

describe.each(tinyEncoders)('%s', (name) => {
  const tiny = tinyEncoder(name);
  const { ids, hidden } = goldenRow(tiny, 0);
  const words = ids.length - 2;

  test('the last layer gives the means of what transformers finds', async () => {
    const embedder = await embedderOf(tiny, ids, tiny.encoder.config.layers);
    const spans = [
      { start: 0, end: 2 },
      { start: 3, end: 8 },
      { start: 0, end: 3 * words - 1 },
    ];
    const [found] = await embedder.embed([textOf(ids)], [spans]);
    await embedder.release();
    // Place 0 is that of the first special token.
    expectClose(found![0]!, hidden[1]!, tolerance.modelFloat32);
    expectClose(found![1]!, mean(hidden.slice(2, 4)), tolerance.modelFloat32);
    expectClose(found![2]!, mean(hidden.slice(1, -1)), tolerance.modelFloat32);
  });

  test('a lower layer is that of an encoder cut off there', async () => {
    const { config } = tiny.encoder;
    const layer = middleLayer(config);
    const short = createEncoder({ ...config, layers: layer });
    const T = ids.length;
    const types = Object.fromEntries(short.parameters.map((spec) => [spec.name, float32(...spec.shape)]));
    const graph = trace('cut off', { ids: int32(1, T), mask: float32(1, T), ...types }, (x) => ({
      hidden: short.hidden(x, x), // [1, T, H]
    }));
    const states = interpret(graph, {
      ids: ndArray('int32', [1, T], Float64Array.from(ids)),
      mask: ndArray('float32', [1, T], new Float64Array(T).fill(1)),
      ...Object.fromEntries(short.parameters.map((spec) => [spec.name, tiny.weights[spec.name]!])),
    })['hidden']!;
    const embedder = await embedderOf(tiny, ids);
    const [found] = await embedder.embed([textOf(ids)], [[{ start: 3, end: 5 }]]);
    await embedder.release();
    const { width } = config;
    expectClose(found![0]!, states.data.slice(2 * width, 3 * width), tolerance.modelFloat32);
  });
});

test('a span has the pieces that lie in it, in part too, and none where the encoder sees nothing', async () => {
  const tiny = tinyEncoder('bert');
  const { ids, hidden } = goldenRow(tiny, 0);
  const embedder = await embedderOf(tiny, ids, tiny.encoder.config.layers);
  const text = textOf(ids);
  const spans = [
    { start: 4, end: 7 },
    { start: 2, end: 3 },
  ];
  const [found, empty] = await embedder.embed([text, ''], [spans, [{ start: 0, end: 0 }]]);
  await embedder.release();
  expectClose(found![0]!, mean(hidden.slice(2, 4)), tolerance.modelFloat32);
  expect(found![1]).toBeUndefined();
  expect(empty).toEqual([undefined]);
});

test('the middle layer is at least the first', () => {
  const { config } = tinyEncoder('bert').encoder;
  expect([1, 2, 3, 6, 12].map((layers) => middleLayer({ ...config, layers }))).toEqual([1, 1, 2, 3, 6]);
});
