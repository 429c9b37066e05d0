import { NerError } from '../ner-error.ts';
import { createLibraryTokenizer } from './library-tokenizer.ts';
import type { PieceEncoding } from './piece-encoding.ts';
import { isBertTokenizer, readTokenizerJson } from './tokenizer-json.ts';
import { decodeJson, type SpecialTokenIds, type TokenizerSettings } from './tokenizer-settings.ts';
import type { TokenizersBinding } from './tokenizers-binding.ts';
import { readVocabText } from './vocab-text.ts';
import { createWordPiece } from './word-piece.ts';

/** Cuts text into the pieces that a model knows. Encodings are without special tokens, and not cut to `maxPieces`. */
export interface TextTokenizer {
  /** `word-piece` is our own; `library` runs native code of the `tokenizers` library. */
  readonly kind: 'word-piece' | 'library';
  readonly specials: SpecialTokenIds;
  /** One more than the greatest id: rows that the model's embedding must have at least. */
  readonly vocabSize: number;
  /** Pieces that the model takes at once, special tokens included, as far as the tokeniser's files say; else null. */
  readonly maxPieces: number | null;
  /**
   * The words of each sentence; `wordIds` are their indices, offsets in UTF-16 units count from the start of each word. A
   * word that yields no piece (U+FE0F alone, in uncased BERT) has none. Together, because the library works off the
   * main thread.
   */
  encodeSentences(sentences: readonly (readonly string[])[]): Promise<readonly PieceEncoding[]>;
  /** Texts; `wordIds` count the parts that the tokeniser cuts each into, offsets in UTF-16 units are those of the text. */
  encodeTexts(texts: readonly string[]): Promise<readonly PieceEncoding[]>;
}

/** Files of a Hugging Face folder that a tokeniser is made of: `tokenizer.json`, or else `vocab.txt`, and their settings. */
export const TOKENIZER_FILES = [
  'tokenizer.json',
  'tokenizer_config.json',
  'special_tokens_map.json',
  'vocab.txt',
] as const;

export interface OpenTokenizerOptions {
  /** Where the binding of the library comes from. Default: the package `tokenizers`. */
  readonly load?: () => Promise<TokenizersBinding>;
}

/**
 * Opens the tokeniser of a model: BERT's WordPiece in our own implementation, everything else in the `tokenizers` library.
 *
 * @param files their bytes by name
 * @param source what to call the folder in errors
 * @throws {E_TOKENIZER_MISSING} when there is neither tokenizer.json nor vocab.txt
 * @throws {E_TOKENIZER_UNSUPPORTED} when the files are of a type that we do not run, which the message names
 * @throws {E_TOKENIZER_MALFORMED} when a file is damaged, or lacks a special token
 * @throws {E_TOKENIZER_LIBRARY} when the library is needed and cannot be loaded
 */
export async function openTokenizer(
  files: ReadonlyMap<string, Uint8Array>,
  source: string,
  options: OpenTokenizerOptions = {},
): Promise<TextTokenizer> {
  const config = files.get('tokenizer_config.json');
  const specialTokensMap = files.get('special_tokens_map.json');
  const json = files.get('tokenizer.json');
  if (json !== undefined) {
    const from = { source: `${source}/tokenizer.json`, config, specialTokensMap };
    return isBertTokenizer(decodeJson(json, from.source))
      ? wordPieceTokenizer(readTokenizerJson(json, from))
      : createLibraryTokenizer(json, { ...from, ...options });
  }
  const vocab = files.get('vocab.txt');
  if (vocab !== undefined) {
    return wordPieceTokenizer(readVocabText(vocab, { source: `${source}/vocab.txt`, config, specialTokensMap }));
  }
  throw missingTokenizer(source, [...files.keys()]);
}

/** The error for a model with these files, none of which makes a tokeniser. */
export function missingTokenizer(source: string, files: readonly string[]): NerError {
  const got = files
    .filter((name) => /vocab|merges|sentencepiece|spiece|tokenizer|special_tokens/.test(name))
    .join(', ');
  return new NerError(
    'E_TOKENIZER_MISSING',
    `${source}: there is no tokeniser, got ${got === '' ? 'none of its files' : got}; expected tokenizer.json or vocab.txt. ` +
      'Where there are vocab.json and merges.txt or sentencepiece.bpe.model only, let transformers write tokenizer.json: ' +
      'AutoTokenizer.from_pretrained(MODEL).save_pretrained(FOLDER).',
  );
}

function wordPieceTokenizer({ wordPiece: options, specials, vocabSize, maxPieces }: TokenizerSettings): TextTokenizer {
  const wordPiece = createWordPiece(options);
  return {
    kind: 'word-piece',
    specials,
    vocabSize,
    maxPieces,
    encodeSentences: async (sentences) => sentences.map((words) => wordPiece.encodeWords(words)),
    encodeTexts: async (texts) => texts.map((text) => wordPiece.encodeText(text)),
  };
}
