import { expect, test } from 'vitest';
import { decodeText } from '../../../training/data/text-encoding.ts';
import { refusal } from '../../support/refusal.ts';

const bytes = (...values: readonly (number | string)[]): Uint8Array =>
  Buffer.concat(values.map((value) => (typeof value === 'number' ? Buffer.from([value]) : Buffer.from(value))));

test.each([
  ['windows-1252', '\u2026\u2019\u00e9\u00a0'],
  ['latin-1', '\u0085\u0092\u00e9\u00a0'],
] as const)('%s reads 0x85, 0x92, 0xE9 and 0xA0', (encoding, expected) => {
  expect(decodeText('a.csv', bytes(0x85, 0x92, 0xe9, 0xa0), encoding)).toBe(expected);
});

test('reads UTF-8 without a byte-order mark, and part of a larger buffer', () => {
  expect(decodeText('a.csv', bytes('\ufeffcafé'), 'utf-8')).toBe('café');
  expect(decodeText('a.csv', bytes('abcd').subarray(1, 3), 'latin-1')).toBe('bc');
});

test('ASCII is the same in all three', () => {
  for (const encoding of ['windows-1252', 'latin-1', 'utf-8'] as const) {
    expect(decodeText('a.csv', bytes('a,b\r\n'), encoding)).toBe('a,b\r\n');
  }
});

test('fails when the bytes are of another encoding, by file and line', () => {
  expect(refusal(() => decodeText('a.csv', bytes('a\nb', 0xe9, '\n'), 'utf-8'))).toBe(
    'E_CORPUS_MALFORMED a.csv:2: not UTF-8, got byte 0xe9 at offset 3; expected UTF-8. Convert the file, for example with iconv. Or name its encoding: --option encoding=windows-1252.',
  );
  expect(refusal(() => decodeText('a.csv', bytes('a\n\ncafé'), 'windows-1252'))).toBe(
    'E_CORPUS_MALFORMED a.csv:3: the file is UTF-8, got byte 0xc3 at offset 6; expected windows-1252. Give --option encoding=utf-8.',
  );
});
