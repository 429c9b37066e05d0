import { NerError } from '../ner-error.ts';
import { createAddedTokenFinder, type AddedToken, type Stretch } from './added-tokens.ts';
import { createBertNormalizer, type BertNormalizerOptions } from './bert-normalizer.ts';
import { createChunkEncoder } from './chunk-encoder.ts';
import { PieceCache } from './piece-cache.ts';
import { PieceWriter, type PieceEncoding } from './piece-encoding.ts';
import { PieceTrie } from './piece-trie.ts';

export interface WordPieceOptions extends BertNormalizerOptions {
  /** Pieces by id, or the id of each piece. Of a piece that stands twice in a list the last id counts. */
  readonly vocab: readonly string[] | ReadonlyMap<string, number>;
  /** Stands for a word that the pieces do not make up. Default `[UNK]`. */
  readonly unkToken?: string;
  /** How pieces begin that continue a word. Default `##`. */
  readonly continuingPrefix?: string;
  /** Longer words, in code points after normalisation, are unknown. Default 100. */
  readonly maxInputCharsPerWord?: number;
  /** Found in the text as they are and never cut: a text with `[SEP]` in it has that token. Default none. */
  readonly addedTokens?: readonly AddedToken[];
  /** Words whose pieces are kept, 128 bytes each, rounded up to a power of two; 0 keeps none. Default 8,192. */
  readonly cachedWords?: number;
}

/** Cuts words into the pieces of a vocabulary, as BERT does. What a text gets never depends on the texts before it. */
export interface WordPiece {
  readonly unkId: number;
  /** The words of a sentence; `wordIds` are their indices, offsets count from the start of each word. */
  encodeWords(words: readonly string[]): PieceEncoding;
  /** A text; `wordIds` count the parts that the pre-tokeniser cuts it into, offsets are those of the text. */
  encodeText(text: string): PieceEncoding;
}

/**
 * The WordPiece model of the `tokenizers` library (0.23.3) with BertNormalizer and BertPreTokenizer: the same ids, word
 * ids and offsets (there in code points). Half a surrogate pair, which the library cannot be given, is U+FFFD.
 *
 * @throws {E_TOKENIZER_MALFORMED} when the vocabulary lacks the unknown token or has an id that is no index
 * @throws {E_USAGE} when a limit is out of range
 */
export function createWordPiece(options: WordPieceOptions): WordPiece {
  const { unkToken = '[UNK]', continuingPrefix = '##', maxInputCharsPerWord = 100 } = options;
  const { addedTokens = [], cachedWords = 8_192 } = options;
  requireWhole('maxInputCharsPerWord', maxInputCharsPerWord, 1);
  requireWhole('cachedWords', cachedWords, 0);
  const vocab = toMap(options.vocab);
  const unkId = idOf(vocab, unkToken);

  const normalizedTokens = addedTokens.filter((token) => token.normalized);
  const find = createAddedTokenFinder(addedTokens.filter((token) => !token.normalized));
  const encodeChunk = createChunkEncoder({
    normalize: createBertNormalizer(options),
    trie: new PieceTrie(vocab, continuingPrefix),
    unkId,
    maxInputCharsPerWord,
    normalizedTokens,
  });
  // A token with a space in it, or that takes the spaces around it, has to see them.
  const seesSpaces = normalizedTokens.some(
    ({ content, lstrip, rstrip }) => lstrip || rstrip || /\p{White_Space}/u.test(content),
  );

  const cache = new PieceCache(cachedWords);
  const writer = new PieceWriter();
  let numbers = cache.numbers;
  /** Where in `numbers` the record of the stretch [start, end) is, from the cache or made now. */
  const locate = (text: string, start: number, end: number): number => {
    numbers = cache.numbers;
    const known = cache.find(text, start, end);
    if (known >= 0) return known;
    const chunk = text.slice(start, end);
    numbers = encodeChunk(chunk).numbers;
    cache.add(chunk, numbers);
    return 0;
  };

  /** Adds the stretch [start, end); returns the word id after its last part. */
  const writeStretch = (text: string, start: number, end: number, firstWordId: number): number => {
    if (seesSpaces) {
      const at = locate(text, start, end);
      return writer.addParts(numbers, at, start, firstWordId);
    }
    // Plain spaces are never cleaned away and nothing reaches across them, so what is between them can be looked up.
    let wordId = firstWordId;
    let from = start;
    for (let i = start; i <= end; i++) {
      if (i < end && !isPlainSpace(text.charCodeAt(i))) continue;
      if (i > from) {
        const at = locate(text, from, i);
        wordId = writer.addParts(numbers, at, from, wordId);
      }
      from = i + 1;
    }
    return wordId;
  };

  return {
    unkId,
    encodeWords: (words) => {
      writer.clear();
      words.forEach((word, wordId) => {
        for (const { id, start, end } of find?.(word) ?? wholeOf(word)) {
          if (id >= 0) writer.add(id, wordId, start, end);
          else {
            const at = locate(word, start, end);
            writer.addWord(numbers, at, start, wordId);
          }
        }
      });
      return writer.take();
    },
    encodeText: (text) => {
      writer.clear();
      let wordId = 0;
      for (const { id, start, end } of find?.(text) ?? wholeOf(text)) {
        if (id < 0) wordId = writeStretch(text, start, end, wordId);
        else writer.add(id, wordId++, start, end);
      }
      return writer.take();
    },
  };
}

function wholeOf(text: string): readonly Stretch[] {
  return [{ id: -1, start: 0, end: text.length }];
}

/** Space, tab, line feed, carriage return: what is white space with and without clean_text. */
function isPlainSpace(code: number): boolean {
  return code === 0x20 || code === 0x0a || code === 0x09 || code === 0x0d;
}

function toMap(vocab: readonly string[] | ReadonlyMap<string, number>): ReadonlyMap<string, number> {
  const map =
    vocab instanceof Map
      ? (vocab as ReadonlyMap<string, number>)
      : new Map(Array.from(vocab as readonly string[], (piece, id) => [piece, id]));
  for (const [piece, id] of map) {
    if (!Number.isInteger(id) || id < 0 || id > 0x7fffffff) {
      throw new NerError(
        'E_TOKENIZER_MALFORMED',
        `createWordPiece: the id of a piece is no index, got ${id} for '${piece}'; expected a whole number from 0 on. ` +
          'Take the vocabulary that the model was trained with.',
      );
    }
  }
  return map;
}

function idOf(vocab: ReadonlyMap<string, number>, unkToken: string): number {
  const id = vocab.get(unkToken);
  if (id !== undefined) return id;
  throw new NerError(
    'E_TOKENIZER_MALFORMED',
    `createWordPiece: the unknown token is not in the vocabulary, got '${unkToken}' and ${vocab.size} pieces; ` +
      'expected it among them. Take the vocabulary that the model was trained with.',
  );
}

function requireWhole(name: string, value: number, least: number): void {
  if (Number.isInteger(value) && value >= least) return;
  throw new NerError(
    'E_USAGE',
    `createWordPiece: ${name} is out of range, got ${value}; expected a whole number from ${least} on. Leave it out for the default.`,
  );
}
