import { describe, expect, test } from 'vitest';
import { entitiesOfPieces, entitiesOfWords } from '../../../shared/model/text-entities.ts';
import { WHOLE_WORD } from '../../../shared/model/piece-emitter.ts';
import { tokenizeTweet } from '../../../shared/text/tweet-tokenizer.ts';

describe('entitiesOfWords', () => {
  test.each([
    // An emoji of two units and one code point, a family of four with joiners, and half a pair.
    ['🛫 Ada Lovelace', [1, 3], 'Ada Lovelace', { units: [3, 15], points: [2, 14] }],
    ['👨‍👩‍👧‍👦 Ada', [1, 2], 'Ada', { units: [12, 15], points: [8, 11] }],
    ['\ud83d Ada 🛫', [1, 2], 'Ada', { units: [2, 5], points: [2, 5] }],
    // The accent belongs to the letter before it.
    ['🛫 Zoe\u0301 flew', [1, 2], 'Zoe\u0301', { units: [3, 7], points: [2, 6] }],
  ] as const)('counts in "%s" UTF-16 units and code points', (text, [start, end], found, { units, points }) => {
    const spans = [{ type: 'person', start, end }];
    expect(entitiesOfWords({ text, tokens: tokenizeTweet(text), spans, scores: [0.5] })).toEqual([
      {
        type: 'person',
        text: found,
        start: units[0],
        end: units[1],
        startCp: points[0],
        endCp: points[1],
        score: 0.5,
      },
    ]);
  });
});

describe('entitiesOfPieces', () => {
  test('reaches from the first character of the first piece to the last of the last', () => {
    const text = '🛫 Lovelace York';
    const pieces = {
      scores: new Float32Array(0),
      wordIds: Int32Array.of(0, 1, 1, 2),
      starts: Int32Array.of(0, 0, 4, 0),
      ends: Int32Array.of(2, 4, 8, 4),
    };
    const groups = [
      { type: 'person', start: 2, end: 4, score: 0.25 },
      { type: 'B-person', start: 1, end: 2, score: 0.75 },
    ];
    const found = entitiesOfPieces({ text, tokens: tokenizeTweet(text), pieces, groups });
    expect(found).toEqual([
      { type: 'person', text: 'lace York', start: 7, end: 16, startCp: 6, endCp: 15, score: 0.25 },
      { type: 'B-person', text: 'Love', start: 3, end: 7, startCp: 2, endCp: 6, score: 0.75 },
    ]);
  });

  test('takes a piece without an end for the rest of its word', () => {
    const text = 'Ada flew';
    const pieces = {
      scores: new Float32Array(0),
      wordIds: Int32Array.of(0, 1),
      starts: new Int32Array(2),
      ends: new Int32Array(2).fill(WHOLE_WORD),
    };
    const groups = [{ type: 'person', start: 0, end: 1, score: 1 }];
    const found = entitiesOfPieces({ text, tokens: tokenizeTweet(text), pieces, groups });
    expect(found).toMatchObject([{ text: 'Ada', start: 0, end: 3 }]);
  });
});
