import type { Steps } from '../event-loop/steps.ts';
import {
  CJK,
  MARK,
  PICTURE,
  PUNCTUATION,
  SEPARATOR,
  SYMBOL,
  WORD,
  classAt,
  isDigit,
  isLetter,
  widthAt,
} from './character-class.ts';
import { emoticonEnd } from './emoticon.ts';
import { clusterInteriors } from './grapheme-boundaries.ts';
import { type AddressMemo, bareAddressEnd, domainEnd, gluedSchemeStart, urlEnd } from './web-address.ts';

/** One token of a text: `text.slice(start, end) === token.text`, half-open, in UTF-16 units. */
export interface Token {
  readonly text: string;
  readonly start: number;
  readonly end: number;
}

/** `&quot;` and the like: at most this many characters between `&` and `;`. */
const LONGEST_ENTITY_NAME = 8;
const LONGEST_CASHTAG = 6;
const loneClitics = ['s', 'm', 'd', 've', 'll', 're'];
const APOSTROPHE = 0x27;
const CURLY_APOSTROPHE = 0x2019;

/**
 * Splits a tweet as the WNUT corpora are split, in one pass, linear in the length of the text.
 *
 * One token each: URLs, @mentions, #hashtags, $cashtags, emoticons, HTML entities (`&amp;` stays as it is), numbers,
 * times and prices (`30,000`, `7:30`, `$6`, but `$` and `18.98`), words joined by `-`, `/`, `'` or `&amp;` (`don't`,
 * `A&amp;E`), abbreviations (`U.S.`), runs of sentence punctuation (`...`, `?!`, `."`), runs of one symbol (`--`) and
 * every emoji. The possessive `'s` is a token of its own; other contractions are not split, because the corpora do
 * not split them.
 *
 * Tokens are in order, do not overlap, and never cut a surrogate pair or a grapheme cluster. White space, zero-width
 * spaces and marks of writing direction are in no token.
 */
export function tokenizeTweet(text: string): readonly Token[] {
  const inside = clusterInteriors(text);
  const memo: AddressMemo = { noDomainBefore: 0 };
  const tokens: Token[] = [];
  let i = 0;
  while (i < text.length) {
    const kind = classAt(text, i);
    // Whatever a rule says, each token takes at least one unit, so no text can keep the loop from ending.
    let end = kind === SEPARATOR ? i + 1 : Math.max(i + 1, tokenEnd(text, i, kind, memo));
    // Rules look at characters; what a cluster adds to the last one (marks, joiners, the other half of a flag) follows.
    if (inside !== undefined) while (inside[end] === 1) end++;
    if (kind !== SEPARATOR) tokens.push({ text: text.slice(i, end), start: i, end });
    i = end;
  }
  return tokens;
}

/** Text that is cut into tokens in one step: half a millisecond. */
export const STEP_CHARACTERS = 4_096;

/** `tokenizeTweet` in steps, for texts that are no tweets. */
export function* tokenizeTweetSteps(text: string): Steps<readonly Token[]> {
  const tokens: Token[] = [];
  for (let from = 0; from < text.length;) {
    if (from > 0) yield;
    const to = cutAfter(text, from + STEP_CHARACTERS);
    for (const { text: token, start, end } of tokenizeTweet(text.slice(from, to))) {
      tokens.push({ text: token, start: from + start, end: from + end });
    }
    from = to;
  }
  return tokens;
}

/** Characters that never belong to the grapheme cluster of a space before them (a test asks Intl.Segmenter about each). */
const opensCluster = /(?![\p{Grapheme_Extend}\p{Emoji_Modifier}\u0e33\u0eb3])[\p{L}\p{N}\p{P}\p{S}\p{Cs}]/uy;

/** Where a text may be cut, from `least` on: after a space, over which no rule looks, and no cluster goes on. */
function cutAfter(text: string, least: number): number {
  for (let i = least; i < text.length; i++) {
    if (text.charCodeAt(i - 1) === 0x20 && mayFollowCut(text, i)) return i;
  }
  return text.length;
}

/** Whether a cluster begins at `i`, which lies behind a space. */
export function mayFollowCut(text: string, i: number): boolean {
  opensCluster.lastIndex = i;
  return opensCluster.test(text);
}

function tokenEnd(text: string, start: number, kind: number, memo: AddressMemo): number {
  if (kind === PUNCTUATION) return punctuationEnd(text, start);
  if (kind === SYMBOL) return symbolEnd(text, start, memo);
  if (kind === PICTURE) return pictureEnd(text, start, memo);
  return wordEnd(text, start, memo);
}

function isWordAt(text: string, i: number): boolean {
  return classAt(text, i) === WORD;
}

function isDigitAt(text: string, i: number): boolean {
  return isDigit(text.charCodeAt(i));
}

