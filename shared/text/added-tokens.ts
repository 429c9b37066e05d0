import { SPACE, kindOf } from './bert-character.ts';

/** A token that is found in a text as it is written and never cut, as in `added_tokens` of a tokenizer.json. */
export interface AddedToken {
  readonly id: number;
  readonly content: string;
  /** Only where no letter, digit, mark or `_` is next to it. */
  readonly singleWord: boolean;
  /** Takes the white space before it. */
  readonly lstrip: boolean;
  /** Takes the white space after it. */
  readonly rstrip: boolean;
  /** Looked for in the normalised text, and normalised itself. */
  readonly normalized: boolean;
}

/** A stretch of a text, half-open in UTF-16 units: an added token, or what is between two (id -1). */
export interface Stretch {
  readonly id: number;
  readonly start: number;
  readonly end: number;
}

/** Cuts a text at its added tokens into stretches that cover it, none of them empty; undefined when there is none. */
export type AddedTokenFinder = (text: string) => readonly Stretch[] | undefined;

// \w of the regex crate, which the library uses here.
const wordCharacter = /^[\p{Alphabetic}\p{M}\p{Nd}\p{Pc}\p{Join_Control}]/u;

/**
 * A finder of these tokens by their `content`, the leftmost first and the longest of those, as AddedVocabulary of the
 * `tokenizers` library (0.23.3) does. Undefined when there is no token to look for.
 */
export function createAddedTokenFinder(tokens: readonly AddedToken[]): AddedTokenFinder | undefined {
  const byContent = new Map(tokens.filter(({ content }) => content !== '').map((token) => [token.content, token]));
  if (byContent.size === 0) return undefined;
  const longestFirst = [...byContent.keys()].sort((a, b) => b.length - a.length);
  const pattern = new RegExp(longestFirst.map(escaped).join('|'), 'gu');

  return (text) => {
    if (text.search(pattern) < 0) return undefined;
    const stretches: Stretch[] = [];
    let done = 0;
    for (const { 0: content, index } of text.matchAll(pattern)) {
      const token = byContent.get(content)!;
      let start = index;
      let end = index + content.length;
      if (token.singleWord && (isWordBefore(text, start) || isWordAfter(text, end))) continue;
      if (token.lstrip) while (start > done && isSpace(text, start - 1)) start--;
      if (token.rstrip) while (end < text.length && isSpace(text, end)) end++;
      if (done < start) stretches.push({ id: -1, start: done, end: start });
      stretches.push({ id: token.id, start, end });
      done = end;
    }
    if (done < text.length) stretches.push({ id: -1, start: done, end: text.length });
    return stretches;
  };
}

function escaped(content: string): string {
  return content.replaceAll(/[\\^$.*+?()[\]{}|/]/g, '\\$&');
}

function isWordBefore(text: string, index: number): boolean {
  const isPair = index > 1 && text.codePointAt(index - 2)! > 0xffff;
  return wordCharacter.test(text.slice(index - (isPair ? 2 : 1), index));
}

function isWordAfter(text: string, index: number): boolean {
  return wordCharacter.test(text.slice(index, index + 2));
}

function isSpace(text: string, index: number): boolean {
  return (kindOf(text.charCodeAt(index)) & SPACE) !== 0;
}
