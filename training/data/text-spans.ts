import { tagsOf, type WordSpan } from '../../shared/labels/spans.ts';
import type { Token } from '../../shared/text/tweet-tokenizer.ts';

/** An entity in a text: `[start, end)` in UTF-16 units. */
export interface TextSpan {
  readonly type: string;
  readonly start: number;
  readonly end: number;
}

/**
 * The words that a span of characters touches; a word that it cuts belongs to it whole. Undefined when it touches none,
 * as white space does.
 *
 * @param tokens in order
 */
export function wordSpanOf(tokens: readonly Token[], { type, start, end }: TextSpan): WordSpan | undefined {
  const first = tokens.findIndex((token) => token.end > start);
  if (first < 0) return undefined;
  const after = tokens.findIndex((token) => token.start >= end);
  const last = after < 0 ? tokens.length : after;
  return last > first ? { type, start: first, end: last } : undefined;
}

/** The characters from the first word of a span to its last. */
export function textSpanOf(tokens: readonly Token[], { type, start, end }: WordSpan): TextSpan {
  return { type, start: tokens[start]!.start, end: tokens[end - 1]!.end };
}

/**
 * BIO tags of the words of a text.
 *
 * @throws {E_SPAN_INVALID} two spans share a word
 */
export function tagsOfText(tokens: readonly Token[], spans: readonly TextSpan[]): readonly string[] {
  const words = spans.flatMap((span) => wordSpanOf(tokens, span) ?? []);
  return tagsOf(words, tokens.length);
}
