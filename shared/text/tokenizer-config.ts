import { z } from 'zod';
import { decodeJson, malformed, type SpecialTokenNames } from './tokenizer-settings.ts';

/** What tokenizer_config.json of the `transformers` library says about a BERT tokeniser. */
export interface TokenizerConfig {
  readonly tokenizerClass: string | undefined;
  readonly lowercase: boolean;
  readonly stripAccents: boolean | undefined;
  readonly handleChineseChars: boolean;
  /** Whether text is normalised and cut at white space and punctuation at all. */
  readonly doBasicTokenize: boolean;
  readonly names: SpecialTokenNames;
  /** null where the file says none; transformers writes 1e30 for that. */
  readonly maxPieces: number | null;
}

/** A token is its content, or an object with that. */
const token = z
  .union([z.string(), z.looseObject({ content: z.string() }).transform(({ content }) => content)])
  .nullish();

const schema = z.looseObject({
  tokenizer_class: z.string().nullish(),
  do_lower_case: z.boolean().nullish(),
  strip_accents: z.boolean().nullish(),
  tokenize_chinese_chars: z.boolean().nullish(),
  do_basic_tokenize: z.boolean().nullish(),
  model_max_length: z.number().nullish(),
  unk_token: token,
  cls_token: token,
  sep_token: token,
  pad_token: token,
  mask_token: token,
});

/**
 * @param beside the tokeniser file in the same folder, for errors
 * @throws {E_TOKENIZER_MALFORMED} when the bytes are not JSON, or a setting has another type
 */
export function readTokenizerConfig(bytes: Uint8Array, beside: string): TokenizerConfig {
  const source = `tokenizer_config.json beside ${beside}`;
  const parsed = schema.safeParse(decodeJson(bytes, source));
  if (!parsed.success) malformed(source, z.prettifyError(parsed.error).replaceAll('\n', ' '));
  const { data } = parsed;
  const most = data.model_max_length;
  return {
    tokenizerClass: data.tokenizer_class ?? undefined,
    lowercase: data.do_lower_case ?? true,
    stripAccents: data.strip_accents ?? undefined,
    handleChineseChars: data.tokenize_chinese_chars ?? true,
    doBasicTokenize: data.do_basic_tokenize ?? true,
    names: {
      unk: data.unk_token ?? '[UNK]',
      cls: data.cls_token ?? '[CLS]',
      sep: data.sep_token ?? '[SEP]',
      pad: data.pad_token ?? '[PAD]',
      mask: data.mask_token ?? '[MASK]',
    },
    maxPieces: typeof most === 'number' && Number.isSafeInteger(most) && most > 0 ? most : null,
  };
}

/** What transformers takes where there is no tokenizer_config.json. */
export const DEFAULT_TOKENIZER_CONFIG: TokenizerConfig = {
  tokenizerClass: undefined,
  lowercase: true,
  stripAccents: undefined,
  handleChineseChars: true,
  doBasicTokenize: true,
  names: { unk: '[UNK]', cls: '[CLS]', sep: '[SEP]', pad: '[PAD]', mask: '[MASK]' },
  maxPieces: null,
};
