import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ALIGNMENT_POLICIES, IGNORED, alignLabels, wordLabelsOf } from '../../../shared/text/align-labels.ts';
import { createWordPiece } from '../../../shared/text/word-piece.ts';
import { pieceWindows, type PieceWindow } from '../../../shared/text/piece-windows.ts';
import { expectFails } from '../../support/expect-fails.ts';
import { tinyTokenizer } from '../../support/tiny-word-piece.ts';

/** Word ids of words with so many pieces each; 0 leaves a word out. */
function wordIdsOf(counts: readonly number[]): number[] {
  return counts.flatMap((count, word) => new Array<number>(count).fill(word));
}

const counts = fc.array(fc.oneof({ weight: 6, arbitrary: fc.integer({ min: 0, max: 4 }) }, fc.nat(12)), {
  maxLength: 60,
});
const rooms = fc.integer({ min: 1, max: 16 });

function windowsFor(wordIds: readonly number[], room: number): readonly PieceWindow[] {
  return pieceWindows(wordIds, { maxPieces: room + 2 });
}

/** A word's pieces as far as a window can hold them. */
function wordsOf(wordIds: readonly number[], room: number): { start: number; end: number }[] {
  return [...new Set(wordIds)].map((word) => {
    const start = wordIds.indexOf(word);
    return { start, end: Math.min(wordIds.lastIndexOf(word) + 1, start + room) };
  });
}

