import { createHash } from 'node:crypto';
import type { PieceEncoding } from '../../shared/text/piece-encoding.ts';

/** The hash of test/golden/generate/word_piece.py: SHA-256 over int32 counts, ids, word ids, starts and ends. */
export function pieceHash(encodings: Iterable<PieceEncoding>): string {
  const hash = createHash('sha256');
  for (const { ids, wordIds, starts, ends } of encodings) {
    for (const numbers of [Int32Array.of(ids.length), ids, wordIds, starts, ends]) {
      hash.update(new Uint8Array(numbers.buffer, numbers.byteOffset, numbers.byteLength));
    }
  }
  return hash.digest('hex').slice(0, 16);
}
