import { mkdirSync } from 'node:fs';
import { refuseOtherContent } from '../../shared/model/write-bundle.ts';
import { NerError } from '../../shared/ner-error.ts';
import { createEventLog, type EventLog } from './event-log.ts';
import type { JobEvent, RunOptions } from './training-job.ts';
import { writeCurves } from './write-curves.ts';

/** Where a run keeps what it needs to go on, and what happened. */
export interface RunFolder {
  readonly folder: string;
  readonly log: EventLog;
}

/**
 * Makes the folder beside a bundle that is to be written, and hands the work's events on: each is appended to
 * `events.jsonl`, and the curves are drawn anew at each checkpoint.
 *
 * @throws {E_FILE_UNWRITABLE} the folders cannot be written, or `out` holds something that is no bundle
 */
export async function* withRunFolder(
  { out, runFolder: folder = `${out}.run` }: Pick<RunOptions, 'out' | 'runFolder'>,
  work: (run: RunFolder) => AsyncGenerator<JobEvent, void>,
): AsyncGenerator<JobEvent, void> {
  await refuseOtherContent(out);
  inFolder(folder, () => {
    mkdirSync(folder, { recursive: true });
  });
  const log = createEventLog(folder, () => new Date());
  for await (const event of work({ folder, log })) {
    if (event.type !== 'fetching' && event.type !== 'labelling') log.add(event);
    // Only once there is something to go on from: a full disk must not cost the epoch.
    if (event.type === 'checkpoint') await writeCurves(folder, log.history());
    yield event;
  }
}

/** @throws {E_FILE_UNWRITABLE} when the work on the folder fails */
export function inFolder(folder: string, work: () => void): void {
  try {
    work();
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new NerError('E_FILE_UNWRITABLE', `train: ${folder}: cannot be made or written: ${reason}.`, { cause });
  }
}
