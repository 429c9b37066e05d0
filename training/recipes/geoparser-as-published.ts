import type { Appendix, TableBlock } from '../report/appendix.ts';
import { grouped } from '../report/markup.ts';
import type { MeasuredSplit } from '../report/report-input.ts';
import type { Measured } from './recipe.ts';
import { subWordFigures, type SubWordFigures } from './sub-word-figures.ts';

/** What the notebook printed of its two models with all types, and of the one with reduced types. */
const PUBLISHED = {
  all: { accuracy: '0.954 and 0.952', precision: '', recall: '', harmonic: '0.601 and 0.639' },
  places: { accuracy: '0.968', precision: '0.841', recall: '0.843', harmonic: '' },
} as const;
type PublishedTypes = keyof typeof PUBLISHED;

/** The notebook's figures over sub-words beside the honest ones, a part of the report for each split. */
export async function geoparserAsPublished(
  { splits, countPieces }: Measured,
  { types }: { readonly types: PublishedTypes },
): Promise<readonly Appendix[]> {
  return Promise.all(
    splits.map(async (split) => {
      const { name, sentences } = split;
      const pieces = countPieces
        ? await countPieces(sentences.map(({ words }) => words))
        : sentences.map(({ words }) => words.map(() => 1));
      const figures = subWordFigures(sentences, pieces);
      const unit = countPieces ? 'sub-words' : 'words';
      return {
        title: `As the geoparser notebook measured: ${name}`,
        blocks: [
          { kind: 'text', text: explanation(unit, figures) },
          summaryTable(split, figures, { unit, types }),
          tagTable(name, figures, unit),
        ],
      } satisfies Appendix;
    }),
  );
}

function explanation(unit: string, { pieces }: SubWordFigures): string {
  const words = unit === 'words' ? ' This tagger has no sub-words, so that words are counted in their place.' : '';
  return `The old figures are over all ${grouped(pieces)} ${unit}, each with the tag of its word, and every tag is a class.${words} Most of them are O and easily right, which is what the accuracy says; it was called micro. The old macro F1 is the harmonic mean of macro precision and macro recall. Nothing is cut off here, where the notebook cut sentences at its maximum length.`;
}

/** @param figure 0..1 */
const show = (figure: number): string => figure.toFixed(3);

function summaryTable(
  { evaluation }: MeasuredSplit,
  { report, harmonicMacroF1, withoutOutside }: SubWordFigures,
  { unit, types }: { readonly unit: string; readonly types: PublishedTypes },
): TableBlock {
  const { accuracy, precision, recall, harmonic } = PUBLISHED[types];
  const { micro, macro } = evaluation.entity.default;
  const old = 'as published';
  const rows = [
    [old, `categorical accuracy over ${unit}, = micro with O`, show(report.accuracy), accuracy],
    [old, `macro precision over ${unit}`, show(report.macro.precision), precision],
    [old, `macro recall over ${unit}`, show(report.macro.recall), recall],
    [old, 'macro F1, harmonic mean of the two', show(harmonicMacroF1), harmonic],
    ['scikit-learn', `macro F1 over ${unit}, mean of the tags' F1`, show(report.macro.f1), ''],
    ['scikit-learn', `micro F1 over ${unit}, without O`, show(withoutOutside.f1), ''],
    ['honest', 'entity F1, micro', show(micro.f1), ''],
    ['honest', 'entity precision, micro', show(micro.precision), ''],
    ['honest', 'entity recall, micro', show(micro.recall), ''],
    ['honest', "entity F1, macro: mean of the types' F1", show(macro.f1), ''],
  ];
  const columns = [
    { head: 'metric' },
    { head: 'figure' },
    { head: 'here', number: true },
    { head: 'published', number: true },
  ];
  return { kind: 'table', caption: 'Figures as published and honest ones', columns, rows };
}

function tagTable(name: string, { report }: SubWordFigures, unit: string): TableBlock {
  const heads = ['precision', 'recall', 'F1', unit];
  return {
    kind: 'table',
    caption: `Tags over the ${unit} of ${name}`,
    columns: [{ head: 'tag' }, ...heads.map((head) => ({ head, number: true }))],
    rows: Object.entries(report.perTag).map(([tag, { precision, recall, f1, support }]) => [
      tag,
      show(precision),
      show(recall),
      show(f1),
      grouped(support),
    ]),
  };
}
