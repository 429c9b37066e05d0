import { tokenReport, type TokenReport } from '../../shared/evaluation/token-report.ts';
import type { MeasuredSplit } from '../report/report-input.ts';
import type { Appendix, AppendixBlock, TableBlock } from '../report/appendix.ts';
import { grouped } from '../report/markup.ts';
import { pieceTags } from './piece-tags.ts';
import type { Measured } from './recipe.ts';

/**
 * The figures of classifiers of sub-words: each sub-word has the IO tag of its word, each tag is a class and `O` one of
 * them, and what comes after the first `maxPieces` sub-words of a sentence is not counted. As scikit-learn's
 * `classification_report` has them. A tagger without sub-words is measured by whole words.
 *
 * @param maxPieces sub-words without special tokens
 */
export async function tokenFigures(
  { countPieces }: Pick<Measured, 'countPieces'>,
  { sentences }: Pick<MeasuredSplit, 'sentences'>,
  maxPieces: number,
): Promise<TokenReport> {
  const pieces = await countPieces?.(sentences.map(({ words }) => words));
  const classes = (tags: readonly string[], i: number): readonly string[] => {
    const ofWords = tags.map(ioOf);
    return (pieces === undefined ? ofWords : pieceTags(ofWords, pieces[i]!)).slice(0, maxPieces);
  };
  const gold = sentences.map((sentence, i) => classes(sentence.gold, i));
  const predicted = sentences.map((sentence, i) => classes(sentence.predicted, i));
  return tokenReport(gold, predicted);
}

/** Figures over sub-words as a report has them, and those that were published. */
export interface TokenFiguresOptions {
  /** Sub-words of a sentence that count. */
  readonly maxPieces: number;
  /** 0..1, by the names of `namedFigures`. */
  readonly published: Readonly<Record<string, number>>;
}

/** Figures over sub-words of each split as parts of a report, beside those of whole entities. */
export async function tokenFiguresOf(
  measured: Measured,
  { maxPieces, published }: TokenFiguresOptions,
): Promise<readonly Appendix[]> {
  const counted =
    measured.countPieces === undefined
      ? 'This tagger has no sub-words, so words count, without B- and I- told apart; O is a class like the others.'
      : `Each sub-word counts with the tag of its word, without B- and I- told apart; O is a class like the others, and of a sentence the first ${maxPieces} sub-words count.`;
  const reports = new Map<string, TokenReport>();
  const bySplit: TableBlock[] = [];
  for (const split of measured.splits) {
    const report = await tokenFigures(measured, split, maxPieces);
    reports.set(split.name, report);
    bySplit.push(byClass(split, report), entities(split));
  }
  const blocks: AppendixBlock[] = [
    {
      kind: 'text',
      text: `${counted} Most of the text is O, so accuracy and weighted figures say little. An entity of three words of which two are found is two thirds right in the tables of sub-words and wrong in those of whole entities.`,
    },
    besidePublished(published, reports),
    ...bySplit,
  ];
  return [{ title: 'As published: figures over sub-words', blocks }];
}

function besidePublished(
  published: TokenFiguresOptions['published'],
  reports: ReadonlyMap<string, TokenReport>,
): TableBlock {
  const named = [...reports.values()].map(namedFigures);
  return {
    kind: 'table',
    caption: 'Figures over sub-words, as published and here',
    columns: [{ head: 'figure' }, ...['published', ...reports.keys()].map((head) => ({ head, number: true }))],
    rows: Object.entries(published).map(([figure, value]) => [
      figure,
      String(value),
      ...named.map((figures) => figures[figure]?.toFixed(3) ?? '-'),
    ]),
  };
}

function namedFigures({
  accuracy,
  macro,
  weighted,
  perTag,
}: TokenReport): Readonly<Record<string, number | undefined>> {
  const byTag = Object.entries(perTag).map(([tag, { f1 }]) => [`${tag} F1`, f1] as const);
  return { accuracy, 'macro F1': macro.f1, 'weighted F1': weighted.f1, ...Object.fromEntries(byTag) };
}

function byClass({ name }: MeasuredSplit, report: TokenReport): TableBlock {
  const { perTag, macro, weighted, accuracy } = report;
  const tokens = weighted.support;
  const row = (what: string, of: TokenReport['macro']): string[] => [what, ...shares(of), grouped(of.support)];
  return {
    kind: 'table',
    caption: `${name}: sub-words by tag, as published`,
    columns: columns('tag'),
    rows: [
      ...Object.entries(perTag).map(([tag, of]) => row(tag, of)),
      ['accuracy', '', '', accuracy.toFixed(3), grouped(tokens)],
      row('macro average', macro),
      row('weighted average', weighted),
    ],
  };
}

function entities({ name, evaluation }: MeasuredSplit): TableBlock {
  const { entity, f1Interval } = evaluation;
  const { micro, perType } = entity.default;
  const row = (what: string, of: TokenReport['macro']): string[] => [what, ...shares(of), grouped(of.support)];
  return {
    kind: 'table',
    caption: `${name}: whole entities; ${Number((100 * f1Interval.level).toPrecision(6))} % interval of the micro F1 ${f1Interval.low.toFixed(3)} to ${f1Interval.high.toFixed(3)}`,
    columns: columns('type'),
    rows: [...Object.entries(perType).map(([type, of]) => row(type, of)), row('micro average', micro)],
  };
}

function columns(first: string): TableBlock['columns'] {
  return [{ head: first }, ...['precision', 'recall', 'F1', 'support'].map((head) => ({ head, number: true }))];
}

function shares({ precision, recall, f1 }: TokenReport['macro']): readonly string[] {
  return [precision, recall, f1].map((share) => share.toFixed(3));
}

function ioOf(tag: string): string {
  return tag.startsWith('B-') ? `I-${tag.slice(2)}` : tag;
}
