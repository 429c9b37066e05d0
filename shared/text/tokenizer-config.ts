import { z } from 'zod';
import { decodeJson, malformed, type SpecialTokenNames } from './tokenizer-settings.ts';

/** What tokenizer_config.json of the `transformers` library says about a tokeniser. */
export interface TokenizerConfig {
  readonly tokenizerClass: string | undefined;
  readonly lowercase: boolean;
  readonly stripAccents: boolean | undefined;
  readonly handleChineseChars: boolean;
  /** Whether text is normalised and cut at white space and punctuation at all. */
  readonly doBasicTokenize: boolean;
  /** Those that a file names. */
  readonly names: Partial<SpecialTokenNames>;
  /** null where the file says none; transformers writes 1e30 for that. */
  readonly maxPieces: number | null;
}

/** A token is its content, or an object with that. */
const token = z
  .union([z.string(), z.looseObject({ content: z.string() }).transform(({ content }) => content)])
  .nullish();

const names = z.looseObject({
  unk_token: token,
  cls_token: token,
  sep_token: token,
  pad_token: token,
  mask_token: token,
});

const schema = names.extend({
  tokenizer_class: z.string().nullish(),
  do_lower_case: z.boolean().nullish(),
  strip_accents: z.boolean().nullish(),
  tokenize_chinese_chars: z.boolean().nullish(),
  do_basic_tokenize: z.boolean().nullish(),
  model_max_length: z.number().nullish(),
});

export interface TokenizerConfigFiles {
  /** tokenizer_config.json. */
  readonly config?: Uint8Array | undefined;
  /** special_tokens_map.json, for the tokens that the other file does not name. */
  readonly specialTokensMap?: Uint8Array | undefined;
}

/**
 * Reads both files, either of which may be missing: what transformers takes then is what it takes where a setting is.
 *
 * @param beside the tokeniser file in the same folder, for errors
 * @throws {E_TOKENIZER_MALFORMED} when the bytes are not JSON, or a setting has another type
 */
export function readTokenizerConfig(
  { config, specialTokensMap }: TokenizerConfigFiles,
  beside: string,
): TokenizerConfig {
  const data = read(schema, config, `tokenizer_config.json beside ${beside}`);
  const map = read(names, specialTokensMap, `special_tokens_map.json beside ${beside}`);
  const most = data.model_max_length;
  return {
    tokenizerClass: data.tokenizer_class ?? undefined,
    lowercase: data.do_lower_case ?? true,
    stripAccents: data.strip_accents ?? undefined,
    handleChineseChars: data.tokenize_chinese_chars ?? true,
    doBasicTokenize: data.do_basic_tokenize ?? true,
    names: { ...namesOf(map), ...namesOf(data) },
    maxPieces: typeof most === 'number' && Number.isSafeInteger(most) && most > 0 ? most : null,
  };
}

function read<T>(fields: z.ZodType<T>, bytes: Uint8Array | undefined, source: string): T {
  const parsed = fields.safeParse(bytes === undefined ? {} : decodeJson(bytes, source));
  if (parsed.success) return parsed.data;
  malformed(source, z.prettifyError(parsed.error).replaceAll('\n', ' '));
}

function namesOf(found: z.infer<typeof names>): Partial<SpecialTokenNames> {
  const { unk_token: unk, cls_token: cls, sep_token: sep, pad_token: pad, mask_token: mask } = found;
  return Object.fromEntries(
    Object.entries({ unk, cls, sep, pad, mask }).filter(([, name]) => name !== undefined && name !== null),
  );
}
