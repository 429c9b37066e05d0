import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { NerError } from '../../shared/ner-error.ts';
import type { SearchSpace } from './space.ts';
import { tableCsv, tableMarkdown, trialResults, trialTable, type TrialResult } from './trial-table.ts';
import type { FinishedRound } from './trial.ts';
import { tunePage } from './tune-page.ts';

export const RESULT_FILES = { page: 'tune.html', csv: 'trials.csv', markdown: 'trials.md', best: 'best.json' } as const;

export interface ResultsInput {
  readonly facts: readonly (readonly [name: string, value: string])[];
  readonly space: SearchSpace;
  readonly finished: readonly FinishedRound[];
  /** All settings of a trial, to train with. */
  readonly settingsOf: (result: TrialResult) => unknown;
}

/**
 * Writes what a search found into a folder: the trials as a page, as CSV and as Markdown, and the best settings. Other
 * files in the folder are left alone.
 *
 * @throws {E_TRAINING_DIVERGED} no trial has a score
 * @throws {E_FILE_UNWRITABLE} they cannot be written
 */
export async function writeResults(folder: string, input: ResultsInput): Promise<readonly TrialResult[]> {
  const { facts, space, finished, settingsOf } = input;
  const results = trialResults(finished);
  const [first] = results;
  if (first === undefined || first.score === null) {
    throw new NerError('E_TRAINING_DIVERGED', 'tune: no trial has a score, all of them failed. Narrow the space.');
  }
  const best = `${JSON.stringify(settingsOf(first), null, 2)}\n`;
  const table = trialTable(space, results);
  const files = {
    [RESULT_FILES.page]: await tunePage({ facts, space, results, best }),
    [RESULT_FILES.csv]: tableCsv(table),
    [RESULT_FILES.markdown]: tableMarkdown(table),
    [RESULT_FILES.best]: best,
  };
  try {
    mkdirSync(folder, { recursive: true });
    for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new NerError(
      'E_FILE_UNWRITABLE',
      `tune: ${folder}: cannot be written: ${reason}. Name a folder that may be written.`,
      { cause },
    );
  }
  return results;
}