/** The end of a word, number, abbreviation, URL or address that begins with a letter or digit. */
function wordEnd(text: string, start: number, memo: AddressMemo): number {
  const special = Math.max(urlEnd(text, start), abbreviationEnd(text, start));
  if (special > 0) return special;
  const word = { start, isDecimal: false };
  let script = MARK;
  let i = start;
  while (i < text.length) {
    const kind = classAt(text, i);
    if (kind === WORD || kind === CJK) {
      // `CNN速報` is two words.
      if (script !== MARK && kind !== script) return i;
      script = kind;
      i += widthAt(text, i);
    } else if (kind === MARK) {
      i += widthAt(text, i);
    } else {
      const joined = script === WORD ? joinEnd(text, i, word, memo) : i;
      if (joined < 0) return -joined;
      if (joined === i) return i;
      i = joined;
    }
  }
  return i;
}

/** `U.S.`, `p.m.`, `t.v`: single letters with full stops between. */
function abbreviationEnd(text: string, start: number): number {
  let i = start;
  while (isLetter(text.charCodeAt(i)) && text[i + 1] === '.') i += 2;
  if (i === start) return -1;
  const isLong = i - start >= 4;
  if (!isLetter(text.charCodeAt(i)) || isWordAt(text, i + 1)) return isLong ? i : -1;
  // One more letter without its full stop: `t.v`, `U.S.A's`; but `d.I'm` and `t.co/x` are no abbreviations.
  const next = text.charCodeAt(i + 1);
  if (next === 0x2f || next === 0x2d) return isLong ? i : -1;
  return next === APOSTROPHE && !isPossessive(text, i + 1) ? (isLong ? i : -1) : i + 1;
}

interface Word {
  readonly start: number;
  /** Whether a decimal or thousands separator has been passed: `8.9 %` is two tokens in the corpora, `100%` is one. */
  isDecimal: boolean;
}

/**
 * Whether the word goes on over the symbol or punctuation at `i`. Returns where it goes on; `i` when it ends here;
 * the negated end when it ends elsewhere.
 */
function joinEnd(text: string, i: number, word: Word, memo: AddressMemo): number {
  const wordFollows = isWordAt(text, i + 1);
  switch (text.charCodeAt(i)) {
    case 0x2e: // .
      if (isDigitAt(text, i - 1) && isDigitAt(text, i + 1)) return decimalEnd(i, word);
      if (wordFollows) {
        const end = bareAddressEnd(text, word.start, memo);
        if (end > i) return -end;
      }
      return i;
    case 0x2c: // ,
      return isDigitAt(text, i - 1) && isDigitAt(text, i + 1) ? decimalEnd(i, word) : i;
    case 0x3a: {
      // :
      const scheme = gluedSchemeStart(text, word.start, i);
      if (scheme > 0) return -endWithoutJoint(text, scheme);
      return isDigitAt(text, i - 1) && isDigitAt(text, i + 1) ? i + 1 : i;
    }
    case APOSTROPHE:
    case CURLY_APOSTROPHE:
      return wordFollows && !isPossessive(text, i) ? i + 1 : i;
    case 0x2d: // -
    case 0x2010:
    case 0x2011:
      return wordFollows ? i + 1 : i;
    case 0x2f: // /
      if (wordFollows) return i + 1;
      // `w/ friends`
      return i === word.start + 1 && (text.charCodeAt(i - 1) | 0x20) === 0x77 && classAt(text, i + 1) === SEPARATOR
        ? -(i + 1)
        : i;
    case 0x26: // &
      if (text.startsWith('&amp;', i)) return isWordAt(text, i + 5) ? i + 5 : i;
      return wordFollows && htmlEntityEnd(text, i) < 0 ? i + 1 : i;
    case 0x40: {
      // @
      const end = wordFollows ? domainEnd(text, i + 1, memo) : -1;
      return end > 0 ? -end : i;
    }
    case 0x24: // A$AP
      return isLetter(text.charCodeAt(i - 1)) && isLetter(text.charCodeAt(i + 1)) ? i + 1 : i;
    case 0x2a: {
      // sh*t
      const end = runEnd(text, i);
      return isLetter(text.charCodeAt(i - 1)) && isLetter(text.charCodeAt(end)) ? end : i;
    }
    case 0x2b: {
      // C++, 20+
      const end = runEnd(text, i);
      return isWordAt(text, end) ? i : -end;
    }
    case 0x25: // 100%
      return isDigitAt(text, i - 1) && !word.isDecimal && !wordFollows ? -(i + 1) : i;
    default:
      return i;
  }
}

function decimalEnd(i: number, word: Word): number {
  word.isDecimal = true;
  return i + 1;
}

/** Gives back a joint (`/`, `-`) that turned out to have a URL behind it. */
function endWithoutJoint(text: string, end: number): number {
  const last = classAt(text, end - 1);
  return last === SYMBOL || last === PUNCTUATION ? end - 1 : end;
}

/** Whether the apostrophe at `i` begins a possessive or `is`: 's and no more letters. */
function isPossessive(text: string, i: number): boolean {
  return text[i + 1] === 's' && !isWordAt(text, i + 2);
}

