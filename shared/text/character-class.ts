/**
 * What a character is to the tweet tokeniser. Small integers, because they are looked up once a character.
 *
 * SEPARATOR ends tokens and is in none of them: white space, controls, zero-width space, byte-order mark, and the
 * marks of writing direction that apps put around mentions. MARK continues whatever it follows (combining marks,
 * variation selectors, joiners). CJK are the scripts written without spaces.
 */
export const SEPARATOR = 1;
export const WORD = 2;
export const CJK = 3;
export const MARK = 4;
export const PUNCTUATION = 5;
export const SYMBOL = 6;
export const PICTURE = 7;

const separators = /[\p{White_Space}\p{Cc}\u200b\ufeff\u061c\u200e\u200f\u202a-\u202e\u2060-\u2069]/u;
const marks = /\p{M}|\u200c|\u200d|[\u{e0020}-\u{e007f}]/u;
const cjk = /[\p{scx=Han}\p{scx=Hira}\p{scx=Kana}\p{scx=Bopo}\p{scx=Thai}\p{scx=Laoo}\p{scx=Khmr}\p{scx=Mymr}]/u;
// The soft hyphen is part of the word it may break.
const words = /[\p{L}\p{N}_\u00ad]/u;
// Sentence punctuation, whose runs are one token in the WNUT corpora (`?!`, `...`, `."`).
const punctuation = /[.?!,:;'"\u2026\u2018\u2019\u201c\u201d]/u;

function classify(codePoint: number): number {
  const character = String.fromCodePoint(codePoint);
  if (separators.test(character)) return SEPARATOR;
  if (marks.test(character)) return MARK;
  if (words.test(character)) return cjk.test(character) ? CJK : WORD;
  if (punctuation.test(character)) return PUNCTUATION;
  return codePoint < 0x80 ? SYMBOL : PICTURE;
}

/** Classes of the basic plane; 0 is not looked up yet. */
const basicPlane = new Uint8Array(0x10000);
for (let code = 0; code < 0x80; code++) basicPlane[code] = classify(code);

/** The class of the character at UTF-16 offset `index`; a lone surrogate is a PICTURE. Past the end: SEPARATOR. */
export function classAt(text: string, index: number): number {
  const code = text.charCodeAt(index);
  if (code < 0x80) return basicPlane[code]!;
  if (index >= text.length) return SEPARATOR;
  if (code >= 0xd800 && code <= 0xdbff) {
    const codePoint = text.codePointAt(index)!;
    return codePoint > 0xffff ? classify(codePoint) : PICTURE;
  }
  const known = basicPlane[code]!;
  if (known !== 0) return known;
  return (basicPlane[code] = classify(code));
}

/** How many UTF-16 units the code point at `index` has: 1 or 2. */
export function widthAt(text: string, index: number): 1 | 2 {
  const code = text.charCodeAt(index);
  if (code < 0xd800 || code > 0xdbff) return 1;
  const next = text.charCodeAt(index + 1);
  return next >= 0xdc00 && next <= 0xdfff ? 2 : 1;
}

/** Whether the UTF-16 unit is an ASCII letter. */
export function isLetter(code: number): boolean {
  const lower = code | 0x20;
  return lower >= 0x61 && lower <= 0x7a;
}

/** Whether the UTF-16 unit is an ASCII digit. */
export function isDigit(code: number): boolean {
  return code >= 0x30 && code <= 0x39;
}
