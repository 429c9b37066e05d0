import { describe, expect, test } from 'vitest';
import { createSession } from '../../../shared/ort/session.ts';
import { checkModel } from '../../../shared/ort/check-model.ts';
import { createRng } from '../../../shared/random.ts';
import { float32, interpret, ndArray, trace } from '../../../training/engine/index.ts';
import { refuseTooLarge, servingGraph } from '../../../training/export/serving-graph.ts';
import { parameterCount, unflatten } from '../../../training/train/state-layout.ts';
import { zeros, type ParameterSpec } from '../../../training/nn/parameter.ts';
import { expectClose } from '../../support/close.ts';
import { expectFails } from '../../support/expect-fails.ts';
import type { Feeds } from '../../support/engine.ts';
import { tinyCorpus, tinyModelSettings, tinyVectors, untrainedTagger } from '../../support/tiny-training.ts';
import { tolerance } from '../../support/tolerance.ts';

const sentences = tinyCorpus.map((sentence) => sentence.words);
const paddedLength = 12;

describe.each([
  ['without vectors', untrainedTagger()],
  ['with vectors', untrainedTagger(undefined, tinyVectors)],
  ['with LSTMs', untrainedTagger({ ...tinyModelSettings, encoder: 'bilstm' }, tinyVectors)],
])('servingGraph of a model %s', (_, { model, encoder, labels }) => {
  const rng = createRng(1, 'weights');
  const count = parameterCount(model.parameters);
  // No parameter is zero, so that none can be mistaken for another.
  const flat = Float32Array.from({ length: count }, () => rng.normal() / 4);
  const graph = servingGraph(model, flat);

  test('emits what the traced model emits, to the rounding of float32', async () => {
    const batch = encoder.encode(sentences, paddedLength);
    const traced = trace('dev', { flat: float32(count), ...model.inputs }, (x) => ({
      emissions: model.emissions(unflatten(model.parameters, x.flat), x), // [B, T, L]
    }));
    const feeds = Object.entries(batch).map(([name, { dtype, dims, data }]) => [
      name,
      ndArray(dtype as 'float32' | 'int32', dims, Float64Array.from(data as Float32Array)),
    ]);
    const { emissions: expected } = interpret(traced, {
      flat: ndArray('float32', [count], Float64Array.from(flat)),
      ...(Object.fromEntries(feeds) as Feeds),
    });
    const session = await createSession(graph);
    const { emissions } = await session.run(batch);
    await session.release();
    expect(emissions!.dims).toEqual([sentences.length, paddedLength, labels.labels.length]);
    expectClose(emissions!.data as Float32Array, expected!.data, tolerance.modelFloat32);
  });

  test('emits the same for a sentence alone as beside longer ones, to rounding', async () => {
    const session = await createSession(graph);
    const together = (await session.run(encoder.encode(sentences, paddedLength)))['emissions']!.data as Float32Array;
    const L = labels.labels.length;
    for (const [row, words] of sentences.entries()) {
      const alone = (await session.run(encoder.encode([words], words.length)))['emissions']!.data as Float32Array;
      const from = row * paddedLength * L;
      expectClose(together.subarray(from, from + words.length * L), alone, tolerance.modelFloat32);
    }
    await session.release();
  });

  test('takes the inputs of the encoder and nothing of the decoder, and may be loaded', async () => {
    checkModel(graph);
    const session = await createSession(graph);
    expect([...session.inputNames].sort()).toEqual(Object.keys(encoder.encode([['a']], 1)).sort());
    expect(session.outputNames).toEqual(['emissions']);
    expect(Buffer.from(graph).includes('crf.')).toBe(false);
    await session.release();
  });

  test('is the same bytes for the same parameters', () => {
    expect(Buffer.compare(servingGraph(model, flat), graph)).toBe(0);
  });
});

describe('refuseTooLarge', () => {
  const numbers = (name: string, ...shape: readonly number[]): ParameterSpec => ({ name, shape, init: zeros });

  test('lets a model through whose weights fit into 2 GiB: BERT-large', () => {
    expect(() => {
      refuseTooLarge([numbers('rest', 334_000_000)]);
    }).not.toThrow();
  });

  test('fails for a model that protobuf cannot hold, and says how large it is: XLM-RoBERTa large', () => {
    const model = [numbers('embeddings.word', 250_002, 1024), numbers('rest', 304_000_000), numbers('crf.start', 3)];
    // 4 (250,002 * 1,024 + 304,000,000) bytes; 2^31 - 1 - 2^24 at most.
    expectFails(
      () => {
        refuseTooLarge(model);
      },
      'E_GRAPH_TOO_LARGE',
      'got 2.24 GB of weights; expected at most 2.13 GB',
    );
  });
});
