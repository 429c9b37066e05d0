import { NerError } from '../ner-error.ts';

/** Pieces [start, end) that go through the model together, and those of them, [keepStart, keepEnd), that count. */
export interface PieceWindow {
  readonly start: number;
  readonly end: number;
  readonly keepStart: number;
  readonly keepEnd: number;
}

export interface PieceWindowOptions {
  /** Pieces that the model takes at once, special tokens included. */
  readonly maxPieces: number;
  /** Special tokens put around each window. Default 2: one before, one after. */
  readonly specialPieces?: number;
}

/** A word's pieces, half-open; no more than fit a window. */
interface WordRange {
  readonly start: number;
  readonly end: number;
}

/**
 * Cuts the pieces of a text into windows that fit the model, at the borders of words. Windows overlap by about half, and
 * a word counts from the window in which its middle is farther from the cut, so it is seen with about a quarter of a
 * window of context on either side, or all there is.
 *
 * The kept stretches are in order and hold the first piece of every word exactly once, and all of its pieces but for a
 * word that is too long for a window: of that the first pieces are kept and the rest are in no window.
 *
 * @param wordIds the word of each piece, ascending, without special tokens
 * @throws {E_USAGE} when not even one piece fits beside the special tokens
 */
export function pieceWindows(
  wordIds: ArrayLike<number>,
  { maxPieces, specialPieces = 2 }: PieceWindowOptions,
): readonly PieceWindow[] {
  const room = maxPieces - specialPieces;
  if (!Number.isInteger(room) || room < 1) {
    throw new NerError(
      'E_USAGE',
      `pieceWindows: no piece fits, got maxPieces ${maxPieces} with ${specialPieces} special tokens; ` +
        `expected a whole number from ${specialPieces + 1} on. Raise maxPieces.`,
    );
  }
  const total = wordIds.length;
  if (total === 0) return [];
  if (total <= room) return [{ start: 0, end: total, keepStart: 0, keepEnd: total }];

  const words = wordRanges(wordIds, room);
  const windows = overlapping(words, room);
  const seams = windows.slice(1).map((window, i) => seamBetween(windows[i]!, window, words));
  return windows.map(({ start, end }, i) => ({
    start,
    end,
    keepStart: i === 0 ? start : Math.max(start, seams[i - 1]!),
    keepEnd: i === windows.length - 1 ? end : Math.min(end, seams[i]!),
  }));
}

function wordRanges(wordIds: ArrayLike<number>, room: number): readonly WordRange[] {
  const words: WordRange[] = [];
  let start = 0;
  for (let piece = 1; piece <= wordIds.length; piece++) {
    if (piece < wordIds.length && wordIds[piece] === wordIds[start]) continue;
    words.push({ start, end: Math.min(piece, start + room) });
    start = piece;
  }
  return words;
}

/** Each window takes what fits; the next begins half a window later, at a word from which it reaches further. */
function overlapping(words: readonly WordRange[], room: number): readonly WordRange[] {
  const windows: WordRange[] = [];
  let first = 0;
  for (;;) {
    const { start } = words[first]!;
    let beyond = first + 1;
    while (beyond < words.length && words[beyond]!.end - start <= room) beyond++;
    windows.push({ start, end: words[beyond - 1]!.end });
    if (beyond === words.length) return windows;
    const least = Math.max(start + room / 2, words[beyond]!.end - room);
    first++;
    while (first < beyond && words[first]!.start < least) first++;
  }
}

/** The border of words between two windows: a word whose middle is at the middle of the overlap stays in the first. */
function seamBetween(before: WordRange, after: WordRange, words: readonly WordRange[]): number {
  const sum = after.start + before.end;
  // By halving: a text of 100 kB has hundreds of windows and ten thousands of words.
  let low = 0;
  let high = words.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    const { start, end } = words[middle]!;
    if (start + end > sum) high = middle;
    else low = middle + 1;
  }
  return words[low]?.start ?? after.start;
}
