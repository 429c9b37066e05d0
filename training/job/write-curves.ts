import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { NerError } from '../../shared/ner-error.ts';
import { curvesPage } from '../report/curves-page.ts';
import type { HistoryEvent } from '../report/report-input.ts';

export const CURVES_FILE = 'curves.html';

/**
 * Draws the curves of a run so far as `curves.html` in its folder.
 *
 * @throws {E_FILE_UNWRITABLE}
 */
export async function writeCurves(folder: string, history: readonly HistoryEvent[]): Promise<void> {
  const file = join(folder, CURVES_FILE);
  try {
    writeFileSync(file, await curvesPage(history));
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new NerError(
      'E_FILE_UNWRITABLE',
      `${file}: cannot be written: ${reason}. Make room, then go on from the last checkpoint with --resume.`,
      { cause },
    );
  }
}
