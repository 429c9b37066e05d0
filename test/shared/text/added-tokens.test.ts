import { describe, expect, test } from 'vitest';
import { createAddedTokenFinder, type AddedToken } from '../../../shared/text/added-tokens.ts';

const plain = { singleWord: false, lstrip: false, rstrip: false, normalized: false };

function found(tokens: readonly Partial<AddedToken>[], text: string): string[] | undefined {
  const find = createAddedTokenFinder(tokens.map((token, id) => ({ id, content: '', ...plain, ...token })));
  return find?.(text)?.map(({ id, start, end }) => `${id < 0 ? 'text' : String(id)} '${text.slice(start, end)}'`);
}

describe('createAddedTokenFinder', () => {
  test('cuts a text at its tokens, the longest where several begin', () => {
    const tokens = [{ content: '<a>' }, { content: '<a><b>' }];
    expect(found(tokens, 'x<a><b><a>')).toEqual(["text 'x'", "1 '<a><b>'", "0 '<a>'"]);
  });

  test('finds nothing in a text without them, and needs tokens to look for', () => {
    expect(found([{ content: '<a>' }], 'a < a >')).toBeUndefined();
    expect(createAddedTokenFinder([])).toBeUndefined();
    expect(createAddedTokenFinder([{ id: 0, content: '', ...plain }])).toBeUndefined();
  });

  test('takes the characters of a token as they are', () => {
    expect(found([{ content: 'a.b|(c)*\\^$[d]{1}/+?' }], 'aab c a.b|(c)*\\^$[d]{1}/+?')).toEqual([
      "text 'aab c '",
      "0 'a.b|(c)*\\^$[d]{1}/+?'",
    ]);
  });

  test('finds a single word only where no letter, digit, mark or joiner is next to it', () => {
    const token = { content: 'foo', singleWord: true };
    expect(found([token], 'foo, (foo) \u{1f600}foo')).toHaveLength(5);
    for (const text of ['xfoo', 'foox', 'foo1', '_foo', 'foo\u0301', '\u{20000}foo', 'foo\u{20000}', 'foo\u200d']) {
      expect(found([token], text)).toEqual([`text '${text}'`]);
    }
  });

  test('takes the white space beside a token when asked, each only once', () => {
    const tokens = [{ content: 'L', lstrip: true }, { content: 'R', rstrip: true }]; // prettier-ignore
    expect(found(tokens, 'a \u3000L b R\t c')).toEqual([
      "text 'a'",
      "0 ' \u3000L'",
      "text ' b '",
      "1 'R\t '",
      "text 'c'",
    ]);
    expect(found(tokens, 'R L')).toEqual(["1 'R '", "0 'L'"]);
  });
});
