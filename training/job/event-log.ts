import { appendFileSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { NerError } from '../../shared/ner-error.ts';
import type { HistoryEvent } from '../report/report-input.ts';
import type { JobEvent } from './training-job.ts';

export const EVENTS_FILE = 'events.jsonl';

/** The events of a run, one a line of `events.jsonl`. */
export interface EventLog {
  /** What comes before `begin` is kept back: a job that is refused leaves the log of the run before as it is. */
  readonly add: (event: JobEvent) => void;
  /**
   * Begins the run's log, over that of another run, or after what the same run wrote before it was stopped.
   *
   * @throws {E_FILE_UNWRITABLE}
   */
  readonly begin: (options: { readonly resume: boolean }) => void;
  /** Steps and epochs so far; what a resumed run did again counts once, as it was done last. */
  readonly history: () => readonly HistoryEvent[];
}

export function createEventLog(folder: string): EventLog {
  const file = join(folder, EVENTS_FILE);
  let kept: JobEvent[] | undefined = [];
  const write = (event: JobEvent): void => {
    attempt(file, () => {
      appendFileSync(file, `${JSON.stringify(event)}\n`);
    });
  };
  return {
    add(event) {
      if (kept === undefined) write(event);
      else kept.push(event);
    },
    begin({ resume }) {
      if (!resume) {
        attempt(file, () => {
          rmSync(file, { force: true });
        });
      }
      kept?.forEach(write);
      kept = undefined;
    },
    history: () => historyOf(readFileSync(file, 'utf8')),
  };
}

function historyOf(lines: string): readonly HistoryEvent[] {
  const steps = new Map<number, HistoryEvent>();
  const epochs = new Map<number, HistoryEvent>();
  for (const line of lines.split('\n')) {
    const event = parseEvent(line);
    if (event?.type === 'step') steps.set(event.step, event);
    else if (event?.type === 'epoch') epochs.set(event.epoch, event);
  }
  return [...steps.values(), ...epochs.values()].sort((a, b) => a.step - b.step);
}

/** What a killed process wrote last need not be a whole line. */
function parseEvent(line: string): JobEvent | undefined {
  try {
    return JSON.parse(line) as JobEvent;
  } catch {
    return undefined;
  }
}

function attempt(file: string, work: () => void): void {
  try {
    work();
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new NerError(
      'E_FILE_UNWRITABLE',
      `${file}: cannot be written: ${reason}. Make room, then go on from the last checkpoint with --resume.`,
      { cause },
    );
  }
}
