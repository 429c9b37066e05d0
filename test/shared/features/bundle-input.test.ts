import { expect, test } from 'vitest';
import { bundleInput } from '../../../shared/features/bundle-input.ts';
import { createPieceInput } from '../../../shared/features/piece-input.ts';
import { createWordInput } from '../../../shared/features/word-input.ts';
import type { Features } from '../../../shared/contracts/manifest.ts';
import { sealManifest } from '../../../shared/model/write-bundle.ts';
import type { Bundle } from '../../../shared/model/bundle.ts';
import { openTokenizer } from '../../../shared/text/tokenizer.ts';
import { codeOf } from '../../support/error-code.ts';
import { tinyContent } from '../../support/tiny-bundle.ts';
import { tinyCorpus, untrainedTagger } from '../../support/tiny-training.ts';
import { tinyTokenizerFile } from '../../support/tiny-word-piece.ts';

/** A bundle with these features and files; its graph is none. */
function bundleWith(features: Features, more: Readonly<Record<string, Uint8Array>>): Bundle {
  const content = tinyContent({ features });
  const files = { ...content.files, ...more };
  return { manifest: sealManifest({ ...content, files }), files: new Map(Object.entries(files)) };
}

const sentences = tinyCorpus.map(({ words }) => words);

test('of word features is the input of the words as training had it', async () => {
  const { encoder } = untrainedTagger();
  const settings = new TextEncoder().encode(JSON.stringify(encoder.settings));
  const bundle = bundleWith(
    { kind: 'word-features', file: 'features.json', maxWords: 6 },
    { 'features.json': settings },
  );
  const [found, expected] = [await bundleInput(bundle), createWordInput(encoder, 6)];
  const windows = await found.windows(sentences);
  expect(windows).toEqual(await expected.windows(sentences));
  expect(found.feeds(windows, 6)).toEqual(expected.feeds(await expected.windows(sentences), 6));
});

test('of pieces is the input of the tokeniser in the bundle', async () => {
  const tokenizer = { 'tokenizer.json': tinyTokenizerFile('tokenizer.json') };
  const bundle = bundleWith({ kind: 'pieces', tokenizer: ['tokenizer.json'], maxPieces: 9 }, tokenizer);
  const expected = createPieceInput(await openTokenizer(new Map(Object.entries(tokenizer)), 'tiny'), 9);
  expect(await (await bundleInput(bundle)).windows(sentences)).toEqual(await expected.windows(sentences));
});

test('fails when the tokeniser or the features in the bundle are none', async () => {
  const none = new TextEncoder().encode('{');
  const pieces = { kind: 'pieces', tokenizer: ['tokenizer.json'], maxPieces: 9 } as const;
  const ofPieces = bundleWith({ ...pieces, tokenizer: ['tokenizer.json'] }, { 'tokenizer.json': none });
  expect(await codeOf(() => bundleInput(ofPieces))).toBe('E_TOKENIZER_MALFORMED');
  const ofWords = bundleWith({ kind: 'word-features', file: 'features.json', maxWords: 6 }, { 'features.json': none });
  expect(await codeOf(() => bundleInput(ofWords))).toBe('E_BUNDLE_FOREIGN');
});
