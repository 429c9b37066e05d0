import type { Bundle } from '../model/bundle.ts';
import type { GraphInput } from '../model/graph-input.ts';
import { openTokenizer } from '../text/tokenizer.ts';
import { bundleEncoder } from './bundle-encoder.ts';
import { createPieceInput } from './piece-input.ts';
import { createPieceWordInput } from './piece-word-input.ts';
import { createWordInput } from './word-input.ts';

/**
 * What turns words into the inputs of a verified bundle's graph.
 *
 * @throws {E_BUNDLE_FOREIGN} {E_WEIGHTS_MALFORMED} as `bundleEncoder`
 * @throws {E_TOKENIZER_MALFORMED} {E_TOKENIZER_UNSUPPORTED} as `openTokenizer`
 */
export async function bundleInput({ manifest, files }: Bundle): Promise<GraphInput> {
  const { features } = manifest;
  switch (features.kind) {
    case 'word-features':
      return createWordInput(bundleEncoder(features, files), features.maxWords);
    case 'pieces': {
      const named = new Map(features.tokenizer.map((path) => [path, files.get(path)!]));
      const tokenizer = await openTokenizer(named, `model ${manifest.id}`);
      const { maxPieces, words } = features;
      return words === undefined
        ? createPieceInput(tokenizer, maxPieces)
        : createPieceWordInput({ tokenizer, maxPieces, encoder: bundleEncoder(words, files) });
    }
  }
}
