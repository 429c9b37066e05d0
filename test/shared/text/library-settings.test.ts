import { describe, expect, test } from 'vitest';
import { readLibrarySettings, type LibrarySettings } from '../../../shared/text/library-settings.ts';
import { expectFails } from '../../support/expect-fails.ts';

const frame = { type: 'BertProcessing', cls: ['<s>', 0], sep: ['</s>', 2] };
const bytesOf = (value: unknown): Uint8Array => new TextEncoder().encode(JSON.stringify(value));

function read(changes: Record<string, unknown>, config?: Record<string, unknown>): LibrarySettings {
  const json = { post_processor: frame, model: { type: 'BPE', vocab: {} }, ...changes };
  return readLibrarySettings(bytesOf(json), {
    source: 'tokenizer.json',
    config: config === undefined ? undefined : bytesOf(config),
  });
}

describe('readLibrarySettings', () => {
  const split = { type: 'WhitespaceSplit' };

  test.each<[string, unknown, boolean]>([
    ['none', null, false],
    ['ByteLevel that adds no space', { type: 'ByteLevel', add_prefix_space: false }, true],
    ['ByteLevel that adds one', { type: 'ByteLevel', add_prefix_space: true }, false],
    ['Metaspace that always puts one', { type: 'Metaspace', prepend_scheme: 'always' }, false],
    ['Metaspace that puts one at the start of a text', { type: 'Metaspace', prepend_scheme: 'first' }, false],
    ['Metaspace that never does', { type: 'Metaspace', prepend_scheme: 'never' }, true],
    ['Metaspace of old files that does not', { type: 'Metaspace', add_prefix_space: false }, true],
    ['Metaspace of old files that does', { type: 'Metaspace', add_prefix_space: true }, false],
    [
      'a sequence with such a one in it',
      { type: 'Sequence', pretokenizers: [split, { type: 'ByteLevel', add_prefix_space: false }] },
      true,
    ],
    ['one that drops spaces', split, false],
  ])('knows whether words need the space before them: %s', (_, preTokenizer, expected) => {
    expect(read({ pre_tokenizer: preTokenizer }).seesSpaces).toBe(expected);
  });

  test('hands the file on as it is, but for dropout', () => {
    const model = { type: 'BPE', vocab: { a: 0 }, merges: [], dropout: null };
    expect(JSON.parse(read({ model }).json)).toEqual({ post_processor: frame, model });
    const withDropout = read({ model: { ...model, dropout: 0.1 }, version: '1.0' });
    expect(JSON.parse(withDropout.json)).toEqual({ post_processor: frame, model, version: '1.0' });
  });

  test('takes the unknown token from the model, that of Unigram by its place', () => {
    const vocab = [
      ['<s>', 0],
      ['<?>', 0],
    ];
    expect(read({ model: { type: 'Unigram', vocab, unk_id: 1 } }).names.unk).toBe('<?>');
    expect(read({ model: { type: 'BPE', vocab: {}, unk_token: '<!>' } }, { unk_token: '<u>' }).names.unk).toBe('<!>');
    expect(read({}, { unk_token: '<u>' }).names.unk).toBe('<u>');
    expect(read({}).names).toEqual({ unk: '<unk>', cls: '<s>', sep: '</s>', pad: '<pad>', mask: '<mask>' });
  });

  test.each<[string, Record<string, unknown>, string]>([
    ['a model that is none', { model: 'BPE' }, 'the file is wrong'],
    ['a pre-tokeniser that is none', { pre_tokenizer: 'ByteLevel' }, 'pre_tokenizer is wrong'],
    ['half a post-processor', { post_processor: { type: 'RobertaProcessing' } }, 'post_processor is wrong'],
  ])('fails for %s', (_, changes, part) => {
    expectFails(() => read(changes), 'E_TOKENIZER_MALFORMED', part);
  });
});
