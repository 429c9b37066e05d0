import { decodeUtf8, readBytes } from '../../shared/corpus/text-file.ts';
import type { WordSpan } from '../../shared/labels/spans.ts';
import { NerError } from '../../shared/ner-error.ts';
import { tokenizeTweet } from '../../shared/text/tweet-tokenizer.ts';
import { COMMENT_TYPES } from './comment-types.ts';

/** A list of names, ready to be looked for. */
export interface Gazetteer {
  /** How many names it has. */
  readonly size: number;
  /** Names that are there twice, each as `file:line: what`. */
  readonly notices: readonly string[];
  /** The names among the words of a text, by start, none sharing a word. */
  find(words: readonly string[]): readonly WordSpan[];
}

interface Name {
  readonly type: string;
  readonly words: readonly string[];
  /** From 1; the first of two names is that of the lower line. */
  readonly line: number;
}

interface Match extends WordSpan {
  readonly line: number;
}

/**
 * Reads a text file of names, `TYPE`, a tab and the name a line; empty lines and those that begin with `#` are passed
 * over.
 *
 * A name is found where its words stand, as words are cut for tagging. A name of several words is found in any case; one
 * of a single word as it is written in the file or all in capitals, since so many of them are words of the language too.
 * Of matches that share a word the one with most words counts, then the one that begins first, then that of the lower
 * line.
 *
 * @throws {E_FILE_UNREADABLE}
 * @throws {E_CORPUS_MALFORMED} not UTF-8, a line of another form, a type that is none. With file and line.
 * @throws {E_CORPUS_EMPTY} no name
 */
export function readGazetteer(file: string): Gazetteer {
  const lines = decodeUtf8(file, readBytes(file)).split(/\r?\n/);
  const names = lines.flatMap((text, i): Name[] =>
    text.trim() === '' || text.startsWith('#') ? [] : [nameOf(`${file}:${i + 1}`, text, i + 1)],
  );
  if (names.length === 0) {
    throw new NerError(
      'E_CORPUS_EMPTY',
      `${file}: no name, got ${lines.length} lines without one; expected TYPE, a tab and a name a line.`,
    );
  }
  const notices: string[] = [];
  const known = new Map<string, Name[]>();
  for (const name of names) {
    const key = keyOf(name.words);
    const same = known.get(key) ?? [];
    const first = same.find((other) => other.words.length > 1 || other.words[0] === name.words[0]);
    if (first === undefined) known.set(key, [...same, name]);
    else
      notices.push(
        `${file}:${name.line}: the name '${name.words.join(' ')}' is that of line ${first.line}, ${first.type}; left out`,
      );
  }
  const longest = Math.max(...names.map(({ words }) => words.length));
  return {
    size: names.length - notices.length,
    notices,
    find: (words) => withoutOverlap(matches(words, known, longest)),
  };
}

function nameOf(place: string, text: string, line: number): Name {
  const [type = '', name = '', ...more] = text.split('\t').map((cell) => cell.trim());
  if (name === '' || more.some((cell) => cell !== '')) {
    throw new NerError(
      'E_CORPUS_MALFORMED',
      `${place}: not a name, got ${JSON.stringify(text)}; expected TYPE, a tab and the name. Correct or remove the line.`,
    );
  }
  if (!COMMENT_TYPES.some((known) => known === type)) {
    throw new NerError(
      'E_CORPUS_MALFORMED',
      `${place}: there is no such type, got ${JSON.stringify(type)}; expected one of ${COMMENT_TYPES.join(', ')}. Correct it.`,
    );
  }
  const words = tokenizeTweet(name).map((token) => token.text);
  if (words.length > 0) return { type, words, line };
  throw new NerError(
    'E_CORPUS_MALFORMED',
    `${place}: the name has no word, got ${JSON.stringify(name)}; expected one. Remove the line.`,
  );
}

function keyOf(words: readonly string[]): string {
  return words.join(' ').toLowerCase();
}

function matches(words: readonly string[], known: ReadonlyMap<string, readonly Name[]>, longest: number): Match[] {
  const found: Match[] = [];
  for (let start = 0; start < words.length; start++) {
    for (let end = start + 1; end <= Math.min(start + longest, words.length); end++) {
      const there = words.slice(start, end);
      const name = known.get(keyOf(there))?.find((candidate) => isThere(candidate, there));
      if (name !== undefined) found.push({ type: name.type, start, end, line: name.line });
    }
  }
  return found;
}

function isThere({ words: [first, ...rest] }: Name, there: readonly string[]): boolean {
  return rest.length > 0 || there[0] === first || there[0] === first!.toUpperCase();
}

function withoutOverlap(found: Match[]): readonly WordSpan[] {
  const ordered = found.sort((a, b) => b.end - b.start - (a.end - a.start) || a.start - b.start || a.line - b.line);
  const kept: WordSpan[] = [];
  for (const { type, start, end } of ordered) {
    if (kept.every((other) => other.end <= start || other.start >= end)) kept.push({ type, start, end });
  }
  return kept.sort((a, b) => a.start - b.start);
}
