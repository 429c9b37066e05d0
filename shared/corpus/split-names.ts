import { readdirSync } from 'node:fs';
import { NerError } from '../ner-error.ts';
import { unreadable } from './text-file.ts';

export type SplitName = 'train' | 'dev' | 'test';

/**
 * A file belongs to a split when one of the parts of its name, cut at `.`, `_` and `-`, is one of these words; for
 * train a part may also end in it. So `train`, `train.txt`, `wnut17train.conll`, `emerging.dev.conll`,
 * `valid.conll`, `eng.testa`.
 */
export const splitWords: Readonly<Record<SplitName, readonly string[]>> = {
  train: ['train', 'training'],
  dev: ['dev', 'devel', 'development', 'valid', 'validation', 'val', 'testa'],
  test: ['test', 'testb'],
};

/** Endings that labelled text does not have: `train.md` is about the corpus, not the corpus. */
const otherEndings = new Set('csv gz html json jsonl log md parquet pdf py sh sha256 xml yaml yml zip'.split(' '));

export interface SplitFiles {
  readonly train: string;
  readonly dev?: string;
  readonly test?: string;
}

/**
 * Finds the split files of a directory, by name only; subdirectories and hidden files are not looked at.
 *
 * @returns file names relative to `dir`.
 * @throws {E_FILE_UNREADABLE} the directory cannot be read.
 * @throws {E_CORPUS_NO_TRAIN} no train file, or two files for one split, or one file for two.
 */
export function findSplitFiles(dir: string): SplitFiles {
  const names = listFiles(dir);
  const found = { train: [] as string[], dev: [] as string[], test: [] as string[] };
  for (const name of names) {
    const splits = splitsOf(name);
    if (splits.length > 1) {
      throw new NerError(
        'E_CORPUS_NO_TRAIN',
        `${dir}: '${name}' is named after ${splits.join(' and ')}; ${expected(names)}`,
      );
    }
    if (splits[0] !== undefined) found[splits[0]].push(name);
  }
  for (const [split, candidates] of Object.entries(found)) {
    if (candidates.length < 2) continue;
    const list = candidates.map((name) => `'${name}'`).join(' and ');
    throw new NerError('E_CORPUS_NO_TRAIN', `${dir}: more than one ${split} file, got ${list}; ${expected(names)}`);
  }
  const [train] = found.train;
  if (train === undefined) throw new NerError('E_CORPUS_NO_TRAIN', `${dir}: no train file; ${expected(names)}`);
  return { train, ...optional('dev', found.dev[0]), ...optional('test', found.test[0]) };
}

function optional<K extends string>(key: K, value: string | undefined): Partial<Record<K, string>> {
  return value === undefined ? {} : ({ [key]: value } as Record<K, string>);
}

function listFiles(dir: string): readonly string[] {
  try {
    const entries = readdirSync(dir, { withFileTypes: true });
    return entries
      .filter((entry) => !entry.isDirectory() && !entry.name.startsWith('.'))
      .map((entry) => entry.name)
      .sort();
  } catch (error) {
    throw unreadable(dir, error);
  }
}

function splitsOf(name: string): readonly SplitName[] {
  const parts = name.toLowerCase().split(/[._-]+/);
  if (parts.length > 1 && otherEndings.has(parts.at(-1)!)) return [];
  return (Object.keys(splitWords) as SplitName[]).filter((split) =>
    parts.some((part) => splitWords[split].includes(part) || (split === 'train' && part.endsWith('train'))),
  );
}

function expected(names: readonly string[]): string {
  const shown = names.slice(0, 12).map((name) => `'${name}'`);
  const rest = names.length > 12 ? ` and ${names.length - 12} more` : '';
  const list = names.length === 0 ? 'no files' : `${shown.join(', ')}${rest}`;
  return `the directory has ${list}; expected one file named train (train, train.txt, corpus.train.conll), and at most one named dev or valid and one named test. Rename the files, or name them with --train, --dev and --test.`;
}
