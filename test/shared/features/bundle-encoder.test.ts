import { describe, expect, test } from 'vitest';
import { bundleEncoder } from '../../../shared/features/bundle-encoder.ts';
import type { WordEncoder } from '../../../shared/features/word-encoder.ts';
import { writeVectorFile } from '../../../shared/features/vector-file.ts';
import { codeOf } from '../../support/error-code.ts';
import { untrainedTagger, tinyVectors } from '../../support/tiny-training.ts';

/** The encoder of a bundle with this text as features.json, and with vectors if there are some. */
function encoderOf(features: string, vectors?: Uint8Array): WordEncoder {
  const files = new Map<string, Uint8Array>([['features.json', new TextEncoder().encode(features)]]);
  if (vectors !== undefined) files.set('vectors.safetensors', vectors);
  const named = vectors === undefined ? {} : { vectors: 'vectors.safetensors' };
  return bundleEncoder({ file: 'features.json', ...named }, files);
}

const plain = untrainedTagger().encoder;
const rich = untrainedTagger(undefined, tinyVectors).encoder;
const words = ['Ada', 'in', 'Paris', '#paris'];

describe('bundleEncoder', () => {
  test('encodes as the encoder that training had', () => {
    const read = encoderOf(JSON.stringify(plain.settings));
    expect(read.widths).toEqual(plain.widths);
    expect(read.encodeSentence(words)).toEqual(plain.encodeSentence(words));
  });

  test('has the vectors that training had', () => {
    const read = encoderOf(JSON.stringify(rich.settings), writeVectorFile(tinyVectors));
    expect(read.encodeSentence(words)).toEqual(rich.encodeSentence(words));
  });

  test.each([
    ['are no JSON', () => encoderOf('{"kind":')],
    ['are of another kind', () => encoderOf(JSON.stringify({ ...plain.settings, kind: 'wordpiece' }))],
    ['are of a later version', () => encoderOf(JSON.stringify({ ...plain.settings, version: 2 }))],
    [
      'name a feature that we do not know',
      () => encoderOf(JSON.stringify(plain.settings).replace('suffix3', 'suffix9')),
    ],
    ['need vectors that are not there', () => encoderOf(JSON.stringify(rich.settings))],
    [
      'need vectors of another width',
      () => encoderOf(JSON.stringify({ ...rich.settings, vectorDim: 4 }), writeVectorFile(tinyVectors)),
    ],
  ])('fails when the settings %s', async (_, read) => {
    expect(await codeOf(read)).toBe('E_BUNDLE_FOREIGN');
    expect(read).toThrow(/^features\.json: /);
  });

  test('fails when the vectors are none', async () => {
    const read = (): WordEncoder => encoderOf(JSON.stringify(rich.settings), new TextEncoder().encode('no vectors'));
    expect(await codeOf(read)).toBe('E_WEIGHTS_MALFORMED');
  });
});
