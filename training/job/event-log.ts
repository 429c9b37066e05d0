import { appendFileSync, existsSync, readFileSync, rmSync, truncateSync } from 'node:fs';
import { join } from 'node:path';
import { NerError } from '../../shared/ner-error.ts';
import type { HistoryEvent } from '../report/report-input.ts';
import type { JobEvent } from './training-job.ts';

export const EVENTS_FILE = 'events.jsonl';

/** The events of a run, one a line of `events.jsonl`, each with the time at which it came, `at`. */
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

export function createEventLog(folder: string, clock: () => Date): EventLog {
  const file = join(folder, EVENTS_FILE);
  let kept: string[] | undefined = [];
  const write = (line: string): void => {
    attempt(file, () => {
      appendFileSync(file, line);
    });
  };
  return {
    add(event) {
      const line = `${JSON.stringify({ at: clock().toISOString(), ...event })}\n`;
      if (kept === undefined) write(line);
      else kept.push(line);
    },
    begin({ resume }) {
      attempt(file, () => {
        if (!resume) rmSync(file, { force: true });
        else if (existsSync(file)) cutHalfLine(file);
      });
      kept?.forEach(write);
      kept = undefined;
    },
    history: () => historyOf(readFileSync(file, 'utf8')),
  };
}

/** A killed process may have half written its last line; the next one would be lost with it. */
function cutHalfLine(file: string): void {
  const bytes = readFileSync(file);
  truncateSync(file, bytes.lastIndexOf('\n') + 1);
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

/** Curves with a gap are no reason to lose a trained model: a line that is damaged is left out. */
function parseEvent(line: string): JobEvent | undefined {
  try {
    const event = JSON.parse(line) as JobEvent & { at?: string };
    delete event.at;
    return event;
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
