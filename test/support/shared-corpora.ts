import { readFileSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { inflateRawSync } from 'node:zlib';

type Texts = readonly (readonly string[])[];

/** Corpora and encoders that may not be committed; they are beside the repository where this project is built. */
export const sharedFolder = join(import.meta.dirname, '..', '..', '..', 'shared');

const blank = /^[ \t\r]*$/;

/** First columns, with empty lines between sentences. */
function sentences(text: string): Texts {
  const found: string[][] = [];
  let isInside = false;
  for (const line of text.split('\n')) {
    if (blank.test(line)) isInside = false;
    else {
      if (!isInside) found.push([]);
      found.at(-1)!.push(line.split('\t')[0]!);
      isInside = true;
    }
  }
  return found;
}

/** The first file of a zip whose first entry is deflated, as latin-1. */
function firstOfZip(bytes: Buffer): string {
  const size = bytes.readUInt32LE(18);
  const start = 30 + bytes.readUInt16LE(26) + bytes.readUInt16LE(28);
  return inflateRawSync(bytes.subarray(start, size === 0 ? undefined : start + size)).toString('latin1');
}

/** Sentences of `Sentence #,Word,POS,Tag`; the first column is filled in the first row of each. */
function gmb(csv: string): Texts {
  const found: string[][] = [];
  const field = /(?:"((?:[^"]|"")*)"|([^,\r\n]*))(,|\r?\n|$)/y;
  let row: string[] = [];
  let isHeader = true;
  while (field.lastIndex < csv.length) {
    const [, quoted, plain, end] = field.exec(csv)!;
    row.push(quoted?.replaceAll('""', '"') ?? plain!);
    if (end === ',') continue;
    if (!isHeader) {
      if (row[0] !== '') found.push([]);
      found.at(-1)!.push(row[1]!);
    }
    isHeader = false;
    row = [];
  }
  return found;
}

/** The texts of a corpus in words, as test/golden/generate/word_piece_corpora.py reads them. */
export function readSharedCorpus(name: string): Texts {
  const path = join(sharedFolder, 'data', name);
  if (name.endsWith('.zip')) return gmb(firstOfZip(readFileSync(path)));
  if (statSync(path).isDirectory()) {
    const files = readdirSync(path).sort();
    return files.flatMap((file) => sentences(readFileSync(join(path, file), 'utf8')));
  }
  const text = readFileSync(path, 'utf8');
  if (!name.startsWith('raw/')) return sentences(text);
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => line.split(' '));
}
