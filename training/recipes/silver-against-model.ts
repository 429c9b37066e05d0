import { entityReport, type EntityReport } from '../../shared/evaluation/evaluation-report.ts';
import type { Figures } from '../../shared/evaluation/figures.ts';
import type { Appendix, TableBlock } from '../report/appendix.ts';
import type { Column } from '../report/markup.ts';
import type { MeasuredSplit } from '../report/report-input.ts';

const FIGURES = ['precision', 'recall', 'F1'] as const;

const COLUMNS: readonly Column[] = [
  { head: 'type' },
  ...FIGURES.map((figure) => ({ head: `silver ${figure}`, number: true })),
  ...FIGURES.map((figure) => ({ head: `model ${figure}`, number: true })),
  { head: 'entities', number: true },
];

/**
 * Entity figures of the silver labels beside those of the model that learnt from such labels, on the same sentences.
 *
 * @param silver tags of each sentence of the split
 */
export function silverAgainstModel({ sentences }: MeasuredSplit, silver: readonly (readonly string[])[]): Appendix {
  const gold = sentences.map((sentence) => sentence.gold);
  const ofSilver = entityReport(gold, silver, { mode: 'default' });
  const ofModel = entityReport(
    gold,
    sentences.map(({ predicted }) => predicted),
    { mode: 'default' },
  );
  const table: TableBlock = {
    kind: 'table',
    caption: `Entity figures on the ${sentences.length} comments that were labelled by hand`,
    columns: COLUMNS,
    rows: rows(ofSilver, ofModel),
  };
  const text =
    'The model learnt from silver labels alone, those of the other comments. It is worth training where it finds what ' +
    'the silver labels miss, or leaves out what they have wrong.';
  return { title: 'Silver labels and what was learnt from them', blocks: [{ kind: 'text', text }, table] };
}

function rows(silver: EntityReport, model: EntityReport): readonly (readonly string[])[] {
  const types = [...new Set([...Object.keys(silver.perType), ...Object.keys(model.perType)])].sort();
  return [
    ...types.map((type) => row(type, silver.perType[type], model.perType[type])),
    row('all', silver.micro, model.micro),
  ];
}

const NONE: Figures = { precision: 0, recall: 0, f1: 0, support: 0 };

function row(name: string, silver: Figures = NONE, model: Figures = NONE): readonly string[] {
  const shares = [silver.precision, silver.recall, silver.f1, model.precision, model.recall, model.f1];
  return [name, ...shares.map((share) => share.toFixed(3)), String(Math.max(silver.support, model.support))];
}
