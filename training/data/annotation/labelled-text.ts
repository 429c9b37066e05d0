import { z } from 'zod';
import { spansIn, type AnnotatedText } from './annotated-text.ts';
import { wordsFrom } from './word-ranges.ts';

/** A labelled stretch of a text as Prodigy and spaCy have it. */
export const labelledSpanSchema = z.object({ start: z.int(), end: z.int(), label: z.string() });
export const tokensSchema = z.array(z.object({ start: z.int(), end: z.int() }));
export const metaSchema = z.looseObject({ id: z.union([z.string(), z.int()]).optional() });

interface LabelledText {
  readonly text: string;
  readonly spans: readonly z.output<typeof labelledSpanSchema>[];
  readonly tokens: z.output<typeof tokensSchema> | null | undefined;
  readonly meta: z.output<typeof metaSchema> | null | undefined;
}

/**
 * A text whose offsets are positions in a Python string, so code points. Where it has no id, its line or its number in the
 * file is one.
 *
 * @param place file and line of it
 */
export function annotatedFrom({ text, spans, tokens, meta }: LabelledText, place: string): AnnotatedText {
  const raw = spans.map(({ label, ...span }) => ({ type: label, ...span }));
  const words = wordsFrom(
    text,
    tokens?.map(({ start, end }) => [start, end] as const),
    place,
  );
  return {
    id: String(meta?.id ?? place.slice(place.search(/[^: ]+$/))),
    text,
    spans: spansIn(text, raw, { unit: 'code points', place }),
    ...(words === undefined ? {} : { words }),
    place,
  };
}
