import { z } from 'zod';
import { codePointOffsets } from '../../../shared/text/code-points.ts';
import { inCodePoints, type AnnotatedText } from './annotated-text.ts';
import type { AnnotationFormat, AnnotationSource, ReadOptions, WriteOptions } from './annotation-format.ts';
import { jsonItems, parseItem } from './json-items.ts';
import { annotatedFrom, labelledSpanSchema, metaSchema, tokensSchema } from './labelled-text.ts';
import { wordsOf } from './word-ranges.ts';

const exampleSchema = z.object({
  text: z.string(),
  spans: z
    .array(labelledSpanSchema.extend({ text: z.string().optional(), score: z.number().min(0).max(1).optional() }))
    .nullish(),
  tokens: tokensSchema.nullish(),
  answer: z.enum(['accept', 'reject', 'ignore']).nullish(),
  meta: metaSchema.nullish(),
});

const EXPECTED = 'an example of Prodigy: text, spans with start, end and label, answer accept, reject or ignore';

/**
 * Prodigy's JSONL, as `db-out` writes it and `ner.manual` and `ner.correct` take it
 * (https://prodi.gy/docs/api-interfaces#ner_manual).
 *
 * Offsets are code points: they are those of spaCy's tokens (`token.idx`), positions in a Python string.
 */
export const prodigy: AnnotationFormat = {
  description: 'Prodigy: an example a line, as db-out writes them',
  read: readExamples,
  write: writeExamples,
};

async function* readExamples(source: AnnotationSource, options: ReadOptions): AsyncGenerator<AnnotatedText> {
  for await (const item of jsonItems(source, 'example')) {
    const { text, spans, tokens, answer, meta } = parseItem(exampleSchema, item, EXPECTED);
    const { place } = item;
    if (answer === 'reject' || answer === 'ignore') {
      options.leaveOut(`examples with the answer ${answer}`);
      continue;
    }
    yield annotatedFrom({ text, spans: spans ?? [], tokens, meta }, place);
  }
}

async function* writeExamples(texts: AsyncIterable<AnnotatedText>, { as }: WriteOptions): AsyncGenerator<string> {
  for await (const item of texts) {
    const answer = as === 'annotations' ? { answer: 'accept' } : {};
    yield `${JSON.stringify({ text: item.text, ...spansAndTokens(item), meta: { id: item.id }, ...answer })}\n`;
  }
}

/**
 * The interface marks whole tokens. Where every span is made of words these are the tokens; elsewhere there are none, and
 * Prodigy makes its own.
 */
function spansAndTokens(item: AnnotatedText): object {
  const { text, spans } = item;
  const words = wordsOf(item);
  const offsets = inCodePoints(text, spans);
  const starts = new Map(words.map(({ start }, i) => [start, i]));
  const ends = new Map(words.map(({ end }, i) => [end, i]));
  const isAligned = spans.every(({ start, end }) => starts.has(start) && ends.has(end));
  const written = spans.map(({ type, start, end, score }, i) => ({
    ...offsets[i],
    label: type,
    ...(isAligned ? { token_start: starts.get(start), token_end: ends.get(end) } : {}),
    ...(score === undefined ? {} : { score }),
  }));
  if (!isAligned) return { spans: written };
  const points = codePointOffsets(text);
  const tokens = words.map(({ start, end }, id) => ({
    text: text.slice(start, end),
    start: points.toCodePoint(start),
    end: points.toCodePoint(end),
    id,
    ws: text[end] === ' ',
  }));
  return { tokens, spans: written };
}
