import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { PieceEncoding } from '../../../shared/text/piece-encoding.ts';
import { createWordPiece } from '../../../shared/text/word-piece.ts';
import { expectFails } from '../../support/expect-fails.ts';
import { tinyTokenizer } from '../../support/tiny-word-piece.ts';

const { wordPiece: options, specials } = tinyTokenizer();
const vocab = options.vocab as ReadonlyMap<string, number>;
const pieceOf = new Map([...vocab].map(([piece, id]) => [id, piece]));
const wordPiece = createWordPiece(options);

/** `un[0,2) ##aff[2,5)` and the word of each. */
function readable({ ids, wordIds, starts, ends }: PieceEncoding): string[] {
  return Array.from(ids, (id, i) => `${wordIds[i]!}: ${pieceOf.get(id)!} [${starts[i]!},${ends[i]!})`);
}

const unit = fc.constantFrom(
  'a', 'the', 'The', ' ', '  ', '\t', '.', '#', 'é', 'e\u0301', '\u0316', 'İ', '中', '한', '😀', '\u200d', '\ufe0f', '\ud83d', '\ude00', '[SEP]', 'q', 'abc'.repeat(40),
); // prettier-ignore
const text = fc.array(unit, { maxLength: 12 }).map((parts) => parts.join(''));
const words = fc.array(text, { maxLength: 6 });

describe('encodeWords', () => {
  test('cuts each word into the longest pieces, with offsets within the word', () => {
    expect(readable(wordPiece.encodeWords(['unaffable', 'Walking,']))).toEqual([
      '0: un [0,2)',
      '0: ##aff [2,5)',
      '0: ##able [5,9)',
      '1: walk [0,4)',
      '1: ##ing [4,7)',
      '1: , [7,8)',
    ]);
  });

  test('makes a word unknown as a whole when its rest has no piece', () => {
    expect(readable(wordPiece.encodeWords(['aq', 'q']))).toEqual(['0: [UNK] [0,2)', '1: q [0,1)']);
  });

  test('leaves out words that normalise to nothing, and keeps the numbers of the others', () => {
    expect(readable(wordPiece.encodeWords(['\ufe0f', 'the', '', '\u200e', ' ', 'a']))).toEqual([
      '1: the [0,3)',
      '5: a [0,1)',
    ]);
  });

  test('counts offsets in UTF-16 units of the word as it was written', () => {
    expect(readable(wordPiece.encodeWords(['😀e\u0301\u200db']))).toEqual([
      '0: 😀 [0,2)',
      '0: ##e [2,3)',
      '0: ##b [5,6)',
    ]);
    expect(readable(wordPiece.encodeWords(['The\u0301\u200d,', '中😀']))).toEqual([
      '0: the [0,3)',
      '0: , [5,6)',
      '1: 中 [0,1)',
      '1: 😀 [1,3)',
    ]);
  });

  test('gives a word with spaces in it one number', () => {
    expect(readable(wordPiece.encodeWords(['the a', 'b']))).toEqual(['0: the [0,3)', '0: a [4,5)', '1: b [0,1)']);
  });

  test('gives nothing for no words', () => {
    expect(readable(wordPiece.encodeWords([]))).toEqual([]);
  });
});

describe('encodeText', () => {
  test('numbers words and punctuation, with offsets within the text', () => {
    expect(readable(wordPiece.encodeText(' The\ttwitter...'))).toEqual([
      '0: the [1,4)',
      '1: twit [5,9)',
      '1: ##ter [9,12)',
      '2: . [12,13)',
      '3: . [13,14)',
      '4: . [14,15)',
    ]);
  });

  test('finds added tokens in the text, and none where there are none to find', () => {
    expect(readable(wordPiece.encodeText('a[SEP]b'))).toEqual(['0: a [0,1)', '1: [SEP] [1,6)', '2: b [6,7)']);
    const plain = createWordPiece({ ...options, addedTokens: [] });
    expect(readable(plain.encodeText('[SEP]')).map((line) => line.split(' ')[1])).toEqual([
      '[',
      's',
      '##e',
      '##p',
      ']',
    ]);
  });

  test('finds the same pieces as encodeWords does in words between spaces', () => {
    fc.assert(
      fc.property(words, (list) => {
        const parts = list.map((word) => word.replaceAll(/[ \t]/g, '_'));
        const asText = wordPiece.encodeText(parts.join(' '));
        const asWords = wordPiece.encodeWords(parts);
        const base = parts.map((_, i) => parts.slice(0, i).join(' ').length + Math.min(i, 1));
        expect([...asText.ids]).toEqual([...asWords.ids]);
        expect([...asText.starts]).toEqual(
          Array.from(asWords.starts, (start, i) => start + base[asWords.wordIds[i]!]!),
        );
        expect([...asText.ends]).toEqual(Array.from(asWords.ends, (end, i) => end + base[asWords.wordIds[i]!]!));
      }),
      { numRuns: 500 },
    );
  });

  test('gives pieces in order that lie in the text, and word numbers without gaps', () => {
    fc.assert(
      fc.property(text, (input) => {
        const { ids, wordIds, starts, ends } = wordPiece.encodeText(input);
        ids.forEach((_, i) => {
          expect(starts[i]!).toBeGreaterThanOrEqual(i === 0 ? 0 : starts[i - 1]!);
          expect(ends[i]!).toBeGreaterThan(starts[i]!);
          expect(ends[i]!).toBeLessThanOrEqual(input.length);
          const step = wordIds[i]! - (i === 0 ? -1 : wordIds[i - 1]!);
          expect([0, 1]).toContain(step);
        });
      }),
      { numRuns: 500 },
    );
  });
});

