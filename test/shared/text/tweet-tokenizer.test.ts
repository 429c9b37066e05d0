import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { atOnce } from '../../../shared/event-loop/steps.ts';
import {
  mayFollowCut,
  STEP_CHARACTERS,
  tokenizeTweet,
  tokenizeTweetSteps,
} from '../../../shared/text/tweet-tokenizer.ts';

const raw = join(import.meta.dirname, '..', '..', '..', '..', 'shared', 'data', 'raw');

const words = (text: string): readonly string[] => tokenizeTweet(text).map((token) => token.text);
const graphemes = new Intl.Segmenter('und', { granularity: 'grapheme' });

/** Pieces that meet each other in every way. */
const pieces = [
  'a', 'Obama', "don't", "it's", 'TODAY’S', 'U.S.', 'p.m.', '7:30', '$18.98', '£5', '30,000', '100%', '@user', '#tag', '$TSLA',
  'http://t.co/Ab1', 'www.x.org/y', 'bit.ly/z', 'a@b.com', ':)', ':-(', ";'D", '<3', '-_-', '(:', '...', '…', '?!', '"', '“', '’', '.', ':',
  '&amp;', '&', 'A&amp;E', '-', '--', '->', '/', 'w/', '*', '(', ')', '[', '_', '+', '%', '\\', '@', '#', '$', ' ', '  ', '\n', '\r\n', '\t',
  '😂', '👍🏽', '👨‍👩‍👧‍👦', '🇺🇸', '🇺', '1️⃣', '❤️', '♥', '☺', '\ufe0f', 'e\u0301', '\u0301', 'CNN速報です', '한국', '\u1100\u1161', 'ไทย', 'عربي', 'हिन्दी', 'क्ष',
  '\u200b', '\u200d', '\u200e', '\u2066', '\u2069', '\ufeff', '\u00a0', '\u00ad', '𝓗𝓲', '\ud83d', '\ude02', '𠀋', '\u{1f3fd}', '■', '、', '。', '（',
] as const; // prettier-ignore

