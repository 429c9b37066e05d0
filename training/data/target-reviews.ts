import { CsvError, parse } from 'csv-parse';
import { NerError } from '../../shared/ner-error.ts';
import { decodeUtf8, readBytes } from '../../shared/corpus/text-file.ts';

/** A review whose places are targets or incidental, in words. */
export interface TargetReview {
  /** Row number of the review in the file that it was taken from. */
  readonly number: number;
  readonly words: readonly string[];
  /** What the first tagger said of each word: `O`, or B or I of art, eve, geo, gpe, nat, org, per, tim. */
  readonly oldTags: readonly string[];
  /** The probability of each old tag, in 0..1. */
  readonly oldScores: readonly number[];
  /** `O`, `B-tar`, `I-tar`, `B-inc` or `I-inc`, as it stands in the file. */
  readonly tags: readonly string[];
  readonly file: string;
  /** The line of its first word, from 1. */
  readonly line: number;
}

const KINDS = ['art', 'eve', 'geo', 'gpe', 'nat', 'org', 'per', 'tim'] as const;
/** Tags of the first tagger, in the order of their columns. */
const OLD_TAGS: readonly string[] = [...KINDS.map((kind) => `B-${kind}`), ...KINDS.map((kind) => `I-${kind}`), 'O'];
const TAGS: readonly string[] = ['O', 'B-tar', 'I-tar', 'B-inc', 'I-inc'];
const HEADER: readonly string[] = ['Sentence #', 'Word', ...OLD_TAGS, 'old_tag', 'Tag'];

/** 17 probabilities, each rounded to three decimals, add up to 1 but for so much. */
const ROUNDING = 0.01;

const NO_WORDS = new Set(['[CLS]', '[SEP]', '[PAD]']);
const CONTINUES = '##';

interface Row {
  readonly number: number;
  readonly piece: string;
  readonly oldTag: string;
  readonly oldScore: number;
  readonly tag: string;
}

/**
 * Reads a step-4 file of the BERT geoparser: a row for each word piece, with 17 probabilities, the best of the first
 * tagger's tags and the tag of the place. Pieces become words again, which have the tags of their first piece; `[CLS]`
 * and `[SEP]` go. A first column `index` is passed over.
 *
 * @throws {E_FILE_UNREADABLE}
 * @throws {E_CORPUS_MALFORMED} not UTF-8, or a row that is not of the form, with file and line
 * @throws {E_CORPUS_EMPTY} no word in the file
 */
export async function readTargetReviews(file: string): Promise<readonly TargetReview[]> {
  const text = decodeUtf8(file, readBytes(file));
  const reviews: Draft[] = [];
  let indexed: boolean | undefined;
  for await (const { record, line } of records(file, text)) {
    const place = `${file}:${line}`;
    if (indexed === undefined) {
      indexed = record[0] === 'index';
      checkHeader(place, indexed ? record.slice(1) : record);
      continue;
    }
    addRow(reviews, readRow(place, record, indexed), { file, line });
  }
  const found = reviews.filter(({ words }) => words.length > 0);
  if (found.length > 0) return found;
  throw new NerError(
    'E_CORPUS_EMPTY',
    `${file}: no review, got no row of a word; expected a row for each word piece. Is it the right file?`,
  );
}

interface Place {
  readonly file: string;
  readonly line: number;
}

async function* records(file: string, text: string): AsyncGenerator<{ record: readonly string[]; line: number }> {
  // A piece may be a quotation mark, which pandas writes as four.
  const parser = parse(text, { info: true, relax_column_count: true, skip_empty_lines: true });
  let last = 0;
  try {
    for await (const row of parser) {
      const { record, info } = row as { record: string[]; info: { lines: number } };
      // A quotation mark that is not closed takes rows into its field, up to the next one.
      if (record.some((field) => field.includes('\n'))) throw new Error('a quotation mark is not closed in its row');
      last = info.lines;
      yield { record, line: last };
    }
  } catch (error) {
    if (error instanceof NerError) throw error;
    const reason = error instanceof Error ? error.message : String(error);
    const isOpen = error instanceof CsvError && error.code === 'CSV_QUOTE_NOT_CLOSED';
    const line = isOpen ? openQuoteLine(text) : last + 1;
    throw new NerError(
      'E_CORPUS_MALFORMED',
      `${file}:${line}: not CSV: ${reason}; expected fields between commas, quoted where they hold one. Correct the row.`,
      { cause: error },
    );
  }
}

