import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { createSession } from '../../../shared/ort/session.ts';
import { readSafetensors } from '../../../shared/model/safetensors.ts';
import { float32, optimize, toOnnx, trace } from '../../../training/engine/index.ts';
import { readEncoderConfig } from '../../../training/models/encoder-config.ts';
import { readWeights } from '../../../training/models/encoder-weights.ts';
import { createEncoder } from '../../../training/models/transformer-encoder.ts';
import { expectClose } from '../../support/close.ts';
import { tolerance } from '../../support/tolerance.ts';

const folder = new URL('../../../../shared/encoders/minilm-l6-uncased/', import.meta.url);
const numbers = z.array(z.number());
const { sentences } = z
  .object({
    sentences: z.array(z.object({ text: z.string(), ids: numbers, first: z.array(numbers), norm: numbers })),
  })
  .parse(JSON.parse(readFileSync(new URL('../../golden/encoders/minilm-l6.json', import.meta.url), 'utf8')));

// Weights of 90 MB are not committed: the test needs them beside the repository.
describe.skipIf(!existsSync(folder))('MiniLM-L6', () => {
  test('has the hidden states of transformers for five sentences in one padded batch', async () => {
    const read = (name: string): Buffer => readFileSync(new URL(name, folder));
    const encoder = createEncoder(readEncoderConfig(JSON.parse(read('config.json').toString())));
    const { width } = encoder.config;
    const file = readSafetensors(read('model.safetensors'));
    const loaded = readWeights(encoder.parameters, file, { architecture: 'bert', source: 'model.safetensors' });
    // In this file the counted positions are there, and the pooler.
    expect(loaded.unexpected).toEqual([]);
    const types = Object.fromEntries(encoder.parameters.map(({ name, shape }) => [name, float32(...shape)]));
    const graph = trace('minilm', { ...types, ...encoder.inputs }, (x) => ({ hidden: encoder.hidden(x, x) }));
    const session = await createSession(toOnnx(optimize(graph), { weights: Object.fromEntries(loaded.values) }));
    const time = Math.max(...sentences.map(({ ids }) => ids.length));
    const ids = new Int32Array(sentences.length * time);
    const mask = new Float32Array(sentences.length * time);
    sentences.forEach((sentence, row) => {
      ids.set(sentence.ids, row * time);
      mask.fill(1, row * time, row * time + sentence.ids.length);
    });
    const dims = [sentences.length, time];
    const { hidden } = await session.run({
      ids: { dtype: 'int32', dims, data: ids },
      mask: { dtype: 'float32', dims, data: mask },
    });
    await session.release();
    sentences.forEach((sentence, row) => {
      const tokens = sentence.ids.map((_, t) => {
        const from = (row * time + t) * width;
        return [...(hidden!.data as Float32Array).subarray(from, from + width)];
      });
      expectClose(
        tokens.flatMap((token) => token.slice(0, 3)),
        sentence.first.flat(),
        tolerance.modelFloat32,
      );
      expectClose(
        tokens.map((token) => Math.hypot(...token)),
        sentence.norm,
        tolerance.modelFloat32,
      );
    });
  });
});
