import type { JobEvent } from '../training/job/training-job.ts';
import { formatBytes } from './format-bytes.ts';
import { formatSeconds } from './format-seconds.ts';
import { fetchingLine, jobLines } from './job-lines.ts';
import { openBar, type ProgressBar } from './progress-bar.ts';

/** Shows a job's events on stderr: lines, and a bar of what takes long where there is a terminal. */
export interface TrainProgress {
  show(event: JobEvent): void;
  /** Writes a line of something else, without spoiling the bar. */
  readonly say: (line: string) => void;
  /** Clears the bar; to be called however the job ends. */
  stop(): void;
  /** The step that the last checkpoint was saved after; undefined when none was. */
  lastSaved(): number | undefined;
}

type EventOf<T extends JobEvent['type']> = Extract<JobEvent, { readonly type: T }>;

/** Stands for the file whose bar is shown while a teacher labels. */
const LABELLING = 'labelling';

/** @param clock milliseconds that only go forward */
export function createTrainProgress(out: NodeJS.WriteStream, clock: () => number): TrainProgress {
  let bar: ProgressBar | undefined;
  let words: ((event: EventOf<'step'>) => string) | undefined;
  let [epochs, dev, file] = [0, '', ''];
  let lastSaved: number | undefined;
  const say = (line: string): void => {
    if (bar === undefined) out.write(`${line}\n`);
    else bar.say(line);
  };
  const stop = (): void => {
    bar?.stop();
    bar = undefined;
  };
  const open = (total: number, value: number): void => {
    stop();
    if (out.isTTY) bar = openBar(out, total, value);
  };
  const labelling = ({ done, total }: EventOf<'labelling'>): void => {
    if (file !== LABELLING) {
      stop();
      file = LABELLING;
      say(`teacher  labels ${total.toLocaleString('en')} sentences`);
      open(total, done);
    }
    bar?.update(done, `${done.toLocaleString('en')} of ${total.toLocaleString('en')} sentences`);
  };
  const fetching = (event: EventOf<'fetching'>): void => {
    if (event.file !== file) {
      stop();
      file = event.file;
      say(fetchingLine(event));
      open(event.totalBytes, event.bytes);
    }
    bar?.update(event.bytes, `${formatBytes(event.bytes)} of ${formatBytes(event.totalBytes)}`);
  };
  return {
    show(event) {
      if (event.type === 'fetching') {
        fetching(event);
        return;
      }
      if (event.type === 'labelling') {
        labelling(event);
        return;
      }
      // Other than training, nothing that shows a bar goes on while something else is said.
      const isTraining = words !== undefined && event.type !== 'interrupted' && event.type !== 'exporting';
      if (!isTraining) stop();
      if (event.type === 'start') ({ epochs } = event);
      for (const line of jobLines(event, epochs)) say(line);
      if (event.type === 'start') {
        words = stepWords(event, clock);
        open(event.totalSteps, event.finishedSteps);
      }
      if (event.type === 'step') bar?.update(event.step, words!(event) + dev);
      if (event.type === 'epoch') dev = ` | dev F1 ${(100 * event.dev.f1).toFixed(1)}`;
      if (event.type === 'checkpoint') lastSaved = event.step;
    },
    say,
    stop,
    lastSaved: () => lastSaved,
  };
}

/** What stands beside the bar, what one looks for most before what a narrow terminal cuts off. */
function stepWords(start: EventOf<'start'>, clock: () => number): (event: EventOf<'step'>) => string {
  const began = clock();
  let sentences = 0;
  return (event) => {
    sentences += event.sentences;
    const seconds = Math.max((clock() - began) / 1000, 1e-3);
    const left = ((start.totalSteps - event.step) * seconds) / (event.step - start.finishedSteps);
    return [
      `${event.step}/${start.totalSteps}`,
      `${formatSeconds(left)} left`,
      `loss ${event.loss.toFixed(4)}`,
      `epoch ${event.epoch}/${start.epochs}`,
      `${Math.round(sentences / seconds)} sentences/s`,
    ].join(' | ');
  };
}
