import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { PieceEncoding } from '../../../shared/text/piece-encoding.ts';
import { openTokenizer, type TextTokenizer } from '../../../shared/text/tokenizer.ts';
import { createStrings } from '../../support/generated-strings.ts';
import { libraryTokenizerFiles, type LibraryTokenizerName } from '../../support/library-tokenizer-files.ts';
import { pieceHash } from '../../support/piece-hash.ts';
import { readSharedCorpus, sharedFolder } from '../../support/shared-corpora.ts';

type Columns = [ids: number[], wordIds: number[], starts: number[], ends: number[]];
type Hashes = [asText: string, asWords: string];

interface Kind {
  readonly cases: readonly [text: string, asText: Columns, asWords: Columns][];
  readonly block: Hashes;
  readonly corpora: Readonly<Record<string, [texts: number, ...Hashes]>>;
}

interface Golden {
  readonly seed: number;
  readonly blockSize: number;
  readonly pools: readonly (readonly string[])[];
  readonly kinds: Readonly<Record<LibraryTokenizerName, Kind>>;
}

const golden = JSON.parse(
  readFileSync(new URL('../../golden/library-tokenizers.json', import.meta.url), 'utf8'),
) as Golden;
const kinds = Object.entries(golden.kinds) as [LibraryTokenizerName, Kind][];
const nextString = createStrings(golden.seed, golden.pools);
const caseStrings = golden.kinds.unigram.cases.map(nextString);
const block = Array.from({ length: golden.blockSize }, nextString);

// Where words begin or end in white space, a joined text does not tell whose the spaces are.
const bordersOnSpace = /^[\p{White_Space}\p{Cc}]|[\p{White_Space}\p{Cc}]$/u;

function wordsOf(name: LibraryTokenizerName, text: string): string[] {
  const words = text.split(' ');
  return name === 'byte-level' ? words.filter((word) => word !== '' && !bordersOnSpace.test(word)) : words;
}

function columns({ ids, wordIds, starts, ends }: PieceEncoding): Columns {
  return [[...ids], [...wordIds], [...starts], [...ends]];
}

async function hashes(name: LibraryTokenizerName, tokenizer: TextTokenizer, texts: readonly string[]): Promise<Hashes> {
  const asWords = await tokenizer.encodeSentences(texts.map((text) => wordsOf(name, text)));
  return [pieceHash(await tokenizer.encodeTexts(texts)), pieceHash(asWords)];
}

const open = async (name: LibraryTokenizerName): Promise<TextTokenizer> =>
  openTokenizer(libraryTokenizerFiles(name), name);

describe.each(kinds)(
  'a %s tokeniser agrees with the tokenizers library in Python',
  (name, { cases, block: expected }) => {
    test('on generated strings', async () => {
      const tokenizer = await open(name);
      expect(caseStrings).toEqual(cases.map(([text]) => text));
      for (const [text, asText, asWords] of cases) {
        const [found] = await tokenizer.encodeTexts([text]);
        expect([text, columns(found!)]).toEqual([text, asText]);
        const [words] = await tokenizer.encodeSentences([wordsOf(name, text)]);
        expect([text, columns(words!)]).toEqual([text, asWords]);
      }
    });

    test('on a thousand more', async () => {
      expect(await hashes(name, await open(name), block)).toEqual(expected);
    });
  },
);

describe.skipIf(!existsSync(join(sharedFolder, 'data', 'wnut16')))('on whole corpora too', () => {
  const rows = kinds.flatMap(([name, { corpora }]) =>
    Object.entries(corpora).map(([corpus, [count, ...expected]]) => ({ name, corpus, count, expected })),
  );

  test.each(rows)('$name on $corpus', async ({ name, corpus, count, expected }) => {
    const texts = readSharedCorpus(corpus).slice(0, count);
    expect(texts).toHaveLength(count);
    const joined = texts.map((words) => words.join(' '));
    expect(await hashes(name, await open(name), joined)).toEqual(expected);
  });
});

describe('createLibraryTokenizer', () => {
  test('says what the special tokens are, how many rows the embedding needs and how long texts may be', async () => {
    const { kind, specials, vocabSize, maxPieces } = await open('byte-level');
    expect({ kind, specials, vocabSize, maxPieces }).toEqual({
      kind: 'library',
      specials: { cls: 0, pad: 1, sep: 2, unk: 3, mask: 4 },
      vocabSize: 600,
      maxPieces: 512,
    });
    expect((await open('unigram')).specials).toEqual({ cls: 0, pad: 1, sep: 2, unk: 3, mask: 4 });
  });

  test('gives a word no piece where there is nothing in it, and keeps the indices of the others', async () => {
    for (const [name] of kinds) {
      const tokenizer = await open(name);
      const [found, none] = await tokenizer.encodeSentences([['', 'the', '', 'the'], []]);
      expect(new Set(found!.wordIds)).toEqual(new Set([1, 3]));
      expect(none!.ids).toHaveLength(0);
    }
  });

  test('gives a word the same pieces whatever came before, and more words than it keeps', async () => {
    const tokenizer = await open('byte-level-prefix');
    const words = Array.from({ length: 65_600 }, (_, i) => `w${i}`);
    const before = await tokenizer.encodeSentences([['w7', 'hello']]);
    const [all] = await tokenizer.encodeSentences([words]);
    expect(new Set(all!.wordIds).size).toBe(words.length);
    expect(await tokenizer.encodeSentences([['w7', 'hello']])).toEqual(before);
  });

  test('takes half a surrogate pair for U+FFFD, one unit long', async () => {
    const tokenizer = await open('unigram');
    const [found, replaced] = await tokenizer.encodeTexts(['a \ud83d b', 'a \ufffd b']);
    expect(found).toEqual(replaced);
  });
});
