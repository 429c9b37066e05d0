import { describe, expect, test } from 'vitest';
import type { ErrorCode } from '../../../shared/ner-error.ts';
import { alignLabels, ALIGNMENT_POLICIES } from '../../../shared/text/align-labels.ts';
import { openTokenizer } from '../../../shared/text/tokenizer.ts';
import { codeOf } from '../../support/error-code.ts';
import { libraryTokenizerFiles } from '../../support/library-tokenizer-files.ts';
import { tinyTokenizer, tinyTokenizerFile } from '../../support/tiny-word-piece.ts';

const bytesOf = (value: unknown): Uint8Array =>
  new TextEncoder().encode(typeof value === 'string' ? value : JSON.stringify(value));
const tinyFiles = (...names: ('tokenizer.json' | 'vocab.txt' | 'tokenizer_config.json')[]): Map<string, Uint8Array> =>
  new Map(names.map((name) => [name, tinyTokenizerFile(name)]));

/** A changed tokenizer.json of the byte-level tokeniser. */
function changed(change: (json: Record<string, unknown> & { model: Record<string, unknown> }) => void) {
  const files = libraryTokenizerFiles('byte-level');
  const json = JSON.parse(new TextDecoder().decode(files.get('tokenizer.json'))) as Record<string, unknown> & {
    model: Record<string, unknown>;
  };
  change(json);
  return files.set('tokenizer.json', bytesOf(json));
}

const never = async (): Promise<never> => {
  throw new Error('the library is not to be loaded');
};

describe('openTokenizer', () => {
  test.each([
    ['tokenizer.json', tinyFiles('tokenizer.json', 'tokenizer_config.json')],
    ['vocab.txt', tinyFiles('vocab.txt', 'tokenizer_config.json')],
  ])('reads WordPiece from %s itself, without the library', async (_, files) => {
    const tokenizer = await openTokenizer(files, 'encoder', { load: never });
    expect(tokenizer.kind).toBe('word-piece');
    expect(tokenizer.specials).toEqual(tinyTokenizer().specials);
    expect(tokenizer.maxPieces).toBe(512);
    const [words] = await tokenizer.encodeSentences([['the', 'walking']]);
    const [text] = await tokenizer.encodeTexts(['the walking']);
    expect([...words!.wordIds].at(-1)).toBe(1);
    expect(text!.ids).toEqual(words!.ids);
  });

  test('takes tokenizer.json where there is vocab.txt too', async () => {
    const files = tinyFiles('tokenizer.json').set('vocab.txt', bytesOf('nonsense'));
    expect((await openTokenizer(files, 'encoder')).vocabSize).toBe(tinyTokenizer().vocabSize);
  });

  test('gives WordPiece with another pre-tokeniser to the library', async () => {
    const json = JSON.parse(new TextDecoder().decode(tinyTokenizerFile('tokenizer.json'))) as object;
    const files = new Map([['tokenizer.json', bytesOf({ ...json, pre_tokenizer: { type: 'Whitespace' } })]]);
    const tokenizer = await openTokenizer(files, 'encoder');
    expect(tokenizer.kind).toBe('library');
    const [found] = await tokenizer.encodeSentences([['The', 'walking']]);
    const [own] = await (
      await openTokenizer(tinyFiles('tokenizer.json'), 'encoder')
    ).encodeSentences([['The', 'walking']]);
    expect(found).toEqual(own);
  });

  test("reads MPNet's WordPiece, which has RoBERTa's special tokens", async () => {
    const pieces = ['<s>', '<pad>', '</s>', '<unk>', '[UNK]', 'walk', '##ing', '<mask>'];
    const frame = { type: 'RobertaProcessing', sep: ['</s>', 2], cls: ['<s>', 0], trim_offsets: true };
    const special = { single_word: false, lstrip: false, rstrip: false, normalized: false, special: true };
    const json = {
      added_tokens: [{ id: 7, content: '<mask>', ...special, lstrip: true }],
      normalizer: {
        type: 'BertNormalizer',
        clean_text: true,
        handle_chinese_chars: true,
        strip_accents: null,
        lowercase: true,
      },
      pre_tokenizer: { type: 'BertPreTokenizer' },
      post_processor: { ...frame, add_prefix_space: false },
      model: {
        type: 'WordPiece',
        unk_token: '[UNK]',
        continuing_subword_prefix: '##',
        max_input_chars_per_word: 100,
        vocab: Object.fromEntries(pieces.map((piece, id) => [piece, id])),
      },
    };
    const asJson = await openTokenizer(new Map([['tokenizer.json', bytesOf(json)]]), 'mpnet', { load: never });
    const asText = await openTokenizer(
      new Map([
        ['vocab.txt', bytesOf(pieces.join('\n'))],
        ['tokenizer_config.json', bytesOf({ tokenizer_class: 'MPNetTokenizer', model_max_length: 512 })],
      ]),
      'mpnet',
    );
    for (const tokenizer of [asJson, asText]) {
      expect(tokenizer.specials).toEqual({ cls: 0, pad: 1, sep: 2, unk: 4, mask: 7 });
      const [found] = await tokenizer.encodeTexts(['Walking <mask> q']);
      expect([...found!.ids]).toEqual([5, 6, 7, 4]);
      expect([...found!.starts]).toEqual([0, 4, 7, 15]);
    }
    // MPNetTokenizerFast(vocab_file) of transformers 4.57.6, which looks for special tokens after normalising.
    const [found] = await asText.encodeTexts(['Walking <mask> q [unk]<MASK> </S>']);
    expect([...found!.ids]).toEqual([5, 6, 7, 4, 4, 7, 2]);
    expect([...found!.starts]).toEqual([0, 4, 7, 15, 17, 22, 29]);
    expect([...found!.ends]).toEqual([4, 7, 14, 16, 22, 28, 33]);
  });

  test('takes special tokens that tokenizer_config.json does not name from special_tokens_map.json', async () => {
    const files = libraryTokenizerFiles('byte-level')
      .set('tokenizer_config.json', bytesOf({ pad_token: '</s>' }))
      .set('special_tokens_map.json', bytesOf({ pad_token: '<pad>', mask_token: { content: '<unk>' } }));
    expect((await openTokenizer(files, 'encoder')).specials).toMatchObject({ pad: 2, mask: 3 });
  });

  test('takes the tokens around a text from the configuration where there is no post_processor', async () => {
    const files = changed((json) => (json['post_processor'] = null));
    files.set('tokenizer_config.json', bytesOf({ cls_token: '</s>', sep_token: '<s>' }));
    expect((await openTokenizer(files, 'encoder')).specials).toMatchObject({ cls: 2, sep: 0 });
  });

  test('finds the tokens around a text in a sequence of post-processors', async () => {
    const files = changed((json) => {
      json['post_processor'] = {
        type: 'Sequence',
        processors: [
          { type: 'ByteLevel', add_prefix_space: true, trim_offsets: true },
          { type: 'BertProcessing', cls: ['<pad>', 1], sep: ['<unk>', 3] },
        ],
      };
    });
    expect((await openTokenizer(files, 'encoder')).specials).toMatchObject({ cls: 1, sep: 3 });
  });

  test('cuts words the same way every time, though the file asks for dropout', async () => {
    const sentence = [Array.from({ length: 200 }, () => 'hello')];
    const expected = await (await openTokenizer(libraryTokenizerFiles('byte-level'), 'a')).encodeSentences(sentence);
    const tokenizer = await openTokenizer(
      changed((json) => (json.model['dropout'] = 0.5)),
      'encoder',
    );
    expect(await tokenizer.encodeSentences(sentence)).toEqual(expected);
  });

  test('has a label for no piece of a word that vanishes, whatever the policy', async () => {
    // U+FE0F is a mark, which uncased BERT takes off: alone it leaves nothing.
    const tokenizer = await openTokenizer(tinyFiles('tokenizer.json'), 'encoder');
    const [found] = await tokenizer.encodeSentences([['\ufe0f', 'walking', '\ufe0f', 'the']]);
    expect([...found!.wordIds]).toEqual([1, 1, 3]);
    const labels = ['O', 'B-x', 'I-x'];
    const rows = ALIGNMENT_POLICIES.map((policy) => [...alignLabels(found!.wordIds, [1, 2, 2, 2], { labels, policy })]);
    // The B- of the word that vanishes goes to the next; I- stays I-.
    expect(rows).toEqual([
      [1, -1, 2],
      [1, 2, 2],
      [1, 1, 2],
    ]);
  });
});

