import { z } from 'zod';
import { decodeUtf8, readBytes } from '../../shared/corpus/text-file.ts';
import { NerError } from '../../shared/ner-error.ts';
import { tokenizeTweet } from '../../shared/text/tweet-tokenizer.ts';
import { COMMENT_TYPES } from './comment-types.ts';
import { wordSpanOf, type TextSpan } from './text-spans.ts';

/** Who a span is of: the machine, or a person who made or confirmed it, or a person who struck it out. */
export const SPAN_STATES = ['silver', 'corrected', 'rejected'] as const;

export type SpanState = (typeof SPAN_STATES)[number];

export interface ReviewSpan extends TextSpan {
  readonly state: SpanState;
}

/** What a review file says of one comment. */
export interface ReviewedComment {
  readonly id: string;
  /** Whether a person has seen it: a span is corrected or rejected, or the line says `"checked": true`. */
  readonly isSeen: boolean;
  /** By start, rejected ones too. */
  readonly spans: readonly ReviewSpan[];
}

const lineSchema = z.strictObject({
  id: z.string().min(1),
  text: z.string(),
  checked: z.boolean().optional(),
  spans: z.array(
    z.strictObject({
      start: z.int().nonnegative().optional(),
      end: z.int().positive().optional(),
      type: z.enum(COMMENT_TYPES),
      text: z.string().min(1),
      state: z.enum(SPAN_STATES),
    }),
  ),
});

type Line = z.output<typeof lineSchema>;

/** The NDJSON line of a comment, with its line feed. */
export function reviewLine(text: string, { id, spans, isSeen }: ReviewedComment): string {
  const shown = spans.map(({ start, end, type, state }) => ({ start, end, type, text: text.slice(start, end), state }));
  const checked = isSeen && spans.every(({ state }) => state === 'silver') ? { checked: true } : {};
  return `${JSON.stringify({ id, text, ...checked, spans: shown })}\n`;
}

/**
 * Reads a review file: NDJSON, one comment a line with its text and its spans, offsets in UTF-16 units. A span that a
 * person adds may leave out `start` and `end` where its text stands once in the comment.
 *
 * @param texts of the comments by ID, as their own file has them
 * @throws {E_FILE_UNREADABLE}
 * @throws {E_CORPUS_MALFORMED} a line of another form, a comment that there is not or that is there twice, a text that is
 *   not the comment's, a span outside the text, of another text or without a word, spans that share a word. With file
 *   and line.
 */
export function readReview(file: string, texts: ReadonlyMap<string, string>): ReadonlyMap<string, ReviewedComment> {
  const reviewed = new Map<string, ReviewedComment>();
  for (const [index, row] of decodeUtf8(file, readBytes(file)).split('\n').entries()) {
    if (row.trim() === '') continue;
    const refuse = refusalAt(`${file}:${index + 1}`);
    const line = parseLine(row, refuse);
    const text = texts.get(line.id);
    if (text === undefined)
      throw refuse(
        `there is no such comment, got ID '${line.id}'; expected one of the comments. Is it the review of another file?`,
      );
    if (text !== line.text)
      throw refuse(
        `the text was changed, got ${JSON.stringify(line.text)}; expected ${JSON.stringify(text)}, which the offsets belong to. Put it back.`,
      );
    if (reviewed.has(line.id)) throw refuse(`comment ${line.id} is there twice; expected one line for it. Remove one.`);
    const spans = line.spans.map((span) => placeSpan(span, text, refuse));
    checkOverlap(spans, text, refuse);
    const isSeen = line.checked === true || spans.some(({ state }) => state !== 'silver');
    reviewed.set(line.id, { id: line.id, isSeen, spans: spans.sort((a, b) => a.start - b.start) });
  }
  return reviewed;
}

type Refuse = (what: string) => NerError;

function refusalAt(place: string): Refuse {
  return (what) => new NerError('E_CORPUS_MALFORMED', `${place}: ${what}`);
}

function parseLine(row: string, refuse: Refuse): Line {
  let data: unknown;
  try {
    data = JSON.parse(row);
  } catch {
    throw refuse(
      `not JSON, got ${JSON.stringify(row.slice(0, 80))}; expected {"id", "text", "spans"}. Correct the line.`,
    );
  }
  const parsed = lineSchema.safeParse(data);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw refuse(
    `not a reviewed comment, got ${issue!.path.join('.') || 'the line'}: ${issue!.message}; expected {"id", "text", "spans": [{"start", "end", "type", "text", "state"}]}. Correct the line.`,
  );
}

function placeSpan(
  { start, end, type, text: own, state }: Line['spans'][number],
  text: string,
  refuse: Refuse,
): ReviewSpan {
  if ((start === undefined) !== (end === undefined)) {
    throw refuse(`the span ${JSON.stringify(own)} has one of start and end; expected both, or neither.`);
  }
  const span = {
    type,
    state,
    start: start ?? onlyPlace(own, text, refuse),
    end: end ?? text.indexOf(own) + own.length,
  };
  if (span.start >= span.end || span.end > text.length) {
    throw refuse(
      `the span ${JSON.stringify(own)} is outside the text, got [${span.start}, ${span.end}); expected start < end <= ${text.length}. Correct its offsets.`,
    );
  }
  const there = text.slice(span.start, span.end);
  if (there !== own) {
    throw refuse(
      `[${span.start}, ${span.end}) is not the text of the span, got ${JSON.stringify(own)}; expected ${JSON.stringify(there)}. Correct its offsets, or leave them out.`,
    );
  }
  return span;
}

function onlyPlace(own: string, text: string, refuse: Refuse): number {
  const place = text.indexOf(own);
  if (place < 0)
    throw refuse(`the span is not in the comment, got ${JSON.stringify(own)}; expected words of it. Correct its text.`);
  if (text.includes(own, place + 1)) {
    throw refuse(
      `the span stands in the comment several times, got ${JSON.stringify(own)}; expected start and end with it. Say which it is.`,
    );
  }
  return place;
}

/** Spans that are struck out may lie anywhere: what took their place often overlaps them. */
function checkOverlap(spans: readonly ReviewSpan[], text: string, refuse: Refuse): void {
  const tokens = tokenizeTweet(text);
  const taken = new Map<number, string>();
  for (const span of spans.filter(({ state }) => state !== 'rejected')) {
    const own = JSON.stringify(text.slice(span.start, span.end));
    const words = wordSpanOf(tokens, span);
    if (words === undefined)
      throw refuse(`the span [${span.start}, ${span.end}) has no word, got ${own}; expected at least one. Remove it.`);
    for (let word = words.start; word < words.end; word++) {
      const other = taken.get(word);
      if (other !== undefined)
        throw refuse(`two spans share a word, got ${other} and ${own}; expected each word in one. Reject one of them.`);
      taken.set(word, own);
    }
  }
}
