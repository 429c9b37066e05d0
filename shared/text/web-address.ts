import { CJK, PICTURE, SEPARATOR, classAt, isDigit, isLetter } from './character-class.ts';

/** What one pass over a text has learnt about its dotted stretches, so that none is searched twice. */
export interface AddressMemo {
  /** No domain begins before this UTF-16 offset. */
  noDomainBefore: number;
}

// Top-level domains that tweets name without http://. The short ones are also words ("love.it"), so they count only
// before a path ("bit.ly/x").
const plainTopLevels = new Set('com net org edu gov info biz'.split(' '));
const topLevelsBeforePath = new Set(
  'ac am at au be br ca cc ch co de es eu fm fr gd gl gs in io is it jp ly me mx nl no pl pr ru se sh st to tv uk us vu'.split(
    ' ',
  ),
);
const LONGEST_TOP_LEVEL = 4;

const SLASH = 0x2f;
const DOT = 0x2e;
const COLON = 0x3a;
const HYPHEN = 0x2d;
const AMPERSAND = 0x26;
const ELLIPSIS = 0x2026;
const angleAndQuotes = codes('<>"\u201c\u201d\u2018\u2019');
const sentenceEnds = codes(".,!?;:'");
const openers: Readonly<Record<string, string>> = { ')': '(', ']': '[', '}': '{' };

function codes(characters: string): ReadonlySet<number> {
  return new Set(Array.from(characters, (character) => character.charCodeAt(0)));
}

/** The end of a URL with a scheme or `www.` that begins at `start`, or -1. */
export function urlEnd(text: string, start: number): number {
  const code = text.charCodeAt(start) | 0x20;
  if (code === 0x68) {
    const prefix = schemeLength(text, start);
    return prefix === 0 ? -1 : addressTailEnd(text, start + prefix);
  }
  if (code === 0x77 && text.charCodeAt(start + 3) === DOT && classAt(text, start + 4) !== SEPARATOR) {
    return text.slice(start, start + 3).toLowerCase() === 'www' ? addressTailEnd(text, start + 4) : -1;
  }
  return -1;
}

/** The length of `http://` or `https://` at `start`, in any case; 0 when there is none. */
export function schemeLength(text: string, start: number): number {
  if ((text.charCodeAt(start + 1) | 0x20) !== 0x74) return 0;
  const head = text.slice(start, start + 8).toLowerCase();
  if (head.startsWith('http://')) return 7;
  return head === 'https://' ? 8 : 0;
}

/**
 * The end of the address (`bit.ly/x`, `news.example.com`) whose first label begins at `start`, or of an e-mail
 * address with a dotted local part; -1 when it is none.
 */
export function bareAddressEnd(text: string, start: number, memo: AddressMemo): number {
  if (start < memo.noDomainBefore) return -1;
  const end = domainEnd(text, start, memo);
  if (end >= 0) return text.charCodeAt(end) === SLASH ? addressTailEnd(text, end) : end;
  const stretchEnd = memo.noDomainBefore;
  return text[stretchEnd] === '@' ? domainEnd(text, stretchEnd + 1, memo) : -1;
}

/** The end of the longest dotted name at `start` that ends in a top-level domain, or -1. Linear over a whole text. */
export function domainEnd(text: string, start: number, memo: AddressMemo): number {
  if (start < memo.noDomainBefore) return -1;
  let found = -1;
  let labels = 0;
  let labelStart = start;
  let i = start;
  for (; ; i++) {
    const code = text.charCodeAt(i);
    if (isLetter(code) || isDigit(code) || code === HYPHEN) continue;
    if (labels > 0 && isTopLevel(text, labelStart, i)) found = i;
    if (code !== DOT || i === labelStart) break;
    labels++;
    labelStart = i + 1;
  }
  if (found < 0) memo.noDomainBefore = i;
  return found;
}

function isTopLevel(text: string, start: number, end: number): boolean {
  if (end - start < 2 || end - start > LONGEST_TOP_LEVEL) return false;
  const label = text.slice(start, end).toLowerCase();
  return plainTopLevels.has(label) || (text.charCodeAt(end) === SLASH && topLevelsBeforePath.has(label));
}

/** Goes on to the end of a path or query, then gives back the punctuation of the sentence around it. */
function addressTailEnd(text: string, from: number): number {
  let end = from;
  const open = { '(': 0, '[': 0, '{': 0 } as Record<string, number>;
  for (; end < text.length && !endsAddress(text, end); end++) {
    const character = text[end]!;
    const opener = openers[character];
    if (opener !== undefined) open[opener]! -= 1;
    else if (character in open) open[character]! += 1;
  }
  for (; end > from; end--) {
    const character = text[end - 1]!;
    const opener = openers[character];
    if (opener !== undefined && open[opener]! < 0) open[opener]! += 1;
    else if (!sentenceEnds.has(character.charCodeAt(0))) break;
  }
  return end;
}

function endsAddress(text: string, i: number): boolean {
  const code = text.charCodeAt(i);
  if (code === AMPERSAND) return /^&(?:quot|lt|gt);/.test(text.slice(i, i + 6));
  if (code === ELLIPSIS || angleAndQuotes.has(code)) return true;
  const kind = classAt(text, i);
  return kind === SEPARATOR || kind === CJK || kind === PICTURE;
}

/** Whether the colon at `i` belongs to a scheme that is glued to the word before it (`Whitehttp://...`). */
export function gluedSchemeStart(text: string, wordStart: number, i: number): number {
  if (text.charCodeAt(i) !== COLON || text.charCodeAt(i + 1) !== SLASH) return -1;
  for (const length of [4, 5])
    if (i - length > wordStart && schemeLength(text, i - length) === length + 3) return i - length;
  return -1;
}
