import { z } from 'zod';
import { inCodePoints, spanWords, type AnnotatedText, type TextRange, type TextSpan } from './annotated-text.ts';
import type { AnnotationFormat, AnnotationSource, WriteOptions } from './annotation-format.ts';
import { jsonItems, parseItem } from './json-items.ts';
import { annotatedFrom, labelledSpanSchema, metaSchema, tokensSchema } from './labelled-text.ts';
import { withoutOverlap } from './without-overlap.ts';
import { wordsOf } from './word-ranges.ts';

const docSchema = z.object({
  text: z.string(),
  ents: z.array(labelledSpanSchema).default([]),
  tokens: tokensSchema.optional(),
  meta: metaSchema.optional(),
});

const EXPECTED = 'what Doc.to_json() of spaCy gives: text, ents with start, end and label, tokens with start and end';

/**
 * spaCy's JSON of documents, `Doc.to_json()`, of which `Doc(vocab).from_json()` makes the documents of a DocBin.
 *
 * Offsets are code points, positions in a Python string (`ent.start_char`, `token.idx`; spacy/tokens/doc.pyx).
 */
export const spacyJson: AnnotationFormat = {
  description: 'spaCy: a JSON array of what Doc.to_json() gives',
  read: readDocs,
  write: writeDocs,
};

async function* readDocs(source: AnnotationSource): AsyncGenerator<AnnotatedText> {
  for await (const item of jsonItems(source, 'document')) {
    const { text, ents, tokens, meta } = parseItem(docSchema, item, EXPECTED);
    yield annotatedFrom({ text, spans: ents, tokens, meta }, item.place);
  }
}

async function* writeDocs(texts: AsyncIterable<AnnotatedText>, options: WriteOptions): AsyncGenerator<string> {
  let lead = '[\n';
  for await (const item of texts) {
    yield lead + JSON.stringify(docOf(item, options));
    lead = ',\n';
  }
  yield lead === '[\n' ? '[]\n' : '\n]\n';
}

function docOf(item: AnnotatedText, options: WriteOptions): object {
  const { id, text } = item;
  const trimmed = item.spans.flatMap((span) => withoutOuterSpace(item, span, options));
  const spans = withoutOverlap(item, trimmed, options);
  const ents = inCodePoints(text, spans).map((range, i) => ({ ...range, label: spans[i]!.type }));
  const tokens = inCodePoints(text, spacyTokens(text, [...wordsOf(item), ...spans]));
  return { text, ents, tokens: tokens.map((range, i) => ({ id: i, ...range })), meta: { id } };
}

/** White space as Python's `str.isspace` has it, which is not JavaScript's: U+001C to U+001F and U+0085 are, U+FEFF is not. */
const SPACE = '[\\t-\\r\\u001c-\\u0020\\u0085\\u00a0\\u1680\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000]';
const LEADING = new RegExp(`^${SPACE}*`);
const TRAILING = new RegExp(`(?<!${SPACE})${SPACE}*$`);
const RUNS = new RegExp(`${SPACE}+|(?:(?!${SPACE}).)+`, 'gsu');
const IS_SPACE = new RegExp(`^${SPACE}`);

/** spaCy takes no entity that begins or ends with white space. */
function withoutOuterSpace(
  { text, place }: AnnotatedText,
  span: TextSpan,
  { note, leaveOut }: WriteOptions,
): readonly TextSpan[] {
  const covered = text.slice(span.start, span.end);
  const [before] = LEADING.exec(covered)!;
  if (before.length === covered.length) {
    note(`${place}: ${spanWords(text, span)} is white space only; left out`);
    leaveOut('spans without a word');
    return [];
  }
  const [after] = TRAILING.exec(covered)!;
  if (before === '' && after === '') return [span];
  const shorter = { ...span, start: span.start + before.length, end: span.end - after.length };
  note(`${place}: ${spanWords(text, span)} narrowed to ${spanWords(text, shorter)}`);
  return [shorter];
}

/**
 * Tokens as `get_words_and_spaces` (spacy/training/alignment and spacy/util.py) would make them anew: every token of the
 * text is there, a single space after a token is its own, any other white space is a token. Words are cut at both ends of
 * each range.
 */
export function spacyTokens(text: string, cutAt: readonly TextRange[]): readonly TextRange[] {
  const cuts = new Set(cutAt.flatMap(({ start, end }) => [start, end]));
  const tokens: TextRange[] = [];
  let afterWord = false;
  for (const { 0: run, index } of text.matchAll(RUNS)) {
    const end = index + run.length;
    if (IS_SPACE.test(run)) {
      const start = index + (afterWord && run.startsWith(' ') ? 1 : 0);
      if (start < end) tokens.push({ start, end });
      continue;
    }
    let start = index;
    for (let at = index + 1; at <= end; at++) {
      if (at < end && !cuts.has(at)) continue;
      tokens.push({ start, end: at });
      start = at;
    }
    afterWord = true;
  }
  return tokens;
}
