import { join } from 'node:path';
import { expect, test } from 'vitest';
import { preparedLines } from '../../cli/prepared-lines.ts';

const event = {
  type: 'prepared',
  recipe: 'small',
  differences: ['train has 1 sentences, where 2 are expected'],
  notices: ['a.tsv:3: a tag put right'],
  vectors: undefined,
  dir: 'run/corpus/small-0',
} as const;

test('says what was read, differences as warnings, and what was changed', () => {
  expect(preparedLines(event)).toEqual([
    'recipe   small; what it made of the files is in run/corpus/small-0',
    'warning  train has 1 sentences, where 2 are expected',
    'changed  a.tsv:3: a tag put right',
  ]);
});

test('prints twenty changes and says where the others are', () => {
  const notices = Array.from({ length: 23 }, (_, i) => `line ${i}`);
  const lines = preparedLines({ ...event, differences: [], notices });
  expect(lines).toHaveLength(22);
  expect(lines.at(-1)).toBe(`changed  and 3 more, all in ${join('run/corpus/small-0', 'prepared.json')}`);
});

test("says that a recipe's vectors are used, or how to install them", () => {
  const vectors = { name: 'some-vectors', why: 'rare words', isInstalled: true };
  expect(preparedLines({ ...event, vectors }).at(-1)).toBe(
    'vectors  some-vectors, as the recipe has them (rare words); --vectors none leaves them out',
  );
  expect(preparedLines({ ...event, vectors: { ...vectors, isInstalled: false } }).at(-1)).toBe(
    "warning  the recipe's word vectors are not installed (rare words): npm install --no-save some-vectors",
  );
});
