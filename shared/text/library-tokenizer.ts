import type { Tokenizer } from 'tokenizers';
import { codePointOffsets } from './code-points.ts';
import { readLibrarySettings, type LibrarySettingsOptions } from './library-settings.ts';
import { PieceWriter, type PieceEncoding } from './piece-encoding.ts';
import type { TextTokenizer } from './tokenizer.ts';
import { malformed, specialTokenIds, vocabSizeOf } from './tokenizer-settings.ts';
import { loadTokenizersBinding, type TokenizersBinding } from './tokenizers-binding.ts';

/** Words whose pieces are kept; at about 300 bytes each, 20 MB. Then they are forgotten, all at once. */
const CACHED_WORDS = 65_536;

export interface LibraryTokenizerOptions extends LibrarySettingsOptions {
  /** Where the binding comes from. Default: the package `tokenizers`. */
  readonly load?: () => Promise<TokenizersBinding>;
}

/**
 * A tokenizer.json of any type, run by the `tokenizers` library.
 *
 * Its JavaScript binding refuses words (`isPretokenized` fails on a list), so each word is encoded as a text by itself,
 * which is what the library does with words inside; it is proven equal. Compared with joining the words and sorting
 * the pieces out by offsets, no piece can span two words, and words that come again are looked up.
 *
 * Where the tokeniser tells a word after a space from one at the start of a text and adds no space itself (`seesSpaces`),
 * each word but the first is encoded with a space before it: the pieces of the words joined by single spaces. A piece
 * for the space alone belongs to the word after it and stands for nothing there: its offsets are [0, 0).
 *
 * @throws {E_TOKENIZER_LIBRARY} when the library cannot be loaded
 * @throws {E_TOKENIZER_MALFORMED} when a file is damaged, or lacks a special token
 */
export async function createLibraryTokenizer(
  bytes: Uint8Array,
  { load, ...options }: LibraryTokenizerOptions,
): Promise<TextTokenizer> {
  const { source } = options;
  const { json, seesSpaces, names, maxPieces } = readLibrarySettings(bytes, options);
  const binding = await loadTokenizersBinding(source, load);
  const tokenizer = open(binding, json, source);
  const vocabulary = { vocab: new Map(Object.entries(tokenizer.getVocab(true))), addedTokens: [] };
  const words = new WordCache(tokenizer);
  return {
    kind: 'library',
    specials: specialTokenIds(names, vocabulary, source),
    vocabSize: vocabSizeOf(vocabulary),
    maxPieces,
    encodeSentences: async (sentences) => {
      // A word's text and how much of it is the space that is no part of the word.
      const texts = sentences.map((sentence) =>
        sentence.map((word, i) => (seesSpaces && i > 0 && word !== '' ? ` ${word}` : word)),
      );
      const pieces = await words.encode(new Set(texts.flat()));
      const writer = new PieceWriter();
      return texts.map((sentence, s) => {
        sentence.forEach((text, wordId) => {
          const word = sentences[s]![wordId]!;
          addPieces(writer, pieces.get(text)!, { wordId, shift: text.length - word.length });
        });
        return writer.take();
      });
    },
    encodeTexts: (texts) => encodeAll(tokenizer, texts),
  };
}

function open({ Tokenizer }: TokenizersBinding, json: string, source: string): Tokenizer {
  try {
    const tokenizer = Tokenizer.fromString(json);
    // Settings of whoever wrote the file.
    tokenizer.disableTruncation();
    tokenizer.disablePadding();
    return tokenizer;
  } catch (cause) {
    malformed(source, `the library cannot read it (${cause instanceof Error ? cause.message : String(cause)})`, cause);
  }
}

function addPieces(
  writer: PieceWriter,
  { ids, starts, ends }: PieceEncoding,
  { wordId, shift }: { readonly wordId: number; readonly shift: number },
): void {
  ids.forEach((id, i) => {
    writer.add(id, wordId, Math.max(0, starts[i]! - shift), Math.max(0, ends[i]! - shift));
  });
}

/** The pieces of texts, with offsets in UTF-16 units; the library counts code points. */
async function encodeAll(tokenizer: Tokenizer, texts: readonly string[]): Promise<readonly PieceEncoding[]> {
  if (texts.length === 0) return [];
  const encodings = await tokenizer.encodeBatch([...texts], { addSpecialTokens: false });
  return encodings.map((encoding, i) => {
    const codePoints = codePointOffsets(texts[i]!);
    const offsets = encoding.getOffsets();
    return {
      ids: Int32Array.from(encoding.getIds()),
      wordIds: Int32Array.from(encoding.getWordIds(), (wordId) => wordId ?? -1),
      starts: Int32Array.from(offsets, ([start]) => codePoints.toUtf16(start!)),
      ends: Int32Array.from(offsets, ([, end]) => codePoints.toUtf16(end!)),
    };
  });
}

/** Encodes each word once; what a word gets does not depend on the words before it. */
class WordCache {
  readonly #tokenizer: Tokenizer;
  #known = new Map<string, PieceEncoding>();

  constructor(tokenizer: Tokenizer) {
    this.#tokenizer = tokenizer;
  }

  async encode(texts: ReadonlySet<string>): Promise<ReadonlyMap<string, PieceEncoding>> {
    const known = this.#known;
    const fresh = [...texts].filter((text) => !known.has(text));
    const encoded = await encodeAll(this.#tokenizer, fresh);
    const found = new Map<string, PieceEncoding>();
    for (const text of texts) {
      const pieces = known.get(text);
      if (pieces !== undefined) found.set(text, pieces);
    }
    fresh.forEach((text, i) => found.set(text, encoded[i]!));
    if (known.size + fresh.length > CACHED_WORDS) this.#known = new Map(found.size > CACHED_WORDS ? [] : found);
    else fresh.forEach((text, i) => known.set(text, encoded[i]!));
    return found;
  }
}
