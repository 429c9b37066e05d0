import { describe, expect, test } from 'vitest';
import { createBertNormalizer, type BertNormalizerOptions } from '../../../shared/text/bert-normalizer.ts';
import { preTokenize } from '../../../shared/text/bert-pre-tokenizer.ts';

const all = { cleanText: true, handleChineseChars: true, lowercase: true };
const none = { cleanText: false, handleChineseChars: false, lowercase: false };

/** Each character of the result with the range of the text that it stands for. */
function normalized(text: string, options: BertNormalizerOptions): string[] {
  const { codes, starts, ends, length } = createBertNormalizer(options)(text);
  return Array.from({ length }, (_, i) => `${String.fromCodePoint(codes[i]!)} ${starts[i]!}-${ends[i]!}`);
}

// Expected values by the rules of the source, normalizers/bert.rs and tokenizer/normalizer.rs of tokenizers 0.23.2.
describe('createBertNormalizer', () => {
  test.each([
    ['lower case without accents', 'É', all, ['e 0-1']],
    ['lower case with accents when asked', 'É', { ...all, stripAccents: false }, ['é 0-1']],
    ['accents away and case kept', 'É', { ...none, stripAccents: true }, ['E 0-1']],
    ['nothing when all is off', 'É\t\u0000中', none, ['É 0-1', '\t 1-2', '\u0000 2-3', '中 3-4']],
    ['white space as U+0020', '\t\u3000', all, ['  0-1', '  1-2']],
    ['no controls, though some are white space', 'a\u0000\u000b\u0085\u00ad\ufffd\ue000b', all, ['a 0-1', 'b 7-8']],
    ['spaces around ideographs, with their range', '中a', all, ['  0-1', '中 0-1', '  0-1', 'a 1-2']],
    ['no spaces in the hole of the ranges', '\u{2b820}', all, ['\u{2b820} 0-2']],
    ['two characters for the capital dotted i', 'İ', { ...all, stripAccents: false }, ['i 0-1', '\u0307 0-1']],
    ['a sigma that is never final', 'ΟΣ', all, ['ο 0-1', 'σ 1-2']],
    ['Hangul taken apart', '한', all, ['ᄒ 0-1', 'ᅡ 0-1', 'ᆫ 0-1']],
    // U+302E (class 224) goes before U+1D165 (216) no more: they change places, their ranges do not.
    ['marks sorted, ranges in order', 'a\u302e\u{1d165}', all, ['a 0-1', '\u{1d165} 1-2', '\u302e 2-4']],
    ['marks sorted across what was dropped', 'a\u302e\u200d\u{1d165}', all, ['a 0-1', '\u{1d165} 1-2', '\u302e 3-5']],
    ['a mark of Unicode 11 kept', 'a\u07fd', all, ['a 0-1', '\u07fd 1-2']],
  ])('gives %s', (_, text, options, expected) => {
    expect(normalized(text, options)).toEqual(expected);
  });
});

describe('preTokenize', () => {
  const parts = (text: string): string[] => {
    const found: string[] = [];
    const all = createBertNormalizer(none)(text);
    preTokenize(all, [0, all.length], (start, end) => {
      found.push(Array.from(text).slice(start, end).join(''));
    });
    return found;
  };

  test('cuts at white space and on both sides of each punctuation character', () => {
    expect(parts(" don't\u3000stop!!\u0085$5 a…")).toEqual(['don', "'", 't', 'stop', '!', '!', '$', '5', 'a', '…']);
  });

  test('takes symbols outside ASCII for letters', () => {
    expect(parts('€5 😀a ©')).toEqual(['€5', '😀a', '©']);
  });

  test('gives nothing for nothing', () => {
    expect([...parts(''), ...parts(' \t ')]).toEqual([]);
  });
});
