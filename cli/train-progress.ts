import { MultiBar, type SingleBar } from 'cli-progress';
import { formatBytes } from './format-bytes.ts';
import type { JobEvent } from '../training/job/training-job.ts';

/** Shows a job's events on stderr: a bar where there is a terminal, a line an epoch where there is none. */
export interface TrainProgress {
  show(event: JobEvent): void;
  /** Clears the bar; to be called however the job ends. */
  stop(): void;
  /** The step that the last checkpoint was saved after; undefined when none was. */
  lastSaved(): number | undefined;
}

const percent = (share: number): string => (100 * share).toFixed(1);

/** @param clock milliseconds that only go forward */
export function createTrainProgress(out: NodeJS.WriteStream, clock: () => number): TrainProgress {
  // A bar that can be written above; of several bars one, because a single one cannot.
  const bars = out.isTTY ? createBars(out) : undefined;
  let bar: SingleBar | undefined;
  const say = (line: string): void => {
    if (bar === undefined) out.write(`${line}\n`);
    else bars!.log(`${line}\n`);
  };
  const stop = (): void => {
    if (bar === undefined) return;
    bar = undefined;
    // Lines above the bar wait for its next drawing.
    bars!.update();
    bars!.stop();
  };
  let started = 0;
  let seen = 0;
  let epochs = 0;
  let lastDev = '';
  let lastSaved: number | undefined;
  let fetched = '';
  return {
    show(event) {
      switch (event.type) {
        case 'corpus':
          corpusLines(event).forEach(say);
          break;
        case 'vectors':
          say(`vectors  ${event.words.toLocaleString('en')} words, ${event.dim} dimensions`);
          break;
        case 'repaired':
          say(`repaired ${event.message}`);
          break;
        case 'fetching':
          if (event.file !== fetched) {
            fetched = event.file;
            say(`fetching ${event.file}, ${formatBytes(event.totalBytes)}`);
          }
          break;
        case 'stale':
          say(
            `warning  the hub cannot be reached; this is the encoder as it was when it last could be, ${event.commit}`,
          );
          break;
        case 'encoder':
          say(`encoder  ${event.name}: ${event.architecture}, ${event.layers} layers of ${event.width}`);
          if (event.unexpected.length > 0) {
            say(`warning  its weights have tensors that nobody knows: ${event.unexpected.slice(0, 5).join(', ')}`);
          }
          break;
        case 'windows':
          if (event.longSentences > 0)
            say(`windows  ${event.longSentences} sentences are longer than the model sees at once`);
          if (event.unseenWords > 0) say(`unseen   ${event.unseenWords} words yield no piece and are O`);
          break;
        case 'damaged':
          say(`warning  ${event.file} is not whole and was passed over: ${event.reason}`);
          break;
        case 'resumed':
          say(`resumed  after epoch ${event.epoch}, step ${event.step}`);
          break;
        case 'start':
          started = clock();
          epochs = event.epochs;
          say(
            `model    ${event.parameters.toLocaleString('en')} parameters${frozen(event)}, ${event.totalSteps} steps in ${event.epochs} epochs`,
          );
          bar = bars?.create(event.totalSteps, event.finishedSteps, {
            loss: '-',
            rate: '-',
            epoch: 1,
            epochs,
            dev: '',
          });
          break;
        case 'step': {
          seen += event.sentences;
          const rate = Math.round(seen / Math.max((clock() - started) / 1000, 1e-3));
          bar?.update(event.step, { loss: event.loss.toFixed(4), rate, epoch: event.epoch, epochs, dev: lastDev });
          break;
        }
        case 'epoch': {
          const { precision, recall, f1 } = event.dev;
          lastDev = ` | dev F1 ${percent(f1)}`;
          say(
            `epoch ${String(event.epoch).padStart(2)}/${epochs}  loss ${event.loss.toFixed(4)}  ` +
              `dev F1 ${percent(f1)} (precision ${percent(precision)}, recall ${percent(recall)})${event.best ? '  best so far' : ''}`,
          );
          break;
        }
        case 'interrupted':
          stop();
          break;
        case 'stopped':
          say(`stopped  after epoch ${event.epoch}: no more progress on dev`);
          break;
        case 'exporting':
          stop();
          say('measuring and writing the bundle ...');
          break;
        case 'exported':
          for (const [split, report] of Object.entries(event.reports)) {
            const { precision, recall, f1, support } = report.entity.default.micro;
            const { low, high } = report.f1Interval;
            say(
              `${split.padEnd(8)} F1 ${percent(f1)} (95 % interval ${percent(low)} to ${percent(high)}), ` +
                `precision ${percent(precision)}, recall ${percent(recall)}, ${support} entities`,
            );
          }
          say(`bundle   ${event.dir} (model ${event.modelId})`);
          break;
        case 'checkpoint':
          lastSaved = event.step;
          break;
        case 'end':
          break;
      }
    },
    stop,
    lastSaved: () => lastSaved,
  };
}

/** What is said of parameters that do not change. */
function frozen({ parameters, trained }: Extract<JobEvent, { type: 'start' }>): string {
  return trained === parameters ? '' : ` (${(parameters - trained).toLocaleString('en')} frozen)`;
}

function createBars(out: NodeJS.WriteStream): MultiBar {
  return new MultiBar({
    stream: out,
    format:
      'training {bar} step {value}/{total} | loss {loss} | {rate} tweets/s | {eta_formatted} left | epoch {epoch}/{epochs}{dev}',
    barsize: 20,
    hideCursor: true,
    clearOnComplete: true,
    etaBuffer: 50,
  });
}

function corpusLines(event: Extract<JobEvent, { type: 'corpus' }>): string[] {
  const { train, dev, test, types, devFrom, overlap } = event;
  const held = devFrom === 'held out' ? ' (held out of train, there is no dev file)' : '';
  const lines = [`corpus   ${train} train, ${dev} dev${held}, ${test} test tweets`, `types    ${types.join(', ')}`];
  const shared = overlap.trainDev + overlap.trainTest + overlap.devTest;
  if (shared > 0) {
    lines.push(
      `overlap  ${overlap.trainDev} dev and ${overlap.trainTest} test tweets are also in train, ${overlap.devTest} test tweets in dev`,
    );
  }
  return lines;
}
