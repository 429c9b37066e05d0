import { NerError } from '../../shared/ner-error.ts';
import { type VectorTable, type WordVectors, createVectorTable } from './vector-table.ts';

interface Layout {
  readonly dim: number;
  /** Vectors announced by a word2vec header; undefined for GloVe, which has none. */
  readonly announced: number | undefined;
}

const SPACE = ' ';
const wholeNumber = /^\d+$/;
const decimal = /^[-+]?\d*\.\d+(?:[eE][-+]?\d+)?$/;

/**
 * Reads vectors from lines of a word and its numbers, separated by single spaces: GloVe, or word2vec and fastText
 * text, which begin with a line `count dim`. A word may contain spaces: the numbers are the last `dim` fields.
 * Numbers are parsed, and checked to be finite, for the words that are kept.
 *
 * @param name the file, for messages.
 * @param keep whether to keep the vector of a word; rank counts the vectors of the file from 0.
 * @throws {E_VECTORS_MALFORMED} with file and line.
 */
export async function readTextVectors(
  name: string,
  lines: AsyncIterable<string>,
  keep: (word: string, rank: number) => boolean,
): Promise<WordVectors> {
  let layout: Layout | undefined;
  let table: VectorTable | undefined;
  let row = new Float64Array(0);
  let lineNumber = 0;
  let rank = 0;
  for await (const raw of lines) {
    lineNumber++;
    const line = raw.replace(/[ \r]+$/, '');
    if (line === '') continue;
    if (layout === undefined || table === undefined) {
      layout = readLayout(`${name}:${lineNumber}`, line);
      table = createVectorTable(layout.dim);
      row = new Float64Array(layout.dim);
      if (layout.announced !== undefined) continue;
    }
    const place = `${name}:${lineNumber}`;
    const wordEnd = findWordEnd(place, line, layout.dim);
    const word = line.slice(0, wordEnd);
    if (keep(word, rank++) && !table.has(word)) {
      parseNumbers(place, line.slice(wordEnd + 1), row);
      table.add(word, row);
    }
  }
  if (table === undefined || rank === 0) {
    throw new NerError(
      'E_VECTORS_MALFORMED',
      `${name}:${lineNumber}: no vectors; expected a word and its numbers a line. Is it the right file?`,
    );
  }
  if (layout?.announced !== undefined && layout.announced !== rank) {
    throw new NerError(
      'E_VECTORS_MALFORMED',
      `${name}:${lineNumber}: the file ends too early or too late, got ${rank} vectors; expected ${layout.announced} as its first line says. Download it again.`,
    );
  }
  return table.finish();
}

function readLayout(place: string, first: string): Layout {
  const fields = first.split(SPACE);
  if (fields.length === 2 && fields.every((field) => wholeNumber.test(field))) {
    const dim = Number(fields[1]);
    if (dim >= 1) return { dim, announced: Number(fields[0]) };
  }
  const dim = fields.length - 1;
  if (dim >= 1 && fields.slice(1).every((field) => Number.isFinite(Number(field))))
    return { dim, announced: undefined };
  throw new NerError(
    'E_VECTORS_MALFORMED',
    `${place}: neither a vector nor a header, got ${JSON.stringify(first.slice(0, 60))}; expected 'word 0.1 0.2 ...' (GloVe) or 'count dim' (word2vec text). Is it the right file?`,
  );
}

/** Where the word ends: before the last `dim` fields. */
function findWordEnd(place: string, line: string, dim: number): number {
  let end = line.length;
  for (let fields = 0; fields < dim; fields++) {
    end = end <= 0 ? -1 : line.lastIndexOf(SPACE, end - 1);
    if (end <= 0) {
      const got = line.split(SPACE).length - 1;
      throw wrongCount(place, line, end === 0 ? dim : got, dim);
    }
  }
  // What is left of the numbers is the word, unless it ends in a number too.
  const lastField = line.slice(line.lastIndexOf(SPACE, end - 1) + 1, end);
  if (lastField.length < end && decimal.test(lastField)) throw wrongCount(place, line, `more than ${dim}`, dim);
  return end;
}

function wrongCount(place: string, line: string, got: number | string, dim: number): NerError {
  return new NerError(
    'E_VECTORS_MALFORMED',
    `${place}: wrong number of values, got ${got} in ${JSON.stringify(line.slice(0, 40))}; expected a word and ${dim} numbers. Download the file again.`,
  );
}

function parseNumbers(place: string, text: string, row: Float64Array): void {
  const fields = text.split(SPACE);
  for (const [i, field] of fields.entries()) {
    const value = field === '' ? NaN : Number(field);
    if (!Number.isFinite(value)) {
      throw new NerError(
        'E_VECTORS_MALFORMED',
        `${place}: value ${i + 1} is no finite number, got ${JSON.stringify(field)}; expected a decimal. Download the file again.`,
      );
    }
    row[i] = value;
  }
}
