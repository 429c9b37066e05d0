import { createHash } from 'node:crypto';
import { existsSync, readFileSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { inflateRawSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { readTokenizerJson } from '../../../shared/text/tokenizer-json.ts';
import { createWordPiece } from '../../../shared/text/word-piece.ts';
import { pieceHash } from '../../support/piece-hash.ts';

type Texts = readonly (readonly string[])[];

interface Golden {
  readonly tokenizerJson: string;
  readonly blockSize: number;
  readonly corpora: Readonly<Record<string, { texts: number; blocks: readonly [asText: string, asWords: string][] }>>;
}

// Corpora and encoder may not be committed; they are beside the repository where this project is built.
const shared = join(import.meta.dirname, '..', '..', '..', '..', 'shared');
const encoder = join(shared, 'encoders', 'minilm-l6-uncased', 'tokenizer.json');
const golden = JSON.parse(
  readFileSync(new URL('../../golden/word-piece-corpora.json', import.meta.url), 'utf8'),
) as Golden;

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

function readCorpus(name: string): Texts {
  const path = join(shared, 'data', name);
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

describe.skipIf(!existsSync(encoder))('the tokeniser of all-MiniLM-L6-v2 agrees with the tokenizers library', () => {
  const bytes = existsSync(encoder) ? readFileSync(encoder) : new Uint8Array();

  test('its file is the one that the hashes were made with', () => {
    expect(createHash('sha256').update(bytes).digest('hex')).toBe(golden.tokenizerJson);
  });

  test.each(Object.entries(golden.corpora))('on every text and every word of %s', (name, { texts: count, blocks }) => {
    const wordPiece = createWordPiece(readTokenizerJson(bytes, { source: encoder }).wordPiece);
    const texts = readCorpus(name);
    expect(texts).toHaveLength(count);
    const found = blocks.map((_, i) => {
      const block = texts.slice(i * golden.blockSize, (i + 1) * golden.blockSize);
      return [
        pieceHash(block.map((words) => wordPiece.encodeText(words.join(' ')))),
        pieceHash(block.map((words) => wordPiece.encodeWords(words))),
      ];
    });
    expect(found).toEqual(blocks);
  });
});
