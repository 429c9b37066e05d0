import type { AddedToken } from './added-tokens.ts';
import { readTokenizerConfig, type TokenizerConfigFiles } from './tokenizer-config.ts';
import {
  BERT_NAMES,
  ROBERTA_NAMES,
  decodeUtf8,
  malformed,
  specialTokenIds,
  unsupported,
  vocabSizeOf,
  type SpecialTokenNames,
  type TokenizerSettings,
} from './tokenizer-settings.ts';

/** Classes of transformers that read vocab.txt as BERT does, each also with `Fast` at its end, and their tokens. */
const CLASSES: Readonly<Record<string, SpecialTokenNames>> = {
  BertTokenizer: BERT_NAMES,
  ConvBertTokenizer: BERT_NAMES,
  DistilBertTokenizer: BERT_NAMES,
  ElectraTokenizer: BERT_NAMES,
  MobileBertTokenizer: BERT_NAMES,
  // BERT's vocabulary between RoBERTa's special tokens; what is unknown is still BERT's.
  MPNetTokenizer: { ...ROBERTA_NAMES, unk: BERT_NAMES.unk },
};

/** Without tokenizer_config.json: uncased BERT. */
export interface VocabTextOptions extends TokenizerConfigFiles {
  /** Names the file in errors. */
  readonly source: string;
}

/**
 * Reads a vocab.txt, a piece a line, with its tokenizer_config.json: what models have that were published before
 * tokenizer.json. White space at the end of a line is no part of the piece; of a piece that stands twice the last counts.
 *
 * @throws {E_TOKENIZER_UNSUPPORTED} when the configuration names another tokeniser
 * @throws {E_TOKENIZER_MALFORMED} when a file is not what it should be, or lacks a special token
 */
export function readVocabText(bytes: Uint8Array, { source, ...configFiles }: VocabTextOptions): TokenizerSettings {
  const settings = readTokenizerConfig(configFiles, source);
  const name = (settings.tokenizerClass ?? 'BertTokenizer').replace(/Fast$/, '');
  const defaults = Object.hasOwn(CLASSES, name) ? CLASSES[name] : undefined;
  const isMpnet = name === 'MPNetTokenizer';
  if (defaults === undefined) {
    unsupported(source, `tokenizer_class is another one, got ${name}; expected ${Object.keys(CLASSES).join(', ')}`);
  }
  const names = { ...defaults, ...settings.names };
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
    // MPNet's are looked for after normalising, and its mask takes the space before it, as RoBERTa's does.
    const lstrip = isMpnet && content === mask;
    return [{ id, content, singleWord: false, lstrip, rstrip: false, normalized: isMpnet }];
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
