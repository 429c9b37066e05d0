import { calibrationOf, type Calibration, type CalibrationPoint } from '../../shared/evaluation/calibration.ts';
import { compareCodePoints } from '../../shared/labels/code-point-order.ts';
import { spansOf } from '../../shared/labels/spans.ts';
import type { Appendix, TableBlock } from '../report/appendix.ts';
import { grouped, percent } from '../report/markup.ts';
import type { MeasuredSentence, MeasuredSplit } from '../report/report-input.ts';

/** How sure a tagger is of what it predicts, by calibrated confidence. */
export interface ConfidenceByTag {
  /** Words by predicted tag; right when the tag is the gold one. */
  readonly tags: Readonly<Record<string, Calibration>>;
  /** Predicted entities by type; right when words and type are those of a gold entity. */
  readonly types: Readonly<Record<string, Calibration>>;
}

/** Null where a sentence has no confidences. */
export function confidenceByTag(sentences: readonly MeasuredSentence[]): ConfidenceByTag | null {
  const tags = new Map<string, CalibrationPoint[]>();
  const types = new Map<string, CalibrationPoint[]>();
  for (const { gold, predicted, confidences } of sentences) {
    if (confidences === undefined) return null;
    const { words, entities } = confidences.calibrated;
    predicted.forEach((tag, i) => {
      add(tags, tag, { confidence: words[i]!, correct: gold[i] === tag });
    });
    const known = new Set(spansOf(gold).map(({ type, start, end }) => `${start} ${end} ${type}`));
    spansOf(predicted).forEach(({ type, start, end }, i) => {
      add(types, type, { confidence: entities[i]!, correct: known.has(`${start} ${end} ${type}`) });
    });
  }
  return { tags: calibrations(tags), types: calibrations(types) };
}

function add(points: Map<string, CalibrationPoint[]>, name: string, point: CalibrationPoint): void {
  const known = points.get(name);
  if (known === undefined) points.set(name, [point]);
  else known.push(point);
}

function calibrations(points: ReadonlyMap<string, readonly CalibrationPoint[]>): Readonly<Record<string, Calibration>> {
  const sorted = [...points].sort(([a], [b]) => compareCodePoints(a, b));
  return Object.fromEntries(sorted.map(([name, of]) => [name, calibrationOf(of)]));
}

/** A part of the report with a table of tags and one of types for each split; none where there are no confidences. */
export function confidenceAppendices(splits: readonly MeasuredSplit[]): readonly Appendix[] {
  const blocks = splits.flatMap(({ name, sentences }) => {
    const by = confidenceByTag(sentences);
    if (by === null) return [];
    return [
      confidenceTable(`Words of ${name} by predicted tag, in per cent`, 'tag', by.tags),
      confidenceTable(`Entities of ${name} by predicted type, in per cent`, 'type', by.types),
    ];
  });
  if (blocks.length === 0) return [];
  const text =
    'Mean calibrated confidence beside the share that was right: the nearer the two, the more the confidence can be taken at its word. The expected calibration error has the distance in ten steps of confidence.';
  return [{ title: 'Confidence by tag', blocks: [{ kind: 'text', text }, ...blocks] }];
}

function confidenceTable(caption: string, head: string, of: Readonly<Record<string, Calibration>>): TableBlock {
  const columns = [
    { head },
    ...['predicted', 'mean confidence', 'right', 'expected calibration error'].map((name) => ({
      head: name,
      number: true,
    })),
  ];
  const rows = Object.entries(of).map(([name, { count, meanConfidence, accuracy, ece }]) => [
    name,
    grouped(count),
    percent(meanConfidence),
    percent(accuracy),
    percent(ece),
  ]);
  return { kind: 'table', caption, columns, rows };
}
