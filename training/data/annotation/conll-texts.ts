import { readConll, type Sentence } from '../../../shared/corpus/conll.ts';
import { decodeUtf8 } from '../../../shared/corpus/text-file.ts';
import { spansOf, tagsOf } from '../../../shared/labels/spans.ts';
import { NerError } from '../../../shared/ner-error.ts';
import { tokenizeTweet } from '../../../shared/text/tweet-tokenizer.ts';
import { spanWords, type AnnotatedText, type TextRange, type TextSpan } from './annotated-text.ts';
import type { AnnotationFormat, AnnotationSource, ReadOptions, WriteOptions } from './annotation-format.ts';
import { withoutOverlap } from './without-overlap.ts';

/** A word and its BIO tag a line, as everything here trains on it. It has no texts: words are joined by one space. */
export const conllTexts: AnnotationFormat = {
  description: 'CoNLL: a word and its BIO tag a line, an empty line after each text',
  read: readTexts,
  write: writeTexts,
};

async function* readTexts(
  { name, chunks }: AnnotationSource,
  { repair = false, note }: ReadOptions,
): AsyncGenerator<AnnotatedText> {
  const parts: Uint8Array[] = [];
  for await (const chunk of chunks) parts.push(chunk);
  const text = decodeUtf8(name, Buffer.concat(parts));
  for (const sentence of readConll({ name, text }, { repair, onRepair: note })) yield textOf(sentence);
}

/** The id is the line of the first word. */
function textOf({ words, tags, file, line }: Sentence): AnnotatedText {
  let end = -1;
  const ranges = words.map((word) => {
    const start = end + 1;
    end = start + word.length;
    return { start, end };
  });
  const spans = spansOf(tags).map((span) => ({
    type: span.type,
    start: ranges[span.start]!.start,
    end: ranges[span.end - 1]!.end,
  }));
  return { id: String(line), text: words.join(' '), spans, words: ranges, place: `${file}:${line}` };
}

async function* writeTexts(texts: AsyncIterable<AnnotatedText>, options: WriteOptions): AsyncGenerator<string> {
  for await (const item of texts) {
    const words = conllWords(item, options);
    if (words.length === 0) {
      options.leaveOut('texts without a word');
      continue;
    }
    const wide = item.spans.flatMap((span) => onWords(item, span, words, options));
    const spans = withoutOverlap(item, wide, options);
    const tags = tagsOf(
      spans.map(({ type, first, last }) => ({ type, start: first, end: last + 1 })),
      words.length,
    );
    const lines = words.map(({ start, end }, i) => `${item.text.slice(start, end)}\t${tags[i]!}\n`);
    yield `${lines.join('')}\n`;
  }
}

/** What a word of a CoNLL file may be: no separator in it, none but inner blanks, and no mark of a document. */
const WORD = /^(?! |-DOCSTART-)[^\t\n\r]*[^\t\n\r ]$/u;

/** The words that the text came with, where a CoNLL file can have them all; else those that serving would see. */
function conllWords(item: AnnotatedText, { note }: WriteOptions): readonly TextRange[] {
  const { text, words, place } = item;
  const isWord = ({ start, end }: TextRange): boolean => WORD.test(text.slice(start, end));
  if (words?.every(isWord) === true) return words;
  if (words !== undefined) note(`${place}: its words cannot stand in a CoNLL file; cut anew`);
  const own = tokenizeTweet(text);
  const odd = own.find((word) => !isWord(word));
  if (odd === undefined) return own;
  throw new NerError(
    'E_CORPUS_MALFORMED',
    `${place}: the word cannot stand in a CoNLL file, got ${JSON.stringify(odd.text)}; expected none with a tab or line break, and no -DOCSTART-. Remove it.`,
  );
}

interface SpanOnWords extends TextSpan {
  readonly first: number;
  readonly last: number;
}

/** The span as the words that it touches; none where it touches none. */
function onWords(
  { text, place }: AnnotatedText,
  span: TextSpan,
  words: readonly TextRange[],
  { note, leaveOut }: WriteOptions,
): readonly SpanOnWords[] {
  const first = words.findIndex(({ end }) => end > span.start);
  const last = words.findLastIndex(({ start }) => start < span.end);
  if (first === -1 || last < first) {
    note(`${place}: ${spanWords(text, span)} touches no word; left out`);
    leaveOut('spans without a word');
    return [];
  }
  const wide = { ...span, start: words[first]!.start, end: words[last]!.end, first, last };
  if (wide.start < span.start || wide.end > span.end) {
    note(`${place}: ${spanWords(text, span)} cuts through a word; widened to ${spanWords(text, wide)}`);
  }
  return [wide];
}
