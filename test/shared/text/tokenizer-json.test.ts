import { describe, expect, test } from 'vitest';
import { readTokenizerJson } from '../../../shared/text/tokenizer-json.ts';
import { createWordPiece } from '../../../shared/text/word-piece.ts';
import { expectFails } from '../../support/expect-fails.ts';
import { tinyTokenizerFile } from '../../support/tiny-word-piece.ts';

type Json = Record<string, unknown>;

const source = 'encoder/tokenizer.json';
const original = JSON.parse(new TextDecoder().decode(tinyTokenizerFile('tokenizer.json'))) as Json & { model: Json };
const bytesOf = (value: unknown): Uint8Array => new TextEncoder().encode(JSON.stringify(value));
const read = (changes: Json, config?: Json): ReturnType<typeof readTokenizerJson> =>
  readTokenizerJson(bytesOf({ ...original, ...changes }), {
    source,
    config: config === undefined ? undefined : bytesOf(config),
  });
const model = (changes: Json): Json => ({ model: { ...original.model, ...changes } });
const template = (...single: string[]): Json => ({
  post_processor: {
    type: 'TemplateProcessing',
    single: single.map((id) =>
      id === '$A' ? { Sequence: { id: 'A', type_id: 0 } } : { SpecialToken: { id, type_id: 0 } },
    ),
  },
});

describe('readTokenizerJson', () => {
  test('reads vocabulary, normaliser and special tokens', () => {
    const { wordPiece, specials, vocabSize, maxPieces } = read({});
    expect(wordPiece).toMatchObject({
      lowercase: true,
      stripAccents: undefined,
      handleChineseChars: true,
      cleanText: true,
      unkToken: '[UNK]',
      continuingPrefix: '##',
      maxInputCharsPerWord: 100,
    });
    expect(specials).toEqual({ pad: 0, unk: 1, cls: 2, sep: 3, mask: 4 });
    expect(vocabSize).toBe(166);
    expect(maxPieces).toBeNull();
  });

  test('leaves out padding and truncation, which the file has switched on', () => {
    expect(original).toMatchObject({ padding: { strategy: { Fixed: 4 } }, truncation: { max_length: 4 } });
    const wordPiece = createWordPiece(read({}).wordPiece);
    expect(wordPiece.encodeText('a').ids).toHaveLength(1);
    expect(wordPiece.encodeText('a b c d e f').ids).toHaveLength(6);
  });

  test('reads all settings of the normaliser, and its absence as none of them', () => {
    const normalizer = {
      type: 'BertNormalizer',
      clean_text: false,
      handle_chinese_chars: false,
      strip_accents: true,
      lowercase: false,
    };
    const none = { cleanText: false, handleChineseChars: false, lowercase: false };
    expect(read({ normalizer }).wordPiece).toMatchObject({ ...none, stripAccents: true });
    expect(read({ normalizer: null }).wordPiece).toMatchObject({ ...none, stripAccents: false });
  });

  test('takes the tokens around a text from BertProcessing, or those of BERT', () => {
    const processor = { type: 'BertProcessing', cls: ['[MASK]', 4], sep: ['[PAD]', 0] };
    expect(read({ post_processor: processor }).specials).toMatchObject({ cls: 4, sep: 0 });
    expect(read({ post_processor: null }).specials).toMatchObject({ cls: 2, sep: 3 });
    expect(read(template('[UNK]', '$A', '[MASK]')).specials).toMatchObject({ cls: 1, sep: 4 });
  });

  test('takes padding and mask tokens and the greatest length from tokenizer_config.json', () => {
    const config = { pad_token: { content: '[UNK]', lstrip: false }, mask_token: 'none', model_max_length: 512 };
    const { specials, maxPieces } = read({}, config);
    expect([specials.pad, specials.mask, maxPieces]).toEqual([1, null, 512]);
    expect(read({}, { model_max_length: 1e30 }).maxPieces).toBeNull();
  });

  test('reads files that do not name the type of the model', () => {
    expect(read(model({ type: undefined })).specials.unk).toBe(1);
  });

  test('keeps a piece that is named as a property of objects', () => {
    const vocab = '{"[UNK]":0,"[CLS]":1,"[SEP]":2,"__proto__":3,"constructor":4,"7":5}';
    const text = JSON.stringify({ ...original, ...model({ vocab: 'VOCAB' }), added_tokens: [] }).replace(
      '"VOCAB"',
      vocab,
    );
    const { wordPiece } = readTokenizerJson(new TextEncoder().encode(text), { source });
    expect([...(wordPiece.vocab as ReadonlyMap<string, number>)].sort((a, b) => a[1] - b[1])).toEqual([
      ['[UNK]', 0],
      ['[CLS]', 1],
      ['[SEP]', 2],
      ['__proto__', 3],
      ['constructor', 4],
      ['7', 5],
    ]);
  });

  test('gives an added token beyond the vocabulary the next id', () => {
    const added = {
      id: 166,
      content: '<a>',
      single_word: true,
      lstrip: false,
      rstrip: true,
      normalized: false,
      special: false,
    };
    const { wordPiece, vocabSize } = read({ added_tokens: [added] });
    expect(wordPiece.addedTokens).toEqual([
      { id: 166, content: '<a>', singleWord: true, lstrip: false, rstrip: true, normalized: false },
    ]);
    expect(vocabSize).toBe(167);
  });
});

