import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import type { BertNormalizerOptions } from '../../../shared/text/bert-normalizer.ts';
import type { PieceEncoding } from '../../../shared/text/piece-encoding.ts';
import { createWordPiece, type WordPiece } from '../../../shared/text/word-piece.ts';
import { createStrings } from '../../support/generated-strings.ts';
import { pieceHash } from '../../support/piece-hash.ts';
import { tinyTokenizer } from '../../support/tiny-word-piece.ts';

type Columns = [ids: number[], wordIds: number[], starts: number[], ends: number[]];

interface Settings {
  readonly lowercase: boolean;
  readonly strip_accents: boolean | null;
  readonly handle_chinese_chars: boolean;
  readonly clean_text: boolean;
}

interface Added {
  readonly id: number;
  readonly content: string;
  readonly single_word: boolean;
  readonly lstrip: boolean;
  readonly rstrip: boolean;
  readonly normalized: boolean;
}

interface Variant {
  readonly name: string;
  readonly hashes: [string, string];
  readonly added?: readonly Added[];
  readonly maxInputCharsPerWord?: number;
  readonly continuingPrefix?: string;
  readonly bare?: true;
  readonly normalizer?: null;
}

interface Golden {
  readonly seed: number;
  readonly blockSize: number;
  readonly pools: readonly (readonly string[])[];
  readonly settings: readonly Settings[];
  readonly cases: readonly [setting: number, text: string, asText: Columns, asWords: Columns][];
  readonly blocks: readonly [asText: string, asWords: string][];
  readonly variants: readonly Variant[];
  readonly scalars: readonly [setting: number, hashes: readonly string[]][];
}

const file = new URL('../../golden/word-piece.json', import.meta.url);
const golden = JSON.parse(readFileSync(file, 'utf8')) as Golden;
const tiny = tinyTokenizer().wordPiece;
const vocab = tiny.vocab as ReadonlyMap<string, number>;

const nextString = createStrings(golden.seed, golden.pools);
const strings = (count: number): readonly string[] => Array.from({ length: count }, nextString);
// The strings come in the order in which the script drew them.
const caseStrings = strings(golden.cases.length);
const blockStrings = golden.blocks.map(() => strings(golden.blockSize));
const variantStrings = golden.variants.map(() => strings(golden.blockSize));

function normalizerOf(setting: Settings): BertNormalizerOptions {
  return {
    lowercase: setting.lowercase,
    stripAccents: setting.strip_accents ?? undefined,
    handleChineseChars: setting.handle_chinese_chars,
    cleanText: setting.clean_text,
  };
}

const bySetting = golden.settings.map((setting) => createWordPiece({ ...tiny, ...normalizerOf(setting) }));

function columns({ ids, wordIds, starts, ends }: PieceEncoding): Columns {
  return [[...ids], [...wordIds], [...starts], [...ends]];
}

function hashes(wordPiece: WordPiece, texts: readonly string[]): [string, string] {
  return [
    pieceHash(texts.map((text) => wordPiece.encodeText(text))),
    pieceHash(texts.map((text) => wordPiece.encodeWords(text.split(' ')))),
  ];
}

function variantOf({ added, maxInputCharsPerWord, continuingPrefix, bare, normalizer }: Variant): WordPiece {
  const none = { lowercase: false, stripAccents: false, handleChineseChars: false, cleanText: false };
  const bareVocab = new Map(
    [...vocab].flatMap(([piece, id]) => (piece === '##' ? [] : [[piece.replace(/^##/, ''), id]])),
  );
  return createWordPiece({
    ...tiny,
    ...(normalizer === null ? none : normalizerOf(golden.settings[0]!)),
    vocab: bare === true ? bareVocab : vocab,
    addedTokens: [
      ...(tiny.addedTokens ?? []),
      ...(added ?? []).map(({ single_word: singleWord, ...token }) => ({ ...token, singleWord })),
    ],
    ...(maxInputCharsPerWord === undefined ? {} : { maxInputCharsPerWord }),
    ...(continuingPrefix === undefined ? {} : { continuingPrefix }),
  });
}

describe('createWordPiece agrees with the tokenizers library', () => {
  test('on generated strings under each setting of the normaliser', () => {
    for (const [i, [setting, text, asText, asWords]] of golden.cases.entries()) {
      expect(caseStrings[i]).toBe(text);
      expect([text, columns(bySetting[setting]!.encodeText(text))]).toEqual([text, asText]);
      expect([text, columns(bySetting[setting]!.encodeWords(text.split(' ')))]).toEqual([text, asWords]);
    }
  });

  test.each(golden.settings.map((setting, i) => ({ i, setting: JSON.stringify(setting) })))(
    'on a thousand more strings with $setting',
    ({ i }) => {
      expect(hashes(bySetting[i]!, blockStrings[i]!)).toEqual(golden.blocks[i]);
    },
  );

  test.each(golden.variants.map((variant, i) => ({ ...variant, i })))('on a thousand strings with $name', (variant) => {
    expect(hashes(variantOf(variant), variantStrings[variant.i]!)).toEqual(variant.hashes);
  });

  test.each(golden.scalars)('on every character that there is, under setting %i', (setting, expected) => {
    const wordPiece = bySetting[setting]!;
    const textAt = (start: number): string =>
      Array.from({ length: 64 }, (_, i) => start + i)
        .filter((code) => code < 0xd800 || code >= 0xe000)
        .map((code) => String.fromCodePoint(code))
        .map((c) => `a${c}b ${c}\u0316\u0301${c} ${c}`)
        .join(' ');
    const found = Array.from({ length: 0x110 }, (_, block) =>
      pieceHash(Array.from({ length: 64 }, (_, i) => wordPiece.encodeText(textAt(0x1000 * block + 64 * i)))),
    );
    expect(found).toEqual(expected);
  });
});
