import type { JobEvent } from '../training/job/training-job.ts';
import { preparedLines } from './prepared-lines.ts';
import { formatBytes } from './format-bytes.ts';

const percent = (share: number): string => (100 * share).toFixed(1);

/**
 * What is said of an event of a training job, a line each; nothing of those that a bar shows.
 *
 * @param epochs how many epochs the run has, known from its start on
 */
export function jobLines(event: JobEvent, epochs: number): readonly string[] {
  switch (event.type) {
    case 'prepared':
      return preparedLines(event);
    case 'corpus':
      return corpusLines(event);
    case 'vectors':
      return [`vectors  ${event.words.toLocaleString('en')} words, ${event.dim} dimensions`];
    case 'teacher':
      return [`teacher  ${event.modelId}: ${event.types.join(', ')}`];
    case 'unlabelled':
      return [unlabelledLine(event)];
    case 'outside-bias':
      return [`bias     O scores ${event.bias} less, which is best on dev: F1 ${percent(event.dev.f1)}`];
    case 'repaired':
      return [`repaired ${event.message}`];
    case 'stale':
      return [
        `warning  the hub cannot be reached; this is the encoder as it was when it last could be, ${event.commit}`,
      ];
    case 'encoder':
      return encoderLines(event);
    case 'windows':
      return windowLines(event);
    case 'damaged':
      return [`warning  ${event.file} is not whole and was passed over: ${event.reason}`];
    case 'resumed':
      return [`resumed  after epoch ${event.epoch}, step ${event.step}`];
    case 'start':
      return [
        `model    ${event.parameters.toLocaleString('en')} parameters${frozen(event)}, ${event.totalSteps} steps in ${event.epochs} ${event.epochs === 1 ? 'epoch' : 'epochs'}`,
      ];
    case 'epoch':
      return [epochLine(event, epochs)];
    case 'stopped':
      return [`stopped  after epoch ${event.epoch}, by early stopping`];
    case 'exporting':
      return ['measuring and writing the bundle ...'];
    case 'exported':
      return exportedLines(event);
    case 'fetching':
    case 'labelling':
    case 'step':
    case 'interrupted':
    case 'checkpoint':
    case 'end':
      return [];
  }
}

type EventOf<T extends JobEvent['type']> = Extract<JobEvent, { readonly type: T }>;

/** What is said of a file of the hub when it comes. */
export function fetchingLine({ file, totalBytes }: EventOf<'fetching'>): string {
  return `fetching ${file}, ${formatBytes(totalBytes)}`;
}

function unlabelledLine({ file, tweets, rejected }: EventOf<'unlabelled'>): string {
  const bad = rejected === 0 ? '' : `, and ${rejected.toLocaleString('en')} lines that are none`;
  return `tweets   ${tweets.toLocaleString('en')} of ${file} that are new${bad}`;
}

function corpusLines(event: EventOf<'corpus'>): string[] {
  const { train, dev, test, types, devFrom, overlap } = event;
  const held = devFrom === 'held out' ? ' (held out of train, there is no dev file)' : '';
  const lines = [`corpus   ${train} train, ${dev} dev${held}, ${test} test sentences`, `types    ${types.join(', ')}`];
  const shared = overlap.trainDev + overlap.trainTest + overlap.devTest;
  if (shared > 0) {
    lines.push(
      `overlap  ${overlap.trainDev} dev and ${overlap.trainTest} test sentences are also in train, ${overlap.devTest} test sentences in dev`,
    );
  }
  return lines;
}

/** Names of tensors that are listed. */
const LISTED = 5;

/** More spare rows than this share of an embedding are hardly padding: the tokeniser may be of another model. */
const SPARE_ROWS = 0.02;

function encoderLines(event: EventOf<'encoder'>): string[] {
  const { name, architecture, layers, width, unexpected, pieces, rows } = event;
  const lines = [`encoder  ${name}: ${architecture}, ${layers} layers of ${width}`];
  if (rows - pieces > SPARE_ROWS * rows) {
    lines.push(
      `warning  its tokeniser has ${pieces.toLocaleString('en')} pieces and its weights ${rows.toLocaleString('en')}; make sure that they are of the same model`,
    );
  }
  if (unexpected.length > 0) {
    const more = unexpected.length > LISTED ? ` and ${unexpected.length - LISTED} more` : '';
    const listed = unexpected.slice(0, LISTED).join(', ');
    lines.push(`warning  its weights have tensors that nobody knows: ${listed}${more}`);
  }
  return lines;
}

function windowLines({ longSentences, unseenWords }: EventOf<'windows'>): string[] {
  const lines: string[] = [];
  if (longSentences > 0) lines.push(`windows  ${longSentences} sentences are longer than the model sees at once`);
  if (unseenWords > 0) lines.push(`unseen   ${unseenWords} words yield no piece and are O`);
  return lines;
}

/** What is said of parameters that do not change. */
function frozen({ parameters, trained }: EventOf<'start'>): string {
  return trained === parameters ? '' : ` (${(parameters - trained).toLocaleString('en')} frozen)`;
}

function epochLine({ epoch, loss, dev, best }: EventOf<'epoch'>, epochs: number): string {
  const { precision, recall, f1 } = dev;
  return (
    `epoch ${String(epoch).padStart(2)}/${epochs}  loss ${loss.toFixed(4)}  ` +
    `dev F1 ${percent(f1)} (precision ${percent(precision)}, recall ${percent(recall)})${best ? '  best so far' : ''}`
  );
}

function exportedLines({ reports, dir, modelId }: EventOf<'exported'>): string[] {
  const figures = Object.entries(reports).map(([split, report]) => {
    const { precision, recall, f1, support } = report.entity.default.micro;
    const { low, high } = report.f1Interval;
    return (
      `${split.padEnd(8)} F1 ${percent(f1)} (95 % interval ${percent(low)} to ${percent(high)}), ` +
      `precision ${percent(precision)}, recall ${percent(recall)}, ${support} entities`
    );
  });
  return [...figures, `bundle   ${dir} (model ${modelId})`];
}
