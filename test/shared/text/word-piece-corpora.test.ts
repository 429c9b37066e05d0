import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { readTokenizerJson } from '../../../shared/text/tokenizer-json.ts';
import { createWordPiece } from '../../../shared/text/word-piece.ts';
import { pieceHash } from '../../support/piece-hash.ts';
import { readSharedCorpus, sharedFolder } from '../../support/shared-corpora.ts';

interface Golden {
  readonly tokenizerJson: string;
  readonly blockSize: number;
  readonly corpora: Readonly<Record<string, { texts: number; blocks: readonly [asText: string, asWords: string][] }>>;
}

const encoder = join(sharedFolder, 'encoders', 'minilm-l6-uncased', 'tokenizer.json');
const golden = JSON.parse(
  readFileSync(new URL('../../golden/word-piece-corpora.json', import.meta.url), 'utf8'),
) as Golden;

describe.skipIf(!existsSync(encoder))('the tokeniser of all-MiniLM-L6-v2 agrees with the tokenizers library', () => {
  const bytes = existsSync(encoder) ? readFileSync(encoder) : new Uint8Array();

  test('its file is the one that the hashes were made with', () => {
    expect(createHash('sha256').update(bytes).digest('hex')).toBe(golden.tokenizerJson);
  });

  test.each(Object.entries(golden.corpora))('on every text and every word of %s', (name, { texts: count, blocks }) => {
    const wordPiece = createWordPiece(readTokenizerJson(bytes, { source: encoder }).wordPiece);
    const texts = readSharedCorpus(name);
    expect(texts).toHaveLength(count);
    const found = blocks.map((_, i) => {
      const block = texts.slice(i * golden.blockSize, (i + 1) * golden.blockSize);
      return [
        pieceHash(block.map((words) => wordPiece.encodeText(words.join(' ')))),
        pieceHash(block.map((words) => wordPiece.encodeWords(words))),
      ];
    });
    expect(found).toEqual(blocks);
  });
});
