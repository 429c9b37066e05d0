import { z } from 'zod';
import { readFrame } from './tokenizer-frame.ts';
import { readTokenizerConfig, type TokenizerConfigFiles } from './tokenizer-config.ts';
import {
  ROBERTA_NAMES,
  checkPart,
  decodeJson,
  decodeUtf8,
  malformed,
  type SpecialTokenNames,
} from './tokenizer-settings.ts';

/** A tokenizer.json for the `tokenizers` library, and what has to be known about it beside that. */
export interface LibrarySettings {
  /** For `Tokenizer.fromString`, without what would make encodings differ from one call to the next. */
  readonly json: string;
  /**
   * Whether a word in a sentence is another one with a space before it, and the tokeniser does not put that there itself:
   * byte-level BPE with `add_prefix_space` switched off, as roberta-base has it.
   */
  readonly seesSpaces: boolean;
  readonly names: SpecialTokenNames;
  readonly maxPieces: number | null;
}

const file = z.looseObject({
  pre_tokenizer: z.unknown().optional(),
  post_processor: z.unknown().optional(),
  model: z.looseObject({
    dropout: z.number().nullish(),
    unk_token: z.string().nullish(),
    unk_id: z.int().nonnegative().nullish(),
    vocab: z.unknown().optional(),
  }),
});

/** Metaspace had `add_prefix_space` before it had `prepend_scheme`. */
const preTokenizer = z.looseObject({
  type: z.string(),
  add_prefix_space: z.boolean().optional(),
  prepend_scheme: z.string().optional(),
  pretokenizers: z.array(z.unknown()).optional(),
});

export interface LibrarySettingsOptions extends TokenizerConfigFiles {
  /** Names the file in errors. */
  readonly source: string;
}

/**
 * @throws {E_TOKENIZER_MALFORMED} when a file is not JSON, or a part has another form
 * @throws {E_TOKENIZER_UNSUPPORTED} when texts do not get one token before them and one after
 */
export function readLibrarySettings(
  bytes: Uint8Array,
  { source, ...configFiles }: LibrarySettingsOptions,
): LibrarySettings {
  const parsed = checkPart(file, decodeJson(bytes, source), { source, name: 'the file' });
  const { model } = parsed;
  const config = readTokenizerConfig(configFiles, source);
  const unk = model.unk_token ?? unigramPiece(model.vocab, model.unk_id ?? undefined);
  // BPE-dropout cuts words at random, to train on; the sub-words of a text are to be the same every time.
  const withoutDropout = { ...parsed, model: { ...model, dropout: null } };
  return {
    json: (model.dropout ?? 0) === 0 ? decodeUtf8(bytes, source) : JSON.stringify(withoutDropout),
    seesSpaces: seesSpaces(parsed.pre_tokenizer, source),
    names: {
      ...ROBERTA_NAMES,
      ...config.names,
      ...(unk === undefined ? {} : { unk }),
      ...readFrame(parsed.post_processor, source),
    },
    maxPieces: config.maxPieces,
  };
}

/** Unigram has a list of pieces and their scores, and the place of the unknown one in it. */
function unigramPiece(vocab: unknown, id: number | undefined): string | undefined {
  const entry: unknown = Array.isArray(vocab) && id !== undefined ? vocab[id] : undefined;
  return Array.isArray(entry) && typeof entry[0] === 'string' ? entry[0] : undefined;
}

function seesSpaces(value: unknown, source: string): boolean {
  if (value === undefined || value === null) return false;
  const found = checkPart(preTokenizer, value, { source, name: 'pre_tokenizer' });
  const { type, add_prefix_space: addsSpace, prepend_scheme: scheme, pretokenizers: parts } = found;
  switch (type) {
    case 'Sequence':
      if (parts === undefined) malformed(source, 'pre_tokenizer is wrong: a Sequence has no pretokenizers');
      return parts.some((part) => seesSpaces(part, source));
    case 'ByteLevel':
      return addsSpace === false;
    case 'Metaspace':
      return scheme === 'never' || (scheme === undefined && addsSpace === false);
    default:
      return false;
  }
}
