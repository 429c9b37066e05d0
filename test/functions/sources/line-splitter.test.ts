import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createLineSplitter } from '../../../functions/sources/line-splitter.ts';

const text = (bytes: Uint8Array): string => Buffer.from(bytes).toString('utf8');

test('gives the same lines however the bytes are cut, in the middle of characters too', () => {
  fc.assert(
    fc.property(
      fc.array(fc.string({ unit: 'grapheme' }).map((line) => line.replaceAll(/[\r\n]/g, ' '))),
      fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1 }),
      (lines, sizes) => {
        const bytes = Buffer.from(lines.map((line, i) => line + (i % 2 === 0 ? '\n' : '\r\n')).join('') + 'rest');
        const splitter = createLineSplitter(1_000);
        const found: string[] = [];
        for (let start = 0, i = 0; start < bytes.length; i++) {
          const end = start + sizes[i % sizes.length]!;
          found.push(...splitter.push(bytes.subarray(start, end)).map((line) => text(line.bytes)));
          start = end;
        }
        expect(found).toEqual(lines);
        expect(text(splitter.rest().bytes)).toBe('rest');
      },
    ),
  );
});

test('keeps the beginning of a line that is too long, says how long it is, and goes on behind it', () => {
  const splitter = createLineSplitter(4);
  expect(splitter.push(Buffer.from('1234'))).toEqual([]);
  expect(splitter.push(Buffer.from('56'))).toEqual([]);
  const [long, next] = splitter.push(Buffer.from('789\nok\n'));
  expect([text(long!.bytes), long!.sizeBytes]).toEqual(['1234', 9]);
  expect([text(next!.bytes), next!.sizeBytes]).toEqual(['ok', 2]);
});
