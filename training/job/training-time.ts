import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { EVENTS_FILE } from './event-log.ts';

const WHILE_TRAINING = new Set(['start', 'step', 'epoch', 'checkpoint']);

interface LoggedEvent {
  readonly at?: string;
  readonly type?: string;
}

/**
 * Seconds that a run has trained for, evaluation on dev included: from each start to the end, the interruption or the last
 * that was heard of it before it was started again. What comes before and after, the corpus and the export, is not in it.
 *
 * @param folder of the run
 */
export function trainingSeconds(folder: string): number {
  let [seconds, began, last] = [0, NaN, NaN];
  const stop = (time: number): void => {
    if (!Number.isNaN(began)) seconds += (time - began) / 1000;
    began = NaN;
  };
  for (const { at = '', type } of readEvents(join(folder, EVENTS_FILE))) {
    const time = Date.parse(at);
    if (type === 'start') {
      stop(last);
      began = time;
    } else if (type === 'end' || type === 'interrupted') stop(time);
    // A process that was killed says nothing more; the next begins with its corpus.
    if (type !== undefined && WHILE_TRAINING.has(type)) last = time;
  }
  stop(last);
  return seconds;
}

function readEvents(file: string): readonly LoggedEvent[] {
  return readFileSync(file, 'utf8')
    .split('\n')
    .flatMap((line): readonly LoggedEvent[] => {
      try {
        return [JSON.parse(line) as LoggedEvent];
      } catch {
        return [];
      }
    });
}
