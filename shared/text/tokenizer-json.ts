import { z } from 'zod';
import type { AddedToken } from './added-tokens.ts';
import { readFrame } from './tokenizer-frame.ts';
import {
  BERT_NAMES,
  ROBERTA_NAMES,
  checkPart,
  decodeJson,
  malformed,
  specialTokenIds,
  unsupported,
  vocabSizeOf,
  type TokenizerSettings,
} from './tokenizer-settings.ts';
import { readTokenizerConfig, type TokenizerConfigFiles } from './tokenizer-config.ts';

const tagged = z.looseObject({ type: z.string() });

const bertNormalizer = z.looseObject({
  clean_text: z.boolean(),
  handle_chinese_chars: z.boolean(),
  strip_accents: z.boolean().nullish(),
  lowercase: z.boolean(),
});

const wordPieceModel = z.looseObject({
  unk_token: z.string(),
  continuing_subword_prefix: z.string(),
  max_input_chars_per_word: z.int().positive(),
  // Read by hand: a schema would check 30,000 entries one by one, and lose one that is named __proto__.
  vocab: z.custom<object>((value) => typeof value === 'object' && value !== null && !Array.isArray(value), {
    message: 'expected an object of pieces and ids',
  }),
});

const addedTokens = z.array(
  z.looseObject({
    id: z.int().nonnegative(),
    content: z.string(),
    single_word: z.boolean(),
    lstrip: z.boolean(),
    rstrip: z.boolean(),
    normalized: z.boolean(),
  }),
);

const file = z.looseObject({
  added_tokens: addedTokens.nullish(),
  normalizer: tagged.nullish(),
  pre_tokenizer: tagged.nullish(),
  post_processor: z.unknown().optional(),
  model: z.looseObject({ type: z.string().optional() }),
});
type File = z.infer<typeof file>;

/** The other files of the folder are for the padding and mask tokens and the greatest length. */
export interface TokenizerJsonOptions extends TokenizerConfigFiles {
  /** Names the file in errors. */
  readonly source: string;
}

/**
 * Whether `readTokenizerJson` reads this tokenizer.json, parsed: a WordPiece model with BERT's pre-tokeniser and its
 * normaliser or none. Says nothing about whether it is whole.
 */
export function isBertTokenizer(json: unknown): boolean {
  const parsed = file.safeParse(json);
  if (!parsed.success) return false;
  const { model, normalizer, pre_tokenizer: preTokenizer } = parsed.data;
  const isBertNormalizer = (normalizer?.type ?? 'BertNormalizer') === 'BertNormalizer';
  return isWordPieceModel(model) && preTokenizer?.type === 'BertPreTokenizer' && isBertNormalizer;
}

/** Files of old versions of the library do not name the type. */
function isWordPieceModel(model: File['model']): boolean {
  return model.type === 'WordPiece' || (model.type === undefined && 'max_input_chars_per_word' in model);
}

/**
 * Reads a tokenizer.json of the `tokenizers` library with a WordPiece model, BertNormalizer (or none) and
 * BertPreTokenizer. Its padding and truncation are left out: they are settings of whoever wrote the file.
 *
 * @throws {E_TOKENIZER_UNSUPPORTED} when it is of another type, which the message names
 * @throws {E_TOKENIZER_MALFORMED} when it is not what it should be, or lacks a special token
 */
export function readTokenizerJson(
  bytes: Uint8Array,
  { source, ...configFiles }: TokenizerJsonOptions,
): TokenizerSettings {
  const parsed = checkPart(file, decodeJson(bytes, source), { source, name: 'the file' });
  const { type } = parsed.model;
  if (!isWordPieceModel(parsed.model)) {
    unsupported(source, `the model is not WordPiece, got ${type ?? 'no type'}; expected WordPiece`);
  }
  const model = checkPart(wordPieceModel, parsed.model, { source, name: 'model' });
  const preTokenizer = parsed.pre_tokenizer?.type ?? 'none';
  if (preTokenizer !== 'BertPreTokenizer') {
    unsupported(source, `the pre_tokenizer is another one, got ${preTokenizer}; expected BertPreTokenizer`);
  }

  const vocab = readVocab(model.vocab, source);
  const added = readAddedTokens(parsed.added_tokens ?? [], vocab, source);
  const vocabulary = { vocab, addedTokens: added };
  const config = readTokenizerConfig(configFiles, source);
  const named = { ...config.names, ...readFrame(parsed.post_processor, source), unk: model.unk_token };
  return {
    wordPiece: {
      vocab,
      addedTokens: added,
      ...readNormalizer(parsed, source),
      unkToken: model.unk_token,
      continuingPrefix: model.continuing_subword_prefix,
      maxInputCharsPerWord: model.max_input_chars_per_word,
    },
    specials: specialTokenIds(
      // MPNet has BERT's pieces between RoBERTa's special tokens.
      { ...(named.cls === ROBERTA_NAMES.cls ? ROBERTA_NAMES : BERT_NAMES), ...named },
      vocabulary,
      source,
    ),
    vocabSize: vocabSizeOf(vocabulary),
    maxPieces: config.maxPieces,
  };
}

function readVocab(vocab: object, source: string): ReadonlyMap<string, number> {
  const seen = new Set<unknown>();
  const entries = Object.entries(vocab) as [string, unknown][];
  for (const [piece, id] of entries) {
    if (typeof id !== 'number' || !Number.isInteger(id) || id < 0 || seen.has(id)) {
      const expected = 'expected a whole number from 0 on that no other piece has';
      malformed(source, `model.vocab['${piece}'] is no id, got ${JSON.stringify(id)}; ${expected}`);
    }
    seen.add(id);
  }
  return new Map(entries as [string, number][]);
}

/** The library gives ids itself: those of the vocabulary, and then the next after it. */
function readAddedTokens(
  tokens: z.infer<typeof addedTokens>,
  vocab: ReadonlyMap<string, number>,
  source: string,
): readonly AddedToken[] {
  let next = vocab.size;
  return tokens.map(({ id, content, single_word: singleWord, lstrip, rstrip, normalized }) => {
    const expected = vocab.get(content) ?? next++;
    if (id !== expected) {
      malformed(source, `the added token '${content}' has another id than its piece, got ${id}; expected ${expected}`);
    }
    return { id, content, singleWord, lstrip, rstrip, normalized };
  });
}

function readNormalizer(
  { normalizer }: File,
  source: string,
): Pick<TokenizerSettings['wordPiece'], 'cleanText' | 'handleChineseChars' | 'stripAccents' | 'lowercase'> {
  if (normalizer === undefined || normalizer === null) {
    return { cleanText: false, handleChineseChars: false, stripAccents: false, lowercase: false };
  }
  if (normalizer.type !== 'BertNormalizer') {
    unsupported(source, `the normalizer is another one, got ${normalizer.type}; expected BertNormalizer or none`);
  }
  const found = checkPart(bertNormalizer, normalizer, { source, name: 'normalizer' });
  return {
    cleanText: found.clean_text,
    handleChineseChars: found.handle_chinese_chars,
    stripAccents: found.strip_accents ?? undefined,
    lowercase: found.lowercase,
  };
}
