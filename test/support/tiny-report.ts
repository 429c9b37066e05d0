import { spansOf } from '../../shared/labels/spans.ts';
import { createRng } from '../../shared/random.ts';
import { evaluateTags } from '../../shared/evaluation/evaluation-report.ts';
import type { HistoryEvent, MeasuredSentence, MeasuredSplit, ReportInput } from '../../training/report/report-input.ts';
import { tinyDraft } from './tiny-bundle.ts';

/** A sentence from text such as `Ada/B-person flew/O`, gold before predicted where they differ: `Ada/B-person|O`. */
export function measured(text: string, confidence?: number): MeasuredSentence {
  const parts = text.split(' ').map((part) => {
    const slash = part.lastIndexOf('/');
    const [gold, predicted = gold] = part.slice(slash + 1).split('|');
    return { word: part.slice(0, slash), gold: gold!, predicted: predicted! };
  });
  const sentence = {
    words: parts.map(({ word }) => word),
    gold: parts.map(({ gold }) => gold),
    predicted: parts.map(({ predicted }) => predicted),
  };
  if (confidence === undefined) return sentence;
  const all = (length: number): number[] => Array.from({ length }, () => confidence);
  const raw = { words: all(parts.length), entities: all(spansOf(sentence.predicted).length) };
  return { ...sentence, confidences: { raw, calibrated: raw } };
}

/** A split of these sentences with its figures. */
export function measuredSplit(name: string, sentences: readonly MeasuredSentence[]): MeasuredSplit {
  const gold = sentences.map((sentence) => sentence.gold);
  const predicted = sentences.map((sentence) => sentence.predicted);
  return { name, sentences, evaluation: evaluateTags(gold, predicted, { rng: createRng(1), resamples: 50 }) };
}

const dev = [
  measured('Ada/B-person flew/O to/O Paris/B-geo-loc', 0.9),
  measured('<script>alert(1)</script>/B-person|B-geo-loc &amp;/O "quoted"/O', 0.8),
  measured('New/B-geo-loc York/I-geo-loc|O and/O \u202eevil/O|B-person', 0.7),
];
const test = [measured('Bob/B-person|O in/O Rome/B-geo-loc', 0.6)];

export const tinyHistory: readonly HistoryEvent[] = [1, 2, 3, 4].flatMap((step): HistoryEvent[] => {
  const epoch = Math.ceil(step / 2);
  const dev = { precision: 0.5, recall: 0.5, f1: epoch / 4, support: 4 };
  const common = { gradientNorm: 1, learningRate: 0.1, sentences: 2 };
  const event: HistoryEvent = { type: 'step', step, epoch, loss: 4 / step, ...common };
  return step % 2 === 1 ? [event] : [event, { type: 'epoch', epoch, step, loss: 3 / step, dev, best: true }];
});

/** A whole report's input; some of its words are hostile. */
export const tinyReport: ReportInput = {
  modelId: null,
  manifest: { ...tinyDraft, recipe: { train: { epochs: 2 }, features: [{ feature: '<word>', width: 8 }] } },
  splits: [measuredSplit('dev', dev), measuredSplit('test', test)],
  training: dev,
  history: tinyHistory,
  environment: { node: 'v24.0.0' },
};
