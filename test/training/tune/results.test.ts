import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { parallelCoordinates } from '../../../training/tune/parallel-coordinates.ts';
import type { SearchSpace } from '../../../training/tune/space.ts';
import type { FinishedRound } from '../../../training/tune/trial.ts';
import {
  showValue,
  tableCsv,
  tableMarkdown,
  tableText,
  trialResults,
  trialTable,
} from '../../../training/tune/trial-table.ts';
import { tunePage } from '../../../training/tune/tune-page.ts';
import { writeResults } from '../../../training/tune/write-results.ts';
import { codeOf } from '../../support/error-code.ts';
import { tempFolder } from '../../support/temp-folder.ts';

const space: SearchSpace = {
  'train.learningRate': { log: [1e-5, 1e-3] },
  'loss.kind': { choice: ['crf', 'a|b, "c"'] },
  'model.dropout': { range: [0, 0.5] },
};

/** Round `number` of trial `id`, from `fromEpoch` to `toEpoch`. */
function round(number: number, id: number, epochs: readonly [number, number], score: number | null): FinishedRound {
  const kind = id === 2 ? 'a|b, "c"' : 'crf';
  const values = { 'train.learningRate': Number(`${id}e-5`), 'loss.kind': kind, 'model.dropout': id / 10 };
  const [fromEpoch, toEpoch] = epochs;
  return {
    ...{ number, trial: { id, values }, round: fromEpoch === 0 ? 0 : 1, fromEpoch, toEpoch, last: toEpoch === 4 },
    ...{ epochs: [], score, failure: score === null ? `train: <b>${id}</b> diverged` : null },
  };
}

/** Trial 1 is promoted and falls, 2 is promoted and fails there, 3 fails at once, 4 is as good as 1. */
const finished = [
  round(1, 1, [0, 2], 0.4),
  round(2, 2, [0, 2], 0.5),
  round(3, 3, [0, 2], null),
  round(4, 4, [0, 2], 0.4),
  round(5, 2, [2, 4], null),
  round(6, 1, [2, 4], 0.3),
];
const results = trialResults(finished);

describe('trialResults', () => {
  test('has a row a trial, with its best score and the epochs it was trained for, the best first', () => {
    expect(results.map(({ trial, epochs, score }) => [trial.id, epochs, score])).toEqual([
      [2, 2, 0.5],
      [1, 4, 0.4],
      [4, 2, 0.4],
      [3, 0, null],
    ]);
    expect(results.filter(({ failure }) => failure !== null).map(({ trial }) => trial.id)).toEqual([2, 3]);
  });
});

describe('the table of trials', () => {
  const table = trialTable(space, results);

  test('reads well in a terminal', () => {
    expect(`\n${tableText(table)}`).toMatchInlineSnapshot(`
      "
      trial  dev F1  epochs  train.learningRate  loss.kind  model.dropout
          2   50.00       2                2e-5  a|b, "c"             0.2
          1   40.00       4                1e-5  crf                  0.1
          4   40.00       2                4e-5  crf                  0.4
          3  failed       0                3e-5  crf                  0.3
      "
    `);
  });

  test('is Markdown, with bars escaped', () => {
    expect(tableMarkdown(table).split('\n').slice(0, 3)).toEqual([
      '| trial | dev F1 | epochs | train.learningRate | loss.kind | model.dropout |',
      '| --- | --- | --- | --- | --- | --- |',
      '| 2 | 50.00 | 2 | 2e-5 | a\\|b, "c" | 0.2 |',
    ]);
  });

  test('is CSV, with commas and quotes in quotes', () => {
    expect(tableCsv(table).split('\r\n').slice(0, 2)).toEqual([
      'trial,dev F1,epochs,train.learningRate,loss.kind,model.dropout',
      '2,50.00,2,2e-5,"a|b, ""c""",0.2',
    ]);
  });

  test.each([
    ['crf', 'crf'],
    [0.5, '0.5'],
    [0, '0'],
    [-0.00025, '-2.5e-4'],
    [null, 'null'],
    [{ kind: 'crf' }, '{"kind":"crf"}'],
  ])('shows %j as %s', (value, text) => {
    expect(showValue(value)).toBe(text);
  });
});

describe('parallelCoordinates', () => {
  const svg = parallelCoordinates(space, results);

  test('has an axis a setting, one for F1, and a line a trial that has a score', () => {
    for (const name of [...Object.keys(space), 'dev F1 (%)']) expect(svg).toContain(`>${name}</text>`);
    for (const label of ['1e-5', '1e-4', '0.001', 'crf']) expect(svg).toContain(`>${label}</text>`);
    expect(svg.match(/<polyline /g)).toHaveLength(3);
    expect(svg).toContain('aria-label="3 trials: their settings and dev F1"');
  });

  test('is the same whenever it is drawn, and fetches and runs nothing', () => {
    expect(parallelCoordinates(space, results)).toBe(svg);
    expect(svg).not.toMatch(/<style|<script|href="http|url\(http/);
  });
});

describe('tunePage', () => {
  test('escapes what comes from outside, and needs nothing else', async () => {
    const page = await tunePage({ facts: [['Corpus', '<script>']], space, results, best: '{"a": "<i>"}\n' });
    expect(page).toContain('&lt;script&gt;');
    expect(page).toContain('Trial 3: train: &lt;b&gt;3&lt;/b&gt; diverged');
    expect(page).toContain('&lt;i&gt;');
    expect(page).not.toMatch(/<script|<link|src=/);
  });
});

describe('writeResults', () => {
  const input = { facts: [], space, finished, settingsOf: ({ trial }: (typeof results)[number]) => trial.values };

  test('writes page, tables and the best settings, and leaves other files alone', async () => {
    const folder = join(tempFolder(), 'found');
    await writeResults(folder, input);
    writeFileSync(join(folder, 'notes.txt'), 'mine');
    expect(await writeResults(folder, input)).toEqual(results);
    expect(readdirSync(folder).sort()).toEqual(['best.json', 'notes.txt', 'trials.csv', 'trials.md', 'tune.html']);
    expect(JSON.parse(readFileSync(join(folder, 'best.json'), 'utf8'))).toEqual(results[0]!.trial.values);
  });

  test('fails when no trial has a score', async () => {
    const failed = [round(1, 1, [0, 4], null)];
    expect(await codeOf(() => writeResults(tempFolder(), { ...input, finished: failed }))).toBe('E_TRAINING_DIVERGED');
  });

  test('fails when the folder cannot be written', async () => {
    const file = join(tempFolder(), 'file');
    writeFileSync(file, '');
    expect(await codeOf(() => writeResults(file, input))).toBe('E_FILE_UNWRITABLE');
  });
});