describe('readTokenizerJson refuses other tokenisers and names them', () => {
  test.each([
    ['another model', model({ type: 'BPE' }), 'the model is not WordPiece, got BPE'],
    ['Unigram', model({ type: 'Unigram' }), 'got Unigram'],
    ['a model without type', { model: { merges: [] } }, 'got no type'],
    [
      'another normaliser',
      { normalizer: { type: 'Sequence', normalizers: [] } },
      'the normalizer is another one, got Sequence',
    ],
    ['another pre-tokeniser', { pre_tokenizer: { type: 'Whitespace' } }, 'got Whitespace; expected BertPreTokenizer'],
    ['no pre-tokeniser', { pre_tokenizer: null }, 'got none; expected BertPreTokenizer'],
    ['another post-processor', { post_processor: { type: 'Other' } }, 'got Other; expected TemplateProcessing'],
    ['a template without end', template('[CLS]', '$A'), 'got [CLS] $; expected one token before the text'],
    ['a template of two at the end', template('[CLS]', '$A', '[SEP]', '[SEP]'), 'got [CLS] $ [SEP] [SEP]'],
    ['a template in another order', template('$A', '[CLS]', '[SEP]'), 'got $ [CLS] [SEP]'],
  ])('fails for %s', (_, changes, message) => {
    expectFails(() => read(changes), 'E_TOKENIZER_UNSUPPORTED', message);
    expectFails(() => read(changes), 'E_TOKENIZER_UNSUPPORTED', source);
  });
});

describe('readTokenizerJson refuses what is no tokeniser', () => {
  const token = { content: '[CLS]', single_word: false, lstrip: false, rstrip: false, normalized: false };

  test.each([
    ['a list', [], 'the file is wrong'],
    ['no model', { ...original, model: undefined }, 'model'],
    ['no vocabulary', { ...original, ...model({ vocab: undefined }) }, 'expected an object of pieces and ids'],
    ['a list for a vocabulary', { ...original, ...model({ vocab: ['a'] }) }, 'expected an object of pieces and ids'],
    ['an id that is text', { ...original, ...model({ vocab: { a: '1' } }) }, 'model.vocab[\'a\'] is no id, got "1"'],
    ['a negative id', { ...original, ...model({ vocab: { a: -1 } }) }, 'got -1'],
    [
      'two pieces with one id',
      { ...original, ...model({ vocab: { a: 1, b: 1 } }) },
      "model.vocab['b'] is no id, got 1",
    ],
    ['no length of words', { ...original, ...model({ max_input_chars_per_word: 0 }) }, 'max_input_chars_per_word'],
    ['half a normaliser', { ...original, normalizer: { type: 'BertNormalizer' } }, 'normalizer is wrong'],
    ['half a post-processor', { ...original, post_processor: { type: 'BertProcessing' } }, 'post_processor is wrong'],
    ['an added token with another id', { ...original, added_tokens: [{ ...token, id: 5 }] }, "the added token '[CLS]'"],
    [
      'an added token beyond the next id',
      { ...original, added_tokens: [{ ...token, content: 'z9', id: 170 }] },
      'got 170; expected 166',
    ],
    ['half an added token', { ...original, added_tokens: [{ id: 2, content: '[CLS]' }] }, 'added_tokens'],
  ])('fails for %s', (_, value, message) => {
    expectFails(() => readTokenizerJson(bytesOf(value), { source }), 'E_TOKENIZER_MALFORMED', message);
  });

  test.each([
    ['unknown (unk)', '[UNK]'],
    ['first (cls)', '[CLS]'],
    ['last (sep)', '[SEP]'],
  ])('fails when the %s token is missing, and names it', (role, name) => {
    const pieces = Object.entries(original.model['vocab'] as Record<string, number>);
    const vocab = Object.fromEntries(pieces.filter(([piece]) => piece !== name));
    const changes = { ...model({ vocab }), added_tokens: [] };
    expectFails(
      () => read(changes),
      'E_TOKENIZER_MALFORMED',
      `the ${role} token is not in the vocabulary, got '${name}'`,
    );
  });

  test.each([
    ['nothing', new Uint8Array(), 'the file is not JSON'],
    ['half a file', tinyTokenizerFile('tokenizer.json').slice(0, 500), 'the file is not JSON'],
    ['other bytes', Uint8Array.of(0x7b, 0xff, 0x7d), 'the file is not UTF-8'],
  ])('fails for %s', (_, bytes, message) => {
    expectFails(() => readTokenizerJson(bytes, { source }), 'E_TOKENIZER_MALFORMED', message);
  });

  test('fails when tokenizer_config.json is none, and names it', () => {
    expectFails(() => read({}, { pad_token: 7 }), 'E_TOKENIZER_MALFORMED', `tokenizer_config.json beside ${source}`);
  });
});
