import type { AddedToken } from './added-tokens.ts';
import { DEFAULT_TOKENIZER_CONFIG, readTokenizerConfig } from './tokenizer-config.ts';
import {
  decodeUtf8,
  malformed,
  specialTokenIds,
  unsupported,
  vocabSizeOf,
  type TokenizerSettings,
} from './tokenizer-settings.ts';

/** Classes of transformers that read vocab.txt as BERT does; each also with `Fast` at its end. */
const BERT_CLASSES = new Set([
  'BertTokenizer',
  'ConvBertTokenizer',
  'DistilBertTokenizer',
  'ElectraTokenizer',
  'MobileBertTokenizer',
]);

export interface VocabTextOptions {
  /** Names the file in errors. */
  readonly source: string;
  /** tokenizer_config.json from the same folder. Without it: uncased BERT. */
  readonly config?: Uint8Array | undefined;
}

/**
 * Reads a vocab.txt, a piece a line, with its tokenizer_config.json: what models have that were published before
 * tokenizer.json. White space at the end of a line is no part of the piece; of a piece that stands twice the last counts.
 *
 * @throws {E_TOKENIZER_UNSUPPORTED} when the configuration names another tokeniser
 * @throws {E_TOKENIZER_MALFORMED} when a file is not what it should be, or lacks a special token
 */
export function readVocabText(bytes: Uint8Array, { source, config }: VocabTextOptions): TokenizerSettings {
  const settings = config === undefined ? DEFAULT_TOKENIZER_CONFIG : readTokenizerConfig(config, source);
  const { tokenizerClass: name, names } = settings;
  if (name !== undefined && !BERT_CLASSES.has(name.replace(/Fast$/, ''))) {
    unsupported(source, `tokenizer_class is another one, got ${name}; expected ${[...BERT_CLASSES].join(', ')}`);
  }
  if (!settings.doBasicTokenize) {
    unsupported(source, 'do_basic_tokenize is switched off, got false; expected true');
  }

  const lines = decodeUtf8(bytes, source).split('\n');
  if (lines.at(-1) === '') lines.pop();
  if (lines.length === 0) malformed(source, 'the file is empty; expected a piece a line');
  const vocab = new Map(lines.map((line, id) => [line.replace(/\p{White_Space}+$/u, ''), id]));
  const { unk, cls, sep, pad, mask } = names;
  const addedTokens = [...new Set([unk, cls, sep, pad, mask])].flatMap((content): AddedToken[] => {
    const id = vocab.get(content);
    if (id === undefined) return [];
    return [{ id, content, singleWord: false, lstrip: false, rstrip: false, normalized: false }];
  });
  const { lowercase, stripAccents, handleChineseChars, maxPieces } = settings;
  return {
    wordPiece: {
      vocab,
      addedTokens,
      unkToken: names.unk,
      cleanText: true,
      handleChineseChars,
      stripAccents,
      lowercase,
    },
    specials: specialTokenIds(names, { vocab, addedTokens }, source),
    vocabSize: Math.max(lines.length, vocabSizeOf({ vocab, addedTokens })),
    maxPieces,
  };
}
