import { z } from 'zod';
import { NerError } from '../../../shared/ner-error.ts';
import { inCodePoints, spansIn, type AnnotatedText } from './annotated-text.ts';
import type { AnnotationFormat, AnnotationSource, ReadOptions } from './annotation-format.ts';
import { jsonItems, parseItem, type JsonItem } from './json-items.ts';

const recordSchema = z.object({
  id: z.string(),
  text: z.string().optional(),
  entities: z.array(
    z.object({
      type: z.string(),
      start: z.int(),
      end: z.int(),
      text: z.string().optional(),
      score: z.number().min(0).max(1).optional(),
    }),
  ),
});

/** What `tagwright tag` prints and the host stores: a record a line, offsets in UTF-16 units (`startCp`, `endCp` besides). */
export const taggedRecords: AnnotationFormat = {
  description: "what 'tagwright tag' prints: a record a line",
  read: readRecords,
  write: writeRecords,
};

async function* readRecords(source: AnnotationSource, options: ReadOptions): AsyncGenerator<AnnotatedText> {
  for await (const item of jsonItems(source, 'record')) {
    const record = parseItem(recordSchema, item, 'a tagged record: id, entities, and text');
    const text = record.text ?? options.texts?.get(record.id);
    if (text === undefined) throw withoutText(record.id, item, options);
    const { place } = item;
    const spans = spansIn(text, record.entities, { unit: 'UTF-16 units', place });
    yield { id: record.id, text, spans, place };
  }
}

function withoutText(id: string, { place }: JsonItem, { texts }: ReadOptions): NerError {
  const what = texts === undefined ? 'the record has no text' : 'the record has no text, and nor has --texts';
  return new NerError(
    'E_CORPUS_MALFORMED',
    `${place}: ${what}, got the id ${JSON.stringify(id)}; expected a text. Name the file that was tagged by --texts.`,
  );
}

async function* writeRecords(texts: AsyncIterable<AnnotatedText>): AsyncGenerator<string> {
  for await (const { id, text, spans } of texts) {
    const offsets = inCodePoints(text, spans);
    const entities = spans.map(({ type, start, end, score }, i) => ({
      type,
      text: text.slice(start, end),
      start,
      end,
      startCp: offsets[i]!.start,
      endCp: offsets[i]!.end,
      ...(score === undefined ? {} : { score }),
    }));
    yield `${JSON.stringify({ id, text, entities })}\n`;
  }
}
