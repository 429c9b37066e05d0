/** Characters with a row of their own; digits share one, and all others share another. */
const KNOWN = 'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0.,!?\'"-_:;/@#&()*+$%<>=';
const PADDING = 0;
const OTHER = 1;
const idOf = new Map(Array.from(KNOWN, (character, i) => [character, i + 2]));

/** Rows of a table of characters: padding, others, and one for each known character. */
export const CHARACTER_ROWS = KNOWN.length + 2;

/**
 * The characters of a word as row numbers, exactly `length` of them: padded with 0, and of a longer word the first and
 * the last half.
 */
export function characterIds(clean: string, length: number): Int32Array {
  const ids = new Int32Array(length).fill(PADDING);
  const characters = Array.from(clean);
  const head = Math.ceil(length / 2);
  const seen =
    characters.length <= length ? characters : [...characters.slice(0, head), ...characters.slice(head - length)];
  seen.forEach((character, i) => {
    ids[i] = idOf.get(character >= '0' && character <= '9' ? '0' : character) ?? OTHER;
  });
  return ids;
}
