import fc from 'fast-check';
import { expect, test } from 'vitest';
import { splitLines } from '../../../shared/stream/split-lines.ts';

const lines = (text: string, firstLine?: number): readonly [number, string][] =>
  [...splitLines(Buffer.from(text), firstLine)].map(({ number, bytes }) => [number, Buffer.from(bytes).toString()]);

test('agrees with String.split for any mixture of ends', () => {
  const text = fc.string({ unit: fc.constantFrom('a', 'é', '\n', '\r', '\r\n', ' ') });
  fc.assert(
    fc.property(text, (whole) => {
      const expected = whole.split('\n').map((line, i, all) => (i < all.length - 1 ? line.replace(/\r$/, '') : line));
      if (expected.at(-1) === '') expected.pop();
      expect(lines(whole).map(([, line]) => line)).toEqual(expected);
    }),
  );
});

test('numbers lines from the number given', () => {
  expect(lines('a\n\nb', 7)).toEqual([
    [7, 'a'],
    [8, ''],
    [9, 'b'],
  ]);
});

test('drops a byte-order mark at the beginning of line 1 and nowhere else', () => {
  expect(lines('\ufeffa\n\ufeffb')).toEqual([
    [1, 'a'],
    [2, '\ufeffb'],
  ]);
  expect(lines('\ufeffa', 2)).toEqual([[2, '\ufeffa']]);
});
