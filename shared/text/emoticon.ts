import { CJK, SEPARATOR, WORD, classAt } from './character-class.ts';

const eyes = new Set(codes(':;='));
const noses = new Set(codes('-^~o'));
const bracketMouths = new Set(codes(')(][\\/*'));
const letterMouths = new Set(codes('DdPpOoSXx3'));
/** Faces of two like characters around a middle (`-_-`, `^.^`, `>_<`): first character -> last, middles allowed. */
const mirrored = new Map([
  [0x2d, { last: 0x2d, middles: '_' }],
  [0x5e, { last: 0x5e, middles: '_-.' }],
  [0x3e, { last: 0x3c, middles: '_.' }],
  [0x2a, { last: 0x2a, middles: '_-' }],
  [0x2e, { last: 0x2e, middles: '_' }],
  [0x3b, { last: 0x3b, middles: '_' }],
  [0x40, { last: 0x40, middles: '_' }],
  [0x24, { last: 0x24, middles: '_' }],
]);
const SHRUG = '\u00af\\_(\u30c4)_/\u00af';

function codes(characters: string): readonly number[] {
  return Array.from(characters, (character) => character.charCodeAt(0));
}

function isWordAt(text: string, i: number): boolean {
  const kind = classAt(text, i);
  return kind === WORD || kind === CJK;
}

/** The end of the emoticon (`:-)`, `;D`, `:'(`, `(:`, `<3`, `-_-`) that begins at `i`, or -1. */
export function emoticonEnd(text: string, i: number): number {
  const code = text.charCodeAt(i);
  if (eyes.has(code)) {
    const end = faceEnd(text, i);
    if (end > 0) return end;
  }
  const mirror = mirrored.get(code);
  if (mirror !== undefined) {
    const end = mirroredEnd(text, i, mirror);
    if (end > 0) return end;
  }
  if (code === 0x28) return reversedEnd(text, i);
  if (code === 0x3c) return heartEnd(text, i);
  return code === 0xaf && text.startsWith(SHRUG, i) ? i + SHRUG.length : -1;
}

function faceEnd(text: string, i: number): number {
  let j = i + 1;
  if (text[j] === "'") j++;
  if (noses.has(text.charCodeAt(j)) && bracketMouths.has(text.charCodeAt(j + 1))) j++;
  else if (text[j] === '-' && letterMouths.has(text.charCodeAt(j + 1))) j++;
  const mouth = text.charCodeAt(j);
  const wordBefore = i > 0 && isWordAt(text, i - 1);
  const wordAfter = isWordAt(text, j + 1);
  if (bracketMouths.has(mouth)) {
    // `note:(see` and `http:/` are no faces.
    const isPath = text[j] === '/' && (wordAfter || text[j + 1] === '/');
    return isPath || (wordBefore && wordAfter) ? -1 : j + 1;
  }
  return letterMouths.has(mouth) && !wordBefore && !wordAfter ? j + 1 : -1;
}

function mirroredEnd(text: string, i: number, face: { readonly last: number; readonly middles: string }): number {
  const middle = text[i + 1];
  if (middle === undefined || !face.middles.includes(middle)) return -1;
  let j = i + 2;
  if (middle === '_') while (text[j] === '_') j++;
  return text.charCodeAt(j) === face.last ? j + 1 : -1;
}

function reversedEnd(text: string, i: number): number {
  const j = text[i + 1] === '-' ? i + 2 : i + 1;
  // `(:` opens a bracket as often as it smiles, unless nothing follows.
  return eyes.has(text.charCodeAt(j)) && classAt(text, j + 1) === SEPARATOR ? j + 1 : -1;
}

function heartEnd(text: string, i: number): number {
  const j = text[i + 1] === '/' ? i + 2 : i + 1;
  return text[j] === '3' && !isWordAt(text, j + 1) ? j + 1 : -1;
}
