import fc from 'fast-check';
import { expect, test } from 'vitest';
import { claimKey } from '../../../shared/ledger/claim-key.ts';

const hex = (id: string): string => Buffer.from(claimKey(id)).toString('hex');

const idLike = fc.string({ unit: fc.constantFrom('0', '1', '9', 'a', ':', '\n', 'é'), maxLength: 24 });

test('different ids have different keys', () => {
  fc.assert(
    fc.property(idLike, idLike, (a, b) => {
      expect(hex(a) === hex(b)).toBe(a === b);
    }),
    { numRuns: 2_000 },
  );
});

test.each([
  ['a number and the same with a zero before', '12', '012'],
  ['zero and two zeros', '0', '00'],
  ['numbers that differ past what a double holds', '9999999999999999998', '9999999999999999999'],
  ['numbers of 20 digits', '10000000000000000000', '20000000000000000000'],
  ['a line of one file and of another', 'a:1', 'b:1'],
])('tells %s apart', (_, a, b) => {
  expect(hex(a)).not.toBe(hex(b));
});

test('keys of numbers lie in the order of the numbers', () => {
  const numbers = fc.bigInt({ min: 0n, max: 9_999_999_999_999_999_999n });
  fc.assert(
    fc.property(numbers, numbers, (a, b) => {
      expect(Math.sign(Buffer.compare(claimKey(String(a)), claimKey(String(b))))).toBe(a < b ? -1 : a > b ? 1 : 0);
      expect(claimKey(String(a))).toHaveLength(8);
    }),
  );
});

test('keys of one file lie in the order of its lines', () => {
  const lines = Array.from({ length: 200 }, (_, i) => hex(`tweets.txt-0123abcd:${i + 1}`));
  expect([...lines].sort()).toEqual(lines);
});