/** The parser finds at the end that a quotation mark is open, and says where it ended. Here no field has line breaks. */
function openQuoteLine(text: string): number {
  const lines = text.split('\n');
  return 1 + lines.findIndex((line) => line.split('"').length % 2 === 0);
}

function checkHeader(place: string, header: readonly string[]): void {
  const wrong = HEADER.findIndex((name, i) => header[i] !== name);
  if (wrong < 0 && header.length === HEADER.length) return;
  const what = wrong < 0 ? `${header.length} columns` : `'${header[wrong] ?? ''}' as column ${wrong + 1}`;
  throw new NerError(
    'E_CORPUS_MALFORMED',
    `${place}: the header is not that of a step-4 file, got ${what}; expected ${HEADER.join(',')}, with or without index before it. Is it the right file?`,
  );
}

function readRow(place: string, record: readonly string[], indexed: boolean): Row {
  const fields = indexed ? record.slice(1) : record;
  if (fields.length !== HEADER.length) {
    throw malformed(place, 'the row has another number of columns than the header', {
      got: String(record.length),
      expected: String(HEADER.length + (indexed ? 1 : 0)),
    });
  }
  const [number, piece] = [fields[0]!, fields[1]!];
  const [oldTag, tag] = [fields.at(-2)!, fields.at(-1)!];
  if (!/^\d+$/.test(number)) {
    throw malformed(place, 'the sentence number is none', { got: `'${number}'`, expected: 'a whole number from 0' });
  }
  if (piece === '' || piece === CONTINUES) {
    throw malformed(place, 'the word piece is empty', { got: `'${piece}'`, expected: 'a piece' });
  }
  if (!OLD_TAGS.includes(oldTag)) {
    throw malformed(place, 'the old tag is outside the scheme', { got: `'${oldTag}'`, expected: OLD_TAGS.join(', ') });
  }
  if (!TAGS.includes(tag)) {
    throw malformed(place, 'the tag is outside the scheme', { got: `'${tag}'`, expected: TAGS.join(', ') });
  }
  const shares = probabilities(place, fields);
  return { number: Number(number), piece, oldTag, oldScore: shares[OLD_TAGS.indexOf(oldTag)]!, tag };
}

function probabilities(place: string, fields: readonly string[]): readonly number[] {
  const shares = OLD_TAGS.map((name, i) => {
    const text = fields[i + 2]!;
    const share = text.trim() === '' ? NaN : Number(text);
    if (share >= 0 && share <= 1) return share;
    throw malformed(place, `the probability of ${name} is none`, { got: `'${text}'`, expected: 'a number in 0..1' });
  });
  const sum = shares.reduce((all, share) => all + share, 0);
  if (Math.abs(sum - 1) <= ROUNDING) return shares;
  throw malformed(place, 'the 17 probabilities do not add up', { got: sum.toFixed(3), expected: '1 but for rounding' });
}

/** A review that is being read. */
interface Draft extends TargetReview {
  readonly words: string[];
  readonly oldTags: string[];
  readonly oldScores: number[];
  readonly tags: string[];
  line: number;
}

function addRow(reviews: Draft[], { number, piece, oldTag, oldScore, tag }: Row, { file, line }: Place): void {
  let review = reviews.at(-1);
  if (review === undefined || number > review.number) {
    review = { number, words: [], oldTags: [], oldScores: [], tags: [], file, line };
    reviews.push(review);
  } else if (number < review.number) {
    throw malformed(`${file}:${line}`, 'the sentence number goes back', {
      got: `${number} after ${review.number}`,
      expected: 'the rows of each review together, in order',
    });
  }
  if (NO_WORDS.has(piece)) return;
  if (piece.startsWith(CONTINUES)) {
    const before = review.words.pop();
    if (before === undefined) {
      throw malformed(`${file}:${line}`, 'the piece continues no word', {
        got: `'${piece}'`,
        expected: 'a first piece',
      });
    }
    review.words.push(before + piece.slice(CONTINUES.length));
    return;
  }
  if (review.words.length === 0) review.line = line;
  review.words.push(piece);
  review.oldTags.push(oldTag);
  review.oldScores.push(oldScore);
  review.tags.push(tag);
}

function malformed(place: string, what: string, { got, expected }: { got: string; expected: string }): NerError {
  return new NerError(
    'E_CORPUS_MALFORMED',
    `${place}: ${what}, got ${got}; expected ${expected}. Correct or remove the row.`,
  );
}