describe('tokenizeTweet', () => {
  test.each([
    ['mentions, tags and URLs', "RT @NASA: see #Mars's moons http://t.co/Zk3ah0a…", ['RT', '@NASA', ':', 'see', '#Mars', "'s", 'moons', 'http://t.co/Zk3ah0a', '…']],
    ['brackets and stops around a URL', '(see http://a.com/b_(c), www.x.org).', ['(', 'see', 'http://a.com/b_(c)', ',', 'www.x.org', ')', '.']],
    ['addresses without a scheme', 'weather.com bit.ly/x jo.e@x.com love.it now.Then', ['weather.com', 'bit.ly/x', 'jo.e@x.com', 'love', '.', 'it', 'now', '.', 'Then']],
    ['a URL glued to a word', 'Whitehttp://t.co/x', ['White', 'http://t.co/x']],
    ['only the possessive of contractions', "I'm sure it's Obama’s, don't say TODAY'S", ["I'm", 'sure', 'it', "'s", 'Obama', '’s', ',', "don't", 'say', "TODAY'S"]],
    ['contractions that were cut before', "I 'm sure they 've n't", ['I', "'m", 'sure', 'they', "'ve", "n't"]],
    ['runs of punctuation', 'What?! "No."... well..ok', ['What', '?!', '"', 'No', '."...', 'well', '..', 'ok']],
    ['HTML entities', 'A&amp;E &amp; AT&T &lt;3 &#39; this&that', ['A&amp;E', '&amp;', 'AT&T', '&lt;', '3', '&#39;', 'this&that']],
    ['numbers, times and prices', '7:30pm $6 $18.98 £485m 30,000 100% 8.9% 1/2 8-10pm +43', ['7:30pm', '$6', '$', '18.98', '£485m', '30,000', '100%', '8.9', '%', '1/2', '8-10pm', '+43']],
    ['abbreviations', 'U.S. at 9 p.m. t.v a.bc', ['U.S.', 'at', '9', 'p.m.', 't.v', 'a', '.', 'bc']],
    ['joined words', 'Sony/Bud w/ w/me co-op T-shirt A$AP sh*t C++ x_x end-', ['Sony/Bud', 'w/', 'w/me', 'co-op', 'T-shirt', 'A$AP', 'sh*t', 'C++', 'x_x', 'end', '-']],
    ['emoticons', "ok:) :-( ;D :'( <3 </3 -_- ^_^ >_< (: =P ¯\\_(ツ)_/¯", ['ok', ':)', ':-(', ';D', ":'(", '<3', '</3', '-_-', '^_^', '>_<', '(:', '=P', '¯\\_(ツ)_/¯']],
    ['what only looks like emoticons', 're:Do note:(see) 5:3', ['re', ':', 'Do', 'note', ':', '(', 'see', ')', '5:3']],
    ['runs of symbols', '-- *** -> <- ((( ~', ['--', '***', '->', '<-', '(((', '~']],
    ['every emoji by itself', 'hi😂😂👍🏽🇺🇸🇬🇧👨‍👩‍👧‍👦❤️!', ['hi', '😂', '😂', '👍🏽', '🇺🇸', '🇬🇧', '👨‍👩‍👧‍👦', '❤️', '!']],
    ['scripts without spaces from Latin', 'CNN速報です Café', ['CNN', '速報です', 'Café']],
    ['no marks of writing direction', '\u2066@user\u2069 \u200bhi\ufeff', ['@user', 'hi']],
    ['nothing in blank text', ' \n\t\u200b', []],
  ] as const)('finds %s', (_, text, expected) => {
    expect(words(text)).toEqual(expected);
  }); // prettier-ignore

  test('gives slices in order that cut no grapheme cluster and lose only separators', () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...pieces), { maxLength: 14 }), (parts) => {
        const text = parts.join('');
        checkTokens(text);
      }),
      { numRuns: 3000 },
    );
  });

  test('gives a long text in steps what it gives it at once', () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...pieces, ' ', ' a '), { minLength: 1, maxLength: 40 }), (parts) => {
        const around = parts.join('');
        // What is around each cut differs.
        const text = around.repeat(Math.ceil((3 * STEP_CHARACTERS) / around.length));
        expect(atOnce(tokenizeTweetSteps(text))).toEqual(tokenizeTweet(text));
      }),
      { numRuns: 30 },
    );
  });

  test.each(['a ', 'क ', '한 ', '😂 ', '\ud83d ', ' "'])('pauses after each stretch of a long text of %j', (unit) => {
    const steps = tokenizeTweetSteps(unit.repeat(Math.ceil((3 * STEP_CHARACTERS) / unit.length)));
    let pauses = 0;
    while (steps.next().done !== true) pauses++;
    expect(pauses).toBe(2);
  });

  test('cuts a long text only before characters that no space takes into its cluster', () => {
    const wrong: string[] = [];
    for (let point = 0; point <= 0x10ffff; point++) {
      const text = ` ${String.fromCodePoint(point)}`;
      if (mayFollowCut(text, 1) && Array.from(graphemes.segment(text)).length === 1) wrong.push(point.toString(16));
    }
    expect(wrong).toEqual([]);
  });

  test('does so for each pair of pieces', () => {
    for (const left of pieces) for (const right of pieces) checkTokens(left + right);
  });

  test('goes on behind a mark or an astral letter that a URL is glued to', () => {
    expect(words('\u0301http://t.co/x')).toEqual(['\u0301', 'http://t.co/x']);
    expect(words('𝓗http://t.co/x a-http://t.co/y')).toEqual(['𝓗', 'http://t.co/x', 'a', '-', 'http://t.co/y']);
  });

  test('does so for any string of UTF-16 units', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 40 }), fc.array(fc.nat({ max: 0xffff })), (text, units) => {
        checkTokens(text);
        checkTokens(String.fromCharCode(...units));
      }),
      { numRuns: 1000 },
    );
  });

  test.each([
    'a.', 'a.b', 'ab.', '@', 'a@', 'http://', 'http://)', ')', 'a-', "'", ':-', '-_', '_', 'ab.cd@', 'x.com.', 'a*', '+', '&', '&amp;a', '#', '$',
    'e\u0301', '\u0301', '😂', '👍🏽', '👨‍👩‍👧‍👦', '🇺🇸', 'é😡', 'A', 'a’', '<', '(', 'ab:',
  ])('takes linear time for 100 kB of %j', (unit) => {
    const bytes = Buffer.byteLength(unit);
    const text = unit.repeat(Math.ceil(100_000 / bytes));
    tokenizeTweet(text.slice(0, 1000));
    const start = performance.now();
    checkOrder(text);
    expect(performance.now() - start).toBeLessThan(1000);
  }); // prettier-ignore

  test.skipIf(!existsSync(raw))('cuts no cluster in 10,000 tweets and 58,357 comments', () => {
    for (const file of ['gurez.10000', 'yt-filter']) {
      for (const text of readFileSync(join(raw, file), 'utf8').split('\n')) checkTokens(text);
    }
  });
});

function checkOrder(text: string): void {
  let before = 0;
  for (const token of tokenizeTweet(text)) {
    if (token.start < before || token.end <= token.start || text.slice(token.start, token.end) !== token.text) {
      expect.fail(`${JSON.stringify(text.slice(0, 80))}: bad token ${JSON.stringify(token)} after offset ${before}`);
    }
    before = token.end;
  }
}

/** The second definition of every promise: grapheme clusters by Intl.Segmenter over the whole text. */
function checkTokens(text: string): void {
  checkOrder(text);
  const tokens = tokenizeTweet(text);
  // Plain text has no clusters but CR LF, and segmenting it would take most of the time.
  const clusters = /^[ -~\n\t]*$/.test(text)
    ? Array.from(text, (segment, index) => ({ segment, index }))
    : [...graphemes.segment(text)];
  const boundaries = new Set(clusters.map(({ index }) => index).concat(text.length));
  const covered = new Uint8Array(text.length);
  for (const { start, end } of tokens) {
    if (!boundaries.has(start) || !boundaries.has(end))
      expect.fail(`${JSON.stringify(text)}: [${start}, ${end}) cuts a cluster`);
    covered.fill(1, start, end);
  }
  // A mark behind a space is one cluster with the space, and goes with it.
  const lost = clusters.filter(
    ({ segment, index }) => covered[index] === 0 && /^[\p{L}\p{N}\p{P}\p{S}]/u.test(segment),
  );
  if (lost.length > 0) expect.fail(`${JSON.stringify(text)}: lost ${JSON.stringify(lost[0])}`);
}
