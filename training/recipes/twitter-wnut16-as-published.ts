import { entityReport, type EntityReport } from '../../shared/evaluation/evaluation-report.ts';
import type { Appendix, AppendixBlock, TableBlock } from '../report/appendix.ts';
import { grouped, percent } from '../report/markup.ts';
import type { MeasuredSplit } from '../report/report-input.ts';
import type { Measured } from './recipe.ts';
import { OLD_LENGTH, PADDING_TAG, tagsOfPaddedWords, tagsOfPieces, type OldTags } from './twitter-wnut16-metric.ts';

const TITLE = 'As the Twitter NER notebook measured';

/** The old metric beside the honest one, on test, in the form of the notebook's model that is like this one. */
export async function asPublishedAppendix({ splits, countPieces }: Measured): Promise<readonly Appendix[]> {
  const test = splits.find(({ name }) => name === 'test');
  if (test === undefined) {
    const text = 'The notebook measured on test, and this run had no test file: there is nothing to put beside it.';
    return [{ title: TITLE, blocks: [{ kind: 'text', text }] }];
  }
  if (countPieces === undefined) return [{ title: TITLE, blocks: wordBlocks(test) }];
  return [{ title: TITLE, blocks: pieceBlocks(test, await countPieces(test.sentences.map(({ words }) => words))) }];
}

/** What the notebook says of one of its models, in the cells of the table; '' where it says nothing. */
interface Published {
  readonly microF1: string;
  /** What the notebook's metric counts as entities of WNUT16's test. */
  readonly entities: number;
}

const BERT: Published = { microF1: '25', entities: 5751 };
const BILSTM: Published = { microF1: '0', entities: 3029 };

function pieceBlocks(test: MeasuredSplit, pieces: readonly (readonly number[])[]): readonly AppendixBlock[] {
  const tags = tagsOfPieces(test.sentences, pieces);
  const old = inDefaultMode(tags);
  const whole = inDefaultMode(tagsOfPieces(test.sentences, pieces, Infinity));
  const lost = whole.micro.support - old.micro.support;
  return [
    figureTable(test, old, BERT),
    ...texts([
      `Each piece of a word has the word's tag, B- too. A word that is cut into four pieces is four entities, so that names count by how oddly they are spelt: ${grouped(test.evaluation.entity.default.micro.support)} entities become ${grouped(whole.micro.support)}.`,
      `A text ends at ${OLD_LENGTH} positions, [CLS] and [SEP] among them. What lies behind is neither found nor missed: ${grouped(lost)} of those ${grouped(whole.micro.support)}.`,
      'The old accuracy compares positions without a label, which no prediction can match, and cannot pass about 70. It is left out here.',
      'Published are 1 of plain BERT, 17 with focal loss and 25 tuned. All trials of the old Hyperband trained one and the same BERT on and on: 25 is of no settings that one could name.',
      ...CHOSEN_ON_TEST,
      `With the vocabulary of bert-base-uncased WNUT16's test has ${grouped(BERT.entities)} entities by this metric. Pieces of another vocabulary, or another test file, give another number, and figures that do not compare.`,
    ]),
    countTable(test, old),
  ];
}

function wordBlocks(test: MeasuredSplit): readonly AppendixBlock[] {
  const tags = tagsOfPaddedWords(test.sentences);
  const old = inDefaultMode(tags);
  const cells = tags.gold.flat();
  const dropped = test.sentences.length * OLD_LENGTH - cells.length;
  const outside = cells.filter((tag) => tag === 'O').length;
  return [
    figureTable(test, old, BILSTM),
    ...texts([
      `Sentences are padded to ${OLD_LENGTH} words, and the padding is measured with them, as O: ${grouped(outside)} of ${grouped(cells.length)} cells are O.`,
      `What is dropped as padding is what has the id 0, and that is ${PADDING_TAG}: ${grouped(dropped)} cells. A company of one word is gone, of a longer one what begins with I- is left.`,
      "The old CRF's transitions were never trained, and the best tag of each word was taken in place of the best path; its length counted the padding. That is the old model's part of its figure.",
      ...CHOSEN_ON_TEST,
    ]),
    countTable(test, old),
  ];
}

const CHOSEN_ON_TEST = [
  'The old epoch and settings were chosen on test, so its figures are the best of many looks at what they are measured on. Here dev chooses, and test is measured once.',
];

function texts(paragraphs: readonly string[]): readonly AppendixBlock[] {
  return paragraphs.map((text) => ({ kind: 'text', text }));
}

function inDefaultMode({ gold, predicted }: OldTags): EntityReport {
  return entityReport(gold, predicted, { mode: 'default' });
}

function figureTable({ evaluation }: MeasuredSplit, old: EntityReport, published: Published): TableBlock {
  const { micro, macro } = evaluation.entity.default;
  const { low, high, level } = evaluation.f1Interval;
  return {
    kind: 'table',
    caption: 'test, in per cent: the old metric and the honest one on the same predictions',
    columns: [
      { head: 'figure' },
      { head: 'as published, old system', number: true },
      { head: 'this model, old metric', number: true },
      { head: 'this model, entities', number: true },
    ],
    rows: [
      ['micro F1', published.microF1, percent(old.micro.f1), percent(micro.f1)],
      [`its ${percent(level, 0)} % interval`, '', '', `${percent(low)} to ${percent(high)}`],
      ['micro precision', '', percent(old.micro.precision), percent(micro.precision)],
      ['micro recall', '', percent(old.micro.recall), percent(micro.recall)],
      ['macro F1', '', percent(old.macro.f1), percent(macro.f1)],
      ['counted as entities', grouped(published.entities), grouped(old.micro.support), grouped(micro.support)],
    ],
  };
}

function countTable({ evaluation }: MeasuredSplit, old: EntityReport): TableBlock {
  const honest = evaluation.entity.default.perType;
  const count = (report: EntityReport['perType'], type: string): string => grouped(report[type]?.support ?? 0);
  return {
    kind: 'table',
    caption: 'test: what is counted',
    columns: [
      { head: 'type' },
      { head: 'by the old metric', number: true },
      { head: 'entities', number: true },
      { head: 'F1, old metric', number: true },
      { head: 'F1, entities', number: true },
    ],
    rows: Object.keys(honest).map((type) => [
      type,
      count(old.perType, type),
      count(honest, type),
      percent(old.perType[type]?.f1 ?? 0),
      percent(honest[type]!.f1),
    ]),
  };
}
