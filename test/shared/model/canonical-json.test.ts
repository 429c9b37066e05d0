import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { canonicalJson } from '../../../shared/model/canonical-json.ts';

describe('canonicalJson', () => {
  test('sorts keys by UTF-16 units at every depth, integer-like ones too', () => {
    // RFC 8785, 3.2.3: the order of the keys in its example.
    const value = {
      '\u20ac': 1,
      '\r': 2,
      '\ufb33': 3,
      '1': 4,
      '\ud83d\ude00': 5,
      '\u0080': 6,
      '\u00f6': { b: 1, a: 2 },
    };
    expect(canonicalJson(value)).toBe(
      '{"\\r":2,"1":4,"\u0080":6,"\u00f6":{"a":2,"b":1},"\u20ac":1,"\ud83d\ude00":5,"\ufb33":3}',
    );
    expect(canonicalJson({ 9: 1, 10: 2 })).toBe('{"10":2,"9":1}');
  });

  test('writes the same text whatever the order in which keys were set', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.jsonValue()), (value) => {
        const reversed = Object.fromEntries(Object.entries(value).reverse());
        expect(canonicalJson(reversed)).toBe(canonicalJson(value));
        expect(JSON.parse(canonicalJson(value, 2))).toEqual(JSON.parse(JSON.stringify(value)));
      }),
    );
  });

  test('lays text out as JSON.stringify does', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        const sorted = JSON.parse(canonicalJson(value)) as unknown;
        fc.pre(!/"\d+":|__proto__/.test(canonicalJson(value)));
        expect(canonicalJson(value, 2)).toBe(JSON.stringify(sorted, undefined, 2));
      }),
    );
  });

  test('leaves out keys without a value', () => {
    expect(canonicalJson({ a: undefined, b: null })).toBe('{"b":null}');
  });

  test.each<[string, unknown, string]>([
    ['NaN', { head: [0, NaN] }, '/head/1 is not JSON, got NaN'],
    ['an infinity', Infinity, 'the value is not JSON, got Infinity'],
    ['a bigint', { n: 1n }, '/n is not JSON, got 1n'],
    ['undefined in an array', [undefined], '/0 is not JSON, got undefined'],
  ])('fails for %s', (_, value, message) => {
    expect(() => canonicalJson(value)).toThrow(message);
  });
});