describe('an encoding', () => {
  test('depends on its text alone, not on what was encoded before or on the size of the cache', () => {
    fc.assert(
      fc.property(
        fc.array(words, { maxLength: 4 }),
        words,
        fc.constantFrom(0, 1, 2, 64),
        (before, list, cachedWords) => {
          const used = createWordPiece({ ...options, cachedWords });
          for (const other of before) {
            used.encodeText(other.join(' '));
            used.encodeWords(other);
          }
          expect(used.encodeWords(list)).toEqual(wordPiece.encodeWords(list));
          expect(used.encodeText(list.join(' '))).toEqual(wordPiece.encodeText(list.join(' ')));
        },
      ),
      { numRuns: 100 },
    );
  });

  test('is new each time', () => {
    const first = wordPiece.encodeText('the twitter');
    for (const array of Object.values(first) as Int32Array[]) array.fill(9);
    expect(readable(wordPiece.encodeText('the twitter'))).toEqual(['0: the [0,3)', '1: twit [4,8)', '1: ##ter [8,11)']);
  });

  test('holds nothing of a call that failed', () => {
    const notAllWords = ['the', undefined] as unknown as string[];
    expect(() => wordPiece.encodeWords(notAllWords)).toThrow(TypeError);
    expect(readable(wordPiece.encodeText('a'))).toEqual(['0: a [0,1)']);
  });

  test('has no limit of length', () => {
    const { ids, ends } = wordPiece.encodeText('the '.repeat(20_000));
    expect(ids).toHaveLength(20_000);
    expect(ends.at(-1)).toBe(79_999);
    const marks = wordPiece.encodeText(`a${'\u0316\u0301'.repeat(50_000)} a`);
    expect([...marks.ends]).toEqual([1, 100_003]);
  });

  test('takes half a surrogate pair for U+FFFD, which clean_text drops', () => {
    expect(wordPiece.encodeText('a\ud83db \ude00')).toEqual(wordPiece.encodeText('a\ufffdb \ufffd'));
    const unclean = createWordPiece({ ...options, cleanText: false });
    expect(unclean.encodeText('a\ud83d b')).toEqual(unclean.encodeText('a\ufffd b'));
  });
});

describe('createWordPiece', () => {
  test('takes a list of pieces for their ids, the last of those that are the same', () => {
    const list = createWordPiece({ ...options, vocab: ['[UNK]', 'a', 'b', 'a'], addedTokens: [] });
    expect([...list.encodeText('a b c').ids]).toEqual([3, 2, 0]);
    expect(list.unkId).toBe(0);
  });

  test('takes other unknown tokens and prefixes', () => {
    const other = createWordPiece({
      ...options,
      vocab: ['<unk>', 'a', '@@b', '😀c'],
      unkToken: '<unk>',
      continuingPrefix: '@@',
    });
    expect([...other.encodeText('ab abb ##b 😀cb 😀').ids]).toEqual([1, 2, 1, 2, 2, 0, 0, 0, 3, 2, 0]);
    expect(wordPiece.unkId).toBe(specials.unk);
  });

  test('fails when the unknown token is not in the vocabulary', () => {
    expectFails(
      () => createWordPiece({ ...options, vocab: ['a'] }),
      'E_TOKENIZER_MALFORMED',
      "got '[UNK]' and 1 pieces",
    );
  });

  test.each([-1, 0.5, 2 ** 31, Number.NaN])('fails when a piece has the id %d', (id) => {
    const bad = new Map([['[UNK]', 0], ['a', id]]); // prettier-ignore
    expectFails(() => createWordPiece({ ...options, vocab: bad }), 'E_TOKENIZER_MALFORMED', `got ${id} for 'a'`);
  });

  test.each([{ maxInputCharsPerWord: 0 }, { maxInputCharsPerWord: 1.5 }, { cachedWords: -1 }])(
    'fails for %o',
    (limit) => {
      expectFails(() => createWordPiece({ ...options, ...limit }), 'E_USAGE', Object.keys(limit)[0]);
    },
  );
});