describe('pieceWindows', () => {
  test('takes a text that fits as it is', () => {
    expect(pieceWindows([0, 0, 1, 2], { maxPieces: 6 })).toEqual([{ start: 0, end: 4, keepStart: 0, keepEnd: 4 }]);
    expect(pieceWindows([0, 0, 1, 2], { maxPieces: 4, specialPieces: 0 })).toHaveLength(1);
    expect(pieceWindows([], { maxPieces: 6 })).toEqual([]);
  });

  test('cuts words of one piece into windows that overlap by half, each keeping its middle', () => {
    expect(windowsFor(wordIdsOf(new Array<number>(20).fill(1)), 8)).toEqual([
      { start: 0, end: 8, keepStart: 0, keepEnd: 6 },
      { start: 4, end: 12, keepStart: 6, keepEnd: 10 },
      { start: 8, end: 16, keepStart: 10, keepEnd: 14 },
      { start: 12, end: 20, keepStart: 14, keepEnd: 20 },
    ]);
  });

  test('cuts between words only', () => {
    // Words:          0  0  0  1  1  1  2  2  3  3  3
    expect(windowsFor([0, 0, 0, 1, 1, 1, 2, 2, 3, 3, 3], 6)).toEqual([
      { start: 0, end: 6, keepStart: 0, keepEnd: 6 },
      { start: 3, end: 8, keepStart: 6, keepEnd: 8 },
      { start: 6, end: 11, keepStart: 8, keepEnd: 11 },
    ]);
  });

  test('keeps the first pieces of a word that is too long', () => {
    expect(windowsFor([0, 1, 1, 1, 1, 1, 2], 3)).toEqual([
      { start: 0, end: 1, keepStart: 0, keepEnd: 1 },
      { start: 1, end: 4, keepStart: 1, keepEnd: 4 },
      { start: 6, end: 7, keepStart: 6, keepEnd: 7 },
    ]);
  });

  test('keeps every word exactly once, whole as far as it fits, in windows that fit', () => {
    fc.assert(
      fc.property(counts, rooms, (perWord, room) => {
        const wordIds = wordIdsOf(perWord);
        const windows = windowsFor(wordIds, room);
        const kept = windows.flatMap(({ keepStart, keepEnd }) =>
          Array.from({ length: keepEnd - keepStart }, (_, i) => keepStart + i),
        );
        const expected = wordsOf(wordIds, room).flatMap(({ start, end }) =>
          Array.from({ length: end - start }, (_, i) => start + i),
        );
        expect(kept).toEqual(expected);
        for (const { start, end, keepStart, keepEnd } of windows) {
          expect(end - start).toBeLessThanOrEqual(room);
          expect([start <= keepStart, keepStart < keepEnd, keepEnd <= end]).toEqual([true, true, true]);
          expect(start === 0 || wordIds[start] !== wordIds[start - 1]).toBe(true);
        }
      }),
      { numRuns: 2000 },
    );
  });

  test('keeps each word from the window that shows most of the text around its middle', () => {
    fc.assert(
      fc.property(counts, rooms, (perWord, room) => {
        const wordIds = wordIdsOf(perWord);
        const windows = windowsFor(wordIds, room);
        for (const word of wordsOf(wordIds, room)) {
          const middle = (word.start + word.end) / 2;
          // The ends of the text are no cuts.
          const distance = (window: PieceWindow): number =>
            Math.min(
              window === windows[0] ? Infinity : middle - window.start,
              window === windows.at(-1) ? Infinity : window.end - middle,
            );
          const holding = windows.filter(({ start, end }) => start <= word.start && word.end <= end);
          const keeping = holding.filter(({ keepStart, keepEnd }) => keepStart <= word.start && word.end <= keepEnd);
          expect(keeping).toHaveLength(1);
          expect(distance(keeping[0]!)).toBe(Math.max(...holding.map(distance)));
        }
      }),
      { numRuns: 2000 },
    );
  });

  test('shows short words with about a quarter of a window on either side', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 1, max: 3 }), { maxLength: 80 }),
        fc.integer({ min: 12, max: 40 }),
        (perWord, room) => {
          const wordIds = wordIdsOf(perWord);
          for (const { start, end, keepStart, keepEnd } of windowsFor(wordIds, room)) {
            // Borders of words may move each end of the overlap, and the seam in it, by a word of three.
            const least = room / 4 - 4;
            if (start > 0) expect(keepStart - start).toBeGreaterThanOrEqual(least);
            if (end < wordIds.length) expect(end - keepEnd).toBeGreaterThanOrEqual(least);
          }
        },
      ),
      { numRuns: 1000 },
    );
  });

  test.each(ALIGNMENT_POLICIES)('leaves each word that has a piece its label once, under the policy %s', (policy) => {
    const labels = ['O', 'B-x', 'I-x'];
    fc.assert(
      fc.property(counts, rooms, fc.infiniteStream(fc.constantFrom(0, 1)), (perWord, room, draws) => {
        const wordIds = wordIdsOf(perWord);
        const wordLabels = [...draws.take(perWord.length)];
        const aligned = alignLabels(wordIds, wordLabels, { labels, policy });
        // What is trained on and what is tagged: the kept pieces of all windows, in order.
        const kept = windowsFor(wordIds, room).flatMap(({ keepStart, keepEnd }) =>
          Array.from({ length: keepEnd - keepStart }, (_, i) => keepStart + i),
        );
        const found = wordLabelsOf(
          kept.map((piece) => aligned[piece]!),
          kept.map((piece) => wordIds[piece]!),
          { words: perWord.length, outside: IGNORED },
        );
        // A word without a piece has no place for a label; one that is too long keeps that of its first piece.
        expect(found).toEqual(wordLabels.map((label, word) => (perWord[word] === 0 ? IGNORED : label)));
      }),
      { numRuns: 500 },
    );
  });

  test('cuts a real text with a word that vanishes and one that is too long for a window', () => {
    const wordPiece = createWordPiece(tinyTokenizer().wordPiece);
    const words = ['the', '\ufe0f', 'a'.repeat(20), 'walking'];
    const { wordIds } = wordPiece.encodeWords(words);
    const windows = pieceWindows(wordIds, { maxPieces: 6 });
    const kept = windows.flatMap(({ keepStart, keepEnd }) => [...wordIds.subarray(keepStart, keepEnd)]);
    expect(windows.every(({ start, end }) => end - start <= 4)).toBe(true);
    // Of the long word as many pieces as fit; the rest is in no window, and the words after it are whole.
    expect(kept).toEqual([0, 2, 2, 2, 2, 3, 3]);
  });

  test.each([
    [2, 2],
    [0, 0],
    [5.5, 2],
    [Number.NaN, 2],
  ])('fails when %d pieces with %d special ones leave no room', (maxPieces, specialPieces) => {
    expectFails(() => pieceWindows([0], { maxPieces, specialPieces }), 'E_USAGE', `maxPieces ${maxPieces}`);
  });
});
