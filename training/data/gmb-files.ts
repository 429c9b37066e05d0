import { readdirSync, statSync } from 'node:fs';
import { basename, join } from 'node:path';
import { unzipSync, type Unzipped } from 'fflate';
import { readBytes, unreadable } from '../../shared/corpus/text-file.ts';
import { NerError } from '../../shared/ner-error.ts';

/** The bytes of a file, and what it is called in messages. */
export interface NamedBytes {
  readonly name: string;
  readonly bytes: Uint8Array;
}

/** One file that is to be split, or train and test as they were split before. */
export type GmbFiles = { readonly all: NamedBytes } | { readonly train: NamedBytes; readonly test: NamedBytes };

const SPLIT = { train: 'train_ner_dataset.csv', test: 'test_ner_dataset.csv' } as const;
/** In the order in which they are looked for. */
const WHOLE = ['ner_dataset.csv', 'ner_dataset.zip'] as const;

/**
 * Finds `ner_dataset.csv` where `path` is it, a zip that holds a CSV file, or a folder with one of the two. A folder with
 * `train_ner_dataset.csv` and `test_ner_dataset.csv` has both; a folder with one CSV file or zip of any name has that one.
 *
 * @throws {E_FILE_UNREADABLE} there is no such file
 * @throws {E_CORPUS_NO_TRAIN} a folder or zip in which it is not clear which file is meant
 * @throws {E_CORPUS_MALFORMED} a zip that is none
 */
export function findGmbFiles(path: string): GmbFiles {
  if (!isFolder(path)) return { all: readCsvOrZip(path) };
  const names = readdirSync(path);
  const whole = WHOLE.find((name) => names.includes(name));
  if (whole !== undefined) return { all: readCsvOrZip(join(path, whole)) };
  if (names.includes(SPLIT.train) && names.includes(SPLIT.test)) {
    return { train: readCsvOrZip(join(path, SPLIT.train)), test: readCsvOrZip(join(path, SPLIT.test)) };
  }
  const candidates = names.filter((name) => /\.(?:csv|zip)$/i.test(name));
  if (candidates.length === 1) return { all: readCsvOrZip(join(path, candidates[0]!)) };
  throw new NerError(
    'E_CORPUS_NO_TRAIN',
    `${path}: it is not clear which file is meant, got ${namesOf(candidates)}; expected ${WHOLE.join(' or ')}, or ${SPLIT.train} and ${SPLIT.test}. Name the file itself.`,
  );
}

function isFolder(path: string): boolean {
  try {
    return statSync(path).isDirectory();
  } catch (error) {
    throw unreadable(path, error);
  }
}

function readCsvOrZip(path: string): NamedBytes {
  const bytes = readBytes(path);
  return /\.zip$/i.test(path) ? csvOfZip(path, bytes) : { name: path, bytes };
}

/** Archives made on a Mac have a stub of each file under `__MACOSX`. */
function csvOfZip(path: string, bytes: Uint8Array): NamedBytes {
  const isCsv = (name: string): boolean =>
    /\.csv$/i.test(name) && !name.startsWith('__MACOSX/') && !basename(name).startsWith('._');
  const files = Object.entries(unzip(path, bytes, isCsv));
  if (files.length === 1) return { name: join(path, files[0]![0]), bytes: files[0]![1] };
  throw new NerError(
    'E_CORPUS_NO_TRAIN',
    `${path}: it is not clear which file is meant, got ${namesOf(files.map(([name]) => name))}; expected one CSV file in the zip. Unpack it and name the file.`,
  );
}

function unzip(path: string, bytes: Uint8Array, isWanted: (name: string) => boolean): Unzipped {
  try {
    return unzipSync(bytes, { filter: ({ name }) => isWanted(name) });
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new NerError(
      'E_CORPUS_MALFORMED',
      `${path}: not a whole zip archive, got '${reason}'; expected one with ner_dataset.csv. Fetch the file again.`,
      { cause: error },
    );
  }
}

function namesOf(names: readonly string[]): string {
  return names.length === 0 ? 'no CSV file' : names.join(', ');
}