function punctuationEnd(text: string, start: number): number {
  const code = text.charCodeAt(start);
  const isQuote = code === APOSTROPHE || code === CURLY_APOSTROPHE;
  if (isQuote) {
    const end = cliticEnd(text, start);
    if (end > 0) return end;
  }
  let i = start;
  do {
    const face = emoticonEnd(text, i);
    if (face > 0) return i === start ? face : i;
    i++;
  } while (classAt(text, i) === PUNCTUATION);
  return i;
}

/** `'s` behind a word; or any contraction that stands alone, because the text has been cut before: `I 'm`. */
function cliticEnd(text: string, start: number): number {
  if (start > 0 && classAt(text, start - 1) !== SEPARATOR) {
    return isWordAt(text, start - 1) && isPossessive(text, start) ? start + 2 : -1;
  }
  const length = loneClitics.find((clitic) => text.startsWith(clitic, start + 1))?.length ?? 0;
  return length > 0 && !isWordAt(text, start + 1 + length) ? start + 1 + length : -1;
}

function symbolEnd(text: string, start: number, memo: AddressMemo): number {
  const code = text.charCodeAt(start);
  const face = emoticonEnd(text, start);
  if (face > 0) return face;
  switch (code) {
    case 0x40: // @
      return Math.max(mentionEnd(text, start), start + 1);
    case 0x23: // #
      return hashtagEnd(text, start);
    case 0x24: // $
      return Math.max(cashtagEnd(text, start), moneyEnd(text, start, memo));
    case 0x26: {
      // &
      const end = htmlEntityEnd(text, start);
      return end > 0 ? end : runEnd(text, start);
    }
    case 0x2b: // +43
    case 0x2d: // -5
      if (isDigitAt(text, start + 1) && (start === 0 || classAt(text, start - 1) === SEPARATOR))
        return wordEnd(text, start + 1, memo);
      return arrowEnd(text, start);
    default:
      return arrowEnd(text, start);
  }
}

/** A run of the same character. */
function runEnd(text: string, start: number): number {
  const code = text.charCodeAt(start);
  let i = start + 1;
  while (text.charCodeAt(i) === code) i++;
  return i;
}

/** A run of the same character, or an arrow: `->`, `-->`, `=>`, `<-`. */
function arrowEnd(text: string, start: number): number {
  const end = runEnd(text, start);
  const first = text[start]!;
  if ((first === '-' || first === '=') && text[end] === '>') return end + 1;
  if (first === '<' && (text[end] === '-' || text[end] === '=')) return runEnd(text, end);
  return end;
}

function mentionEnd(text: string, start: number): number {
  let i = start + 1;
  for (;;) {
    const code = text.charCodeAt(i);
    if (!isLetter(code) && !isDigit(code) && code !== 0x5f) break;
    i++;
  }
  return i;
}

function hashtagEnd(text: string, start: number): number {
  const first = classAt(text, start + 1);
  if (first !== WORD && first !== CJK) return runEnd(text, start);
  let i = start + 1;
  for (let kind = first; kind === WORD || kind === CJK || kind === MARK; kind = classAt(text, i)) i += widthAt(text, i);
  return i;
}

function cashtagEnd(text: string, start: number): number {
  let i = start + 1;
  while (i <= start + LONGEST_CASHTAG && isLetter(text.charCodeAt(i))) i++;
  return i > start + 1 && !isWordAt(text, i) ? i : start + 1;
}

/** `$6`, `£485m`; a price with a separator is a currency sign and a number: `$` `18.98`. */
function moneyEnd(text: string, start: number, memo: AddressMemo): number {
  let i = start + 1;
  while (isDigitAt(text, i)) i++;
  if (i === start + 1) return runEnd(text, start);
  const isDecimal = (text[i] === '.' || text[i] === ',') && isDigitAt(text, i + 1);
  return isDecimal ? start + 1 : wordEnd(text, start + 1, memo);
}

/** `&amp;`, `&#39;`. */
function htmlEntityEnd(text: string, start: number): number {
  let i = text[start + 1] === '#' ? start + 2 : start + 1;
  const nameStart = i;
  while (i < nameStart + LONGEST_ENTITY_NAME && (isLetter(text.charCodeAt(i)) || isDigitAt(text, i))) i++;
  return i > nameStart && text[i] === ';' ? i + 1 : -1;
}

/** Emoji and symbols stand alone; a currency sign takes its number. */
function pictureEnd(text: string, start: number, memo: AddressMemo): number {
  const face = emoticonEnd(text, start);
  if (face > 0) return face;
  const code = text.charCodeAt(start);
  const isCurrency = code === 0xa3 || code === 0xa5 || code === 0x20ac;
  if (isCurrency && isDigitAt(text, start + 1)) return moneyEnd(text, start, memo);
  return start + widthAt(text, start);
}
