import { describe, expect, test } from 'vitest';
import type { Answer } from './answer.ts';
import { compareAnswers } from './compare.ts';

/** [CLS] word [SEP], with two labels. */
const ours: Answer = {
  ids: [[2, 9, 3]],
  specialIds: [2, 3],
  labels: ['O', 'B-LOC'],
  logits: {
    tagwright: [
      [
        [0, 1],
        [0, 0],
        [1, 0],
      ],
    ],
  },
};

/** softmax(0, 0) is 1/2, 1/2; the first of equals counts. */
const theirs: Answer = {
  ids: [[2, 9, 3]],
  labels: ['O', 'B-LOC'],
  logits: {
    'their library': [
      [
        [0, 1],
        [0, 0],
        [1, 0],
      ],
    ],
  },
  entities: [[{ entity: 'O', score: 0.5 }]],
};

function differences(changed: Partial<Answer>): readonly (readonly [string, string])[] {
  return compareAnswers(ours, { ...theirs, ...changed }).flatMap(({ what, difference }) =>
    difference === undefined ? [] : [[what, difference] as const],
  );
}

describe('compareAnswers', () => {
  test('checks everything that the library tells', () => {
    expect(compareAnswers(ours, theirs).map(({ what }) => what)).toEqual([
      'ids (their library)',
      'labels (their library)',
      'logits, their library',
      'pipeline (their library)',
    ]);
    expect(differences({})).toEqual([]);
  });

  test.each<[string, Partial<Answer>, string, string]>([
    ['an id', { ids: [[2, 8, 3]] }, 'ids (their library)', 'ids[0][1] is 9; expected 8'],
    ['a token more', { ids: [[2, 9, 9, 3]] }, 'ids (their library)', 'the length of ids[0] is 3; expected 4'],
    ['a label', { labels: ['O', 'B-PER'] }, 'labels (their library)', 'labels[1] is B-LOC; expected B-PER'],
    [
      'a logit',
      {
        logits: {
          'their library': [
            [
              [0, 1],
              [0, 1],
              [1, 0],
            ],
          ],
        },
      },
      'logits, their library',
      `logits[0][1][1] is 0; expected 1`,
    ],
    [
      'a probability',
      { entities: [[{ entity: 'O', score: 0.7 }]] },
      'pipeline (their library)',
      'tokens[0][0][1] is 0.5; expected 0.7',
    ],
    ['a sentence less', { entities: [] }, 'pipeline (their library)', 'the length of tokens is 1; expected 0'],
  ])('finds %s', (_, changed, what, difference) => {
    expect(differences(changed)).toEqual([[what, difference]]);
  });

  test('gives the greatest difference of two numbers', () => {
    const logits = {
      'their library': [
        [
          [0, 1],
          [0.25, 0],
          [1, -0.5],
        ],
      ],
    };
    expect(compareAnswers(ours, { ...theirs, logits }).map(({ worst }) => worst)).toEqual([0, 0, 0.5, 0]);
  });
});
