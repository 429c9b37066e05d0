import { splitLines } from '../shared/stream/split-lines.ts';
import { NerError } from '../shared/ner-error.ts';
import { lineChunks } from '../shared/stream/line-chunks.ts';

/** Words to tag, and the tags they came with; none in a file of words alone. */
export interface ConllSentence {
  readonly words: readonly string[];
  readonly gold: readonly string[] | undefined;
}

/** How the columns of a file are read: decided once, by its first lines. */
interface Layout {
  readonly split: (line: string) => readonly string[];
  readonly labelled: boolean;
}

const MAX_LINES = 4_096;
const LINE_MAX_BYTES = 65_536;
const DOCUMENT_MARK = '-DOCSTART-';

/**
 * Reads a CoNLL stream, in runs of whole sentences. Lines, columns and blanks are those of `readConll`: the word is in
 * the first column and the gold tag, if any, in the last. Gold tags are not checked, only passed on.
 *
 * @param name what the stream is called in messages
 * @throws {E_CORPUS_MALFORMED} not UTF-8, a line without a word, or with a tag where others have none, or without one
 *   where others have one; with line
 */
export async function* conllSentences(
  input: AsyncIterable<Uint8Array>,
  name: string,
): AsyncGenerator<readonly ConllSentence[]> {
  let layout: Layout | undefined;
  let words: string[] = [];
  let gold: string[] = [];
  let whole: ConllSentence[] = [];
  const flush = (): void => {
    if (words.length > 0) whole.push({ words, gold: layout?.labelled === true ? gold : undefined });
    words = [];
    gold = [];
  };
  for await (const chunk of lineChunks(input, { maxLines: MAX_LINES, maxLineBytes: LINE_MAX_BYTES })) {
    const lines = decodeLines(name, chunk.bytes, chunk.firstLine);
    layout ??= layoutOf(lines);
    for (const [i, line] of lines.entries()) {
      if (layout === undefined || isBetween(line)) {
        flush();
        continue;
      }
      const row = readRow(`${name}:${chunk.firstLine + i}`, layout, line);
      words.push(row.word);
      gold.push(row.tag);
    }
    if (whole.length > 0) yield whole;
    whole = [];
  }
  flush();
  if (whole.length > 0) yield whole;
}

function decodeLines(name: string, bytes: Uint8Array, firstLine: number): string[] {
  // The mark at the beginning of the file is gone by now; elsewhere it is part of a word.
  const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
  return Array.from(splitLines(bytes, firstLine), (line) => {
    const place = `${name}:${line.number}`;
    if (line.bytes.length > LINE_MAX_BYTES) {
      throw malformed(place, `the line is too long, got more than ${LINE_MAX_BYTES} bytes`);
    }
    try {
      // The last line of a file may have a CR and no LF.
      return decoder.decode(line.bytes).replace(/\r$/, '');
    } catch (cause) {
      throw malformed(place, 'the line is not UTF-8', cause);
    }
  });
}

/** Blank, or the mark of a document: in no sentence. */
function isBetween(line: string): boolean {
  return /^[ \t]*$/.test(line) || line.startsWith(DOCUMENT_MARK);
}

/** Undefined while there are only blank lines. */
function layoutOf(lines: readonly string[]): Layout | undefined {
  const data = lines.filter((line) => !isBetween(line));
  if (data.length === 0) return undefined;
  const split = data.filter((line) => line.includes('\t')).length * 2 >= data.length ? splitAtTabs : splitAtSpaces;
  return { split, labelled: split(data[0]!).length > 1 };
}

function splitAtTabs(line: string): readonly string[] {
  const columns = line.split('\t').map((column) => column.replace(/^ +/, '').replace(/ +$/, ''));
  while (columns.at(-1) === '') columns.pop();
  return columns;
}

function splitAtSpaces(line: string): readonly string[] {
  return line.split(/[ \t]+/).filter((column) => column !== '');
}

function readRow(place: string, { split, labelled }: Layout, line: string): { word: string; tag: string } {
  const columns = split(line);
  const [word, tag] = [columns[0], columns.at(-1)];
  if (word === undefined || word === '') throw malformed(place, `the word is empty, got ${JSON.stringify(line)}`);
  if (labelled && columns.length < 2) {
    throw malformed(
      place,
      `the tag is missing, got ${JSON.stringify(line)}; expected a word and its tag, as in the first line`,
    );
  }
  if (!labelled && columns.length > 1) {
    throw malformed(
      place,
      `there are ${columns.length} columns, got ${JSON.stringify(line)}; expected a word alone, as in the first line`,
    );
  }
  return { word, tag: tag! };
}

function malformed(place: string, what: string, cause?: unknown): NerError {
  return new NerError('E_CORPUS_MALFORMED', `${place}: ${what}. Correct or remove the line.`, { cause });
}
