import { describe, expect, test } from 'vitest';
import { readVocabText } from '../../../shared/text/vocab-text.ts';
import { createWordPiece } from '../../../shared/text/word-piece.ts';
import { expectFails } from '../../support/expect-fails.ts';
import { tinyTokenizer, tinyTokenizerFile } from '../../support/tiny-word-piece.ts';

const source = 'encoder/vocab.txt';
const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text);
const config = (settings: Record<string, unknown>): Uint8Array => bytesOf(JSON.stringify(settings));
const small = bytesOf('[PAD]\n[UNK]\n[CLS]\n[SEP]\na\n');

describe('readVocabText', () => {
  test('reads the same tokeniser as tokenizer.json beside it', () => {
    const asText = readVocabText(tinyTokenizerFile('vocab.txt'), {
      source,
      config: tinyTokenizerFile('tokenizer_config.json'),
    });
    const asJson = tinyTokenizer();
    expect(asText.specials).toEqual(asJson.specials);
    expect(asText.vocabSize).toBe(asJson.vocabSize);
    expect(asText.maxPieces).toBe(512);
    expect(new Map(asText.wordPiece.vocab as Map<string, number>)).toEqual(asJson.wordPiece.vocab);
    const text = 'The [MASK] walking, twitter 中é';
    expect(createWordPiece(asText.wordPiece).encodeText(text)).toEqual(
      createWordPiece(asJson.wordPiece).encodeText(text),
    );
  });

  test('takes uncased BERT for granted without tokenizer_config.json', () => {
    const { wordPiece, specials, maxPieces } = readVocabText(small, { source });
    expect(wordPiece).toMatchObject({
      lowercase: true,
      stripAccents: undefined,
      handleChineseChars: true,
      cleanText: true,
    });
    expect(specials).toEqual({ pad: 0, unk: 1, cls: 2, sep: 3, mask: null });
    expect(maxPieces).toBeNull();
  });

  test('follows tokenizer_config.json', () => {
    const settings = config({
      tokenizer_class: 'DistilBertTokenizerFast',
      do_lower_case: false,
      strip_accents: true,
      tokenize_chinese_chars: false,
      unk_token: { content: 'a', lstrip: false },
      cls_token: '[SEP]',
      model_max_length: 1000000000000000019884624838656,
    });
    const { wordPiece, specials, maxPieces } = readVocabText(small, { source, config: settings });
    expect(wordPiece).toMatchObject({ lowercase: false, stripAccents: true, handleChineseChars: false, unkToken: 'a' });
    expect(specials).toEqual({ pad: 0, unk: 4, cls: 3, sep: 3, mask: null });
    expect(maxPieces).toBeNull();
  });

  test('counts lines, with any line ends, the last of those that are the same', () => {
    const { wordPiece, vocabSize } = readVocabText(bytesOf('[UNK]\r\n[CLS]\r\n[SEP] \r\na\r\na\r\n\r\n'), { source });
    expect([...(wordPiece.vocab as Map<string, number>)]).toEqual([
      ['[UNK]', 0],
      ['[CLS]', 1],
      ['[SEP]', 2],
      ['a', 4],
      ['', 5],
    ]);
    expect(vocabSize).toBe(6);
  });

  test.each([
    ['empty', bytesOf(''), 'the file is empty'],
    ['not UTF-8', Uint8Array.of(0x61, 0xff), 'the file is not UTF-8'],
    ['without [CLS]', bytesOf('[UNK]\n[SEP]\n'), "the first (cls) token is not in the vocabulary, got '[CLS]'"],
  ])('fails for a file that is %s', (_, bytes, message) => {
    expectFails(() => readVocabText(bytes, { source }), 'E_TOKENIZER_MALFORMED', message);
  });

  test('fails for a configuration that is not JSON', () => {
    expectFails(
      () => readVocabText(small, { source, config: bytesOf('{') }),
      'E_TOKENIZER_MALFORMED',
      'tokenizer_config.json',
    );
  });

  test.each([
    ['another class', { tokenizer_class: 'BertweetTokenizer' }, 'got BertweetTokenizer'],
    ['words that are not cut', { do_basic_tokenize: false }, 'do_basic_tokenize is switched off'],
  ])('fails for %s', (_, settings, message) => {
    expectFails(() => readVocabText(small, { source, config: config(settings) }), 'E_TOKENIZER_UNSUPPORTED', message);
  });
});
