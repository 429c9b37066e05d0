import { COMBINING, DECOMPOSING, DROPPED, MARKS, PUNCTUATION } from './bert-unicode.ts';

/** What a character is to BERT's normaliser and pre-tokeniser: bits, because a character can be several things. */
export const DROPS = 1;
export const SPACE = 2;
export const IDEOGRAPH = 4;
export const ACCENT = 8;
export const STANDS_ALONE = 16;
/** NFD replaces it. */
export const DECOMPOSES = 32;
/** NFD sorts it among its neighbours. */
export const COMBINES = 64;

/** What UTF-8 has in place of half a surrogate pair. */
export const REPLACEMENT = 0xfffd;

/**
 * The property White_Space, which Unicode does not extend any more. clean_text comes first and drops some of it as
 * controls (vertical tab, form feed, next line).
 */
const SPACES = '9-d 20 85 a0 1680 2000-200a 2028-2029 202f 205f 3000';

/** Those of the original BERT code, which has a hole from U+2B820 to U+2B91F. */
const IDEOGRAPHS = '3400-4dbf 4e00-9fff f900-faff 20000-2a6df 2a700-2b81f 2b920-2ceaf 2f800-2fa1f';

const kinds = new Uint8Array(0x110000);
const combiningClasses = new Map<number, number>();
for (const [ranges, kind] of [
  [DROPPED, DROPS],
  [SPACES, SPACE],
  [IDEOGRAPHS, IDEOGRAPH],
  [MARKS, ACCENT],
  [PUNCTUATION, STANDS_ALONE],
  [DECOMPOSING, DECOMPOSES],
  [COMBINING, COMBINES],
] as const) {
  for (const { start, end, value } of parseRanges(ranges)) {
    for (let code = start; code < end; code++) {
      kinds[code]! |= kind;
      if (kind === COMBINES) combiningClasses.set(code, value);
    }
  }
}

/** Reads `300-314:e6 315:e8 41`: hexadecimal, ends included. */
function parseRanges(text: string): readonly { start: number; end: number; value: number }[] {
  return text
    .trim()
    .split(/\s+/)
    .map((item) => {
      const [range, value] = item.split(':');
      const [first, last = first] = range!.split('-');
      return { start: parseInt(first!, 16), end: parseInt(last!, 16) + 1, value: parseInt(value ?? '0', 16) };
    });
}

/** The bits of a code point, 0 <= code < 0x110000. */
export function kindOf(code: number): number {
  return kinds[code]!;
}

/** The canonical combining class, 1 to 240; 0 for what NFD does not move. */
export function combiningClassOf(code: number): number {
  return combiningClasses.get(code) ?? 0;
}

const decompositions = new Map<number, readonly number[]>();

/** What NFD puts in place of a character that DECOMPOSES. */
export function decompositionOf(code: number): readonly number[] {
  let codes = decompositions.get(code);
  if (codes === undefined) {
    const characters = String.fromCodePoint(code).normalize('NFD');
    codes = Array.from(characters, (character) => character.codePointAt(0)!);
    decompositions.set(code, codes);
  }
  return codes;
}

/** The one character whose lower case is two characters: `i` and a dot above. */
export const CAPITAL_I_WITH_DOT = 0x130;
export const DOT_ABOVE = 0x307;

/** Lower cases of the basic plane; 0 is not looked up yet. */
const lowerCases = new Uint16Array(0x10000);

/** The (first character of the) lower case of a character by itself: no locale, and no sigma is final. */
export function lowerCaseOf(code: number): number {
  if (code > 0xffff) return String.fromCodePoint(code).toLowerCase().codePointAt(0)!;
  const known = lowerCases[code]!;
  if (known !== 0) return known;
  return (lowerCases[code] = String.fromCharCode(code).toLowerCase().charCodeAt(0));
}
