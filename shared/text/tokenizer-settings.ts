import { z } from 'zod';
import { NerError } from '../ner-error.ts';
import type { AddedToken } from './added-tokens.ts';
import type { WordPieceOptions } from './word-piece.ts';

/** A tokeniser's files, read: what `createWordPiece` takes, and what the caller puts around and beside the pieces. */
export interface TokenizerSettings {
  readonly wordPiece: WordPieceOptions;
  readonly specials: SpecialTokenIds;
  /** One more than the greatest id, added tokens included: rows that the model's embedding must have at least. */
  readonly vocabSize: number;
  /** Pieces that the model takes at once, special tokens included; null where no file says so. */
  readonly maxPieces: number | null;
}

export interface SpecialTokenIds {
  readonly unk: number;
  /** Comes before the pieces of a text. */
  readonly cls: number;
  /** Comes after them. */
  readonly sep: number;
  /** null where the tokeniser has none: any id does under an attention mask of 0. */
  readonly pad: number | null;
  readonly mask: number | null;
}

export interface SpecialTokenNames {
  readonly unk: string;
  readonly cls: string;
  readonly sep: string;
  readonly pad: string;
  readonly mask: string;
}

/** What the special tokens of BERT and its kin are called where no file says so. */
export const BERT_NAMES = {
  unk: '[UNK]',
  cls: '[CLS]',
  sep: '[SEP]',
  pad: '[PAD]',
  mask: '[MASK]',
} as const satisfies SpecialTokenNames;

/** The same of RoBERTa and its kin. */
export const ROBERTA_NAMES = {
  unk: '<unk>',
  cls: '<s>',
  sep: '</s>',
  pad: '<pad>',
  mask: '<mask>',
} as const satisfies SpecialTokenNames;

export interface Vocabulary {
  readonly vocab: ReadonlyMap<string, number>;
  readonly addedTokens: readonly AddedToken[];
}

/** @throws {E_TOKENIZER_MALFORMED} when the unknown, first or last token has no id */
export function specialTokenIds(
  names: SpecialTokenNames,
  { vocab, addedTokens }: Vocabulary,
  source: string,
): SpecialTokenIds {
  const added = new Map(addedTokens.map(({ content, id }) => [content, id]));
  const idOf = (name: string): number | null => vocab.get(name) ?? added.get(name) ?? null;
  const needed = (role: string, name: string): number => {
    const id = idOf(name);
    if (id === null)
      malformed(source, `the ${role} token is not in the vocabulary, got '${name}'; expected an id for it`);
    return id;
  };
  return {
    unk: needed('unknown (unk)', names.unk),
    cls: needed('first (cls)', names.cls),
    sep: needed('last (sep)', names.sep),
    pad: idOf(names.pad),
    mask: idOf(names.mask),
  };
}

export function vocabSizeOf({ vocab, addedTokens }: Vocabulary): number {
  let greatest = -1;
  for (const id of vocab.values()) greatest = Math.max(greatest, id);
  for (const { id } of addedTokens) greatest = Math.max(greatest, id);
  return greatest + 1;
}

/** @throws {E_TOKENIZER_MALFORMED} when the bytes are not UTF-8 */
export function decodeUtf8(bytes: Uint8Array, source: string): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch (cause) {
    malformed(source, 'the file is not UTF-8', cause);
  }
}

/** @throws {E_TOKENIZER_MALFORMED} when the bytes are not JSON in UTF-8 */
export function decodeJson(bytes: Uint8Array, source: string): unknown {
  const text = decodeUtf8(bytes, source);
  try {
    return JSON.parse(text);
  } catch (cause) {
    malformed(source, `the file is not JSON (${cause instanceof Error ? cause.message : String(cause)})`, cause);
  }
}

/**
 * A value of a tokeniser file, checked.
 *
 * @throws {E_TOKENIZER_MALFORMED} naming what is wrong in which part of the file
 */
export function checkPart<T>(
  schema: z.ZodType<T>,
  value: unknown,
  { source, name }: { readonly source: string; readonly name: string },
): T {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  malformed(source, `${name} is wrong: ${z.prettifyError(parsed.error).replaceAll('\n', ' ')}`);
}

export function malformed(source: string, reason: string, cause?: unknown): never {
  throw new NerError(
    'E_TOKENIZER_MALFORMED',
    `${source}: ${reason}. Take the tokeniser files that came with the model.`,
    {
      cause,
    },
  );
}

export function unsupported(source: string, reason: string): never {
  throw new NerError(
    'E_TOKENIZER_UNSUPPORTED',
    `${source}: ${reason}. Take a model that has the tokenizer.json of a fast tokeniser.`,
  );
}
