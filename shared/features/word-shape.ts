const MAX_SHAPE_LENGTH = 10;

/**
 * The shape of a word: X for upper-case, x for other letters, d for digits, u for anything else beyond ASCII, and
 * ASCII punctuation as it is; runs cut at `maxRun`, ten characters at most. `maxRun` 1 of `iPhone6S` is `xXxdX`.
 */
export function wordShape(clean: string, maxRun: number): string {
  let shape = '';
  let run = 0;
  for (const character of clean) {
    const symbol = shapeOf(character);
    run = shape.endsWith(symbol) ? run + 1 : 1;
    if (run > maxRun) continue;
    shape += symbol;
    if (shape.length >= MAX_SHAPE_LENGTH) break;
  }
  return shape;
}

function shapeOf(character: string): string {
  const code = character.codePointAt(0)!;
  if (code < 0x80) {
    if (code >= 0x61 && code <= 0x7a) return 'x';
    if (code >= 0x41 && code <= 0x5a) return 'X';
    return code >= 0x30 && code <= 0x39 ? 'd' : character;
  }
  if (/\p{Lu}/u.test(character)) return 'X';
  if (/\p{L}/u.test(character)) return 'x';
  return /\p{Nd}/u.test(character) ? 'd' : 'u';
}
