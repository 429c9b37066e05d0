import fc from 'fast-check';
import { expect, test } from 'vitest';
import { PieceTrie } from '../../../shared/text/piece-trie.ts';

const letters = fc.constantFrom('a', 'b', 'c', '#', '😀');
const piece = fc.array(letters, { maxLength: 5 }).map((parts) => parts.join(''));

/** The id and length of the longest piece at the start of `word`, by trying each length. */
function longestByTrial(vocab: ReadonlyMap<string, number>, word: readonly string[], prefix: string): number[] {
  for (let length = word.length; length > 0; length--) {
    const id = vocab.get(prefix + word.slice(0, length).join(''));
    if (id !== undefined) return [id, length];
  }
  return [];
}

test('the trie finds the longest piece, as trying each length does', () => {
  const prefixes = fc.constantFrom('##', '', 'a', '😀');
  fc.assert(
    fc.property(fc.uniqueArray(piece, { maxLength: 30 }), piece, prefixes, (pieces, text, prefix) => {
      const vocab = new Map(pieces.map((name, id) => [name, id + 1]));
      const trie = new PieceTrie(vocab, prefix);
      const word = Array.from(text);
      const codes = Int32Array.from(word, (character) => character.codePointAt(0)!);
      for (const [from, before] of [
        [trie.root, ''],
        [trie.continuation, prefix],
      ] as const) {
        // prettier-ignore
        const node = from < 0 ? -1 : trie.longest(from, codes, 0, codes.length);
        const found = node < 0 ? [] : [trie.idOf(node), trie.depthOf(node) - trie.depthOf(from)];
        expect(found).toEqual(longestByTrial(vocab, word, before));
      }
    }),
    { numRuns: 2000 },
  );
});