async function rejects(files: ReadonlyMap<string, Uint8Array>, code: ErrorCode, part: string): Promise<void> {
  const opening = openTokenizer(files, 'encoder');
  await expect(opening).rejects.toThrow(part);
  await expect(opening).rejects.toMatchObject({ code });
}

describe('openTokenizer refuses', () => {
  test('fails without any file of a tokeniser, and says how to get one', async () => {
    await rejects(new Map(), 'E_TOKENIZER_MISSING', 'encoder: there is no tokeniser, got none of its files');
    const slow = new Map([['merges.txt', bytesOf('')]]);
    await rejects(slow, 'E_TOKENIZER_MISSING', 'got merges.txt; expected tokenizer.json or vocab.txt');
  });

  test('fails for a vocab.txt of another tokeniser', async () => {
    const files = tinyFiles('vocab.txt').set(
      'tokenizer_config.json',
      bytesOf({ tokenizer_class: 'BertweetTokenizer' }),
    );
    await rejects(files, 'E_TOKENIZER_UNSUPPORTED', 'got BertweetTokenizer');
  });

  test.each([
    ['that is no JSON', new Map([['tokenizer.json', bytesOf('{')]]), 'the file is not JSON'],
    ['without a model', new Map([['tokenizer.json', bytesOf({})]]), 'the file is wrong'],
    ['that the library cannot read', changed((json) => (json.model['type'] = 'Other')), 'the library cannot read it'],
    ['of half a sequence', changed((json) => (json['pre_tokenizer'] = { type: 'Sequence' })), 'has no pretokenizers'],
    [
      'without its special tokens',
      changed((json) => (json['post_processor'] = { type: 'BertProcessing', cls: ['[CLS]', 9], sep: ['</s>', 2] })),
      "the first (cls) token is not in the vocabulary, got '[CLS]'",
    ],
  ])('fails for a tokenizer.json %s', async (_, files, part) => {
    await rejects(files, 'E_TOKENIZER_MALFORMED', part);
  });

  test('fails where the library cannot be loaded, and says what does without it', async () => {
    const load = async (): Promise<never> => {
      throw new Error('Cannot find native binding');
    };
    const opening = openTokenizer(libraryTokenizerFiles('unigram'), 'encoder', { load });
    await expect(opening).rejects.toThrow(/Cannot find native binding.*WordPiece/);
    expect(await codeOf(async () => openTokenizer(libraryTokenizerFiles('unigram'), 'encoder', { load }))).toBe(
      'E_TOKENIZER_LIBRARY',
    );
  });
});
