import { describe, expect, test } from 'vitest';
import { bundleEncoder } from '../../../shared/features/bundle-encoder.ts';
import { writeVectorFile } from '../../../shared/features/vector-file.ts';
import type { Bundle } from '../../../shared/model/bundle.ts';
import { sealManifest } from '../../../shared/model/write-bundle.ts';
import { codeOf } from '../../support/error-code.ts';
import { tinyContent } from '../../support/tiny-bundle.ts';
import { untrainedTagger, tinyVectors } from '../../support/tiny-training.ts';

/** A bundle with this text as features.json, and with vectors if there are some. */
function bundleOf(features: string, vectors?: Uint8Array): Bundle {
  const content = tinyContent({
    features: {
      kind: 'word-features',
      file: 'features.json',
      ...(vectors === undefined ? {} : { vectors: 'vectors.safetensors' }),
    },
  });
  const files = {
    ...content.files,
    'features.json': new TextEncoder().encode(features),
    ...(vectors === undefined ? {} : { 'vectors.safetensors': vectors }),
  };
  return { manifest: sealManifest({ ...content, files }), files: new Map(Object.entries(files)) };
}

const plain = untrainedTagger().encoder;
const rich = untrainedTagger(undefined, tinyVectors).encoder;
const words = ['Ada', 'in', 'Paris', '#paris'];

describe('bundleEncoder', () => {
  test('encodes as the encoder that training had', () => {
    const read = bundleEncoder(bundleOf(JSON.stringify(plain.settings)));
    expect(read.widths).toEqual(plain.widths);
    expect(read.encodeSentence(words)).toEqual(plain.encodeSentence(words));
  });

  test('has the vectors that training had', () => {
    const read = bundleEncoder(bundleOf(JSON.stringify(rich.settings), writeVectorFile(tinyVectors)));
    expect(read.encodeSentence(words)).toEqual(rich.encodeSentence(words));
  });

  test.each([
    ['are no JSON', bundleOf('{"kind":')],
    ['are of another kind', bundleOf(JSON.stringify({ ...plain.settings, kind: 'wordpiece' }))],
    ['are of a later version', bundleOf(JSON.stringify({ ...plain.settings, version: 2 }))],
    ['name a feature that we do not know', bundleOf(JSON.stringify(plain.settings).replace('suffix3', 'suffix9'))],
    ['need vectors that are not there', bundleOf(JSON.stringify(rich.settings))],
    [
      'need vectors of another width',
      bundleOf(JSON.stringify({ ...rich.settings, vectorDim: 4 }), writeVectorFile(tinyVectors)),
    ],
  ])('fails when the settings %s', async (_, bundle) => {
    expect(await codeOf(() => bundleEncoder(bundle))).toBe('E_BUNDLE_FOREIGN');
    expect(() => bundleEncoder(bundle)).toThrow(/^features\.json: /);
  });

  test('fails when the vectors are none', async () => {
    const bundle = bundleOf(JSON.stringify(rich.settings), new TextEncoder().encode('no vectors'));
    expect(await codeOf(() => bundleEncoder(bundle))).toBe('E_WEIGHTS_MALFORMED');
  });
});
