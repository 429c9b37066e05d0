import { codePointOffsets } from '../../../shared/text/code-points.ts';
import { NerError } from '../../../shared/ner-error.ts';

/** Part of a text: half-open, in UTF-16 units, and never half a surrogate pair. */
export interface TextRange {
  readonly start: number;
  readonly end: number;
}

/** An entity in a text. */
export interface TextSpan extends TextRange {
  readonly type: string;
  /** How sure a model was, in 0..1; absent for what people have marked. */
  readonly score?: number;
}

/** A text with its entities, whatever tool they come from. */
export interface AnnotatedText {
  readonly id: string;
  readonly text: string;
  /** By start; they may overlap. */
  readonly spans: readonly TextSpan[];
  /** Its words, where the source has them: in order, without overlap. */
  readonly words?: readonly TextRange[];
  /** Where it was read, for messages: `file:line`, or `file: task 3`. */
  readonly place: string;
}

/** How offsets are counted: code points as in Python, or UTF-16 units as in JavaScript. */
export type OffsetUnit = 'code points' | 'UTF-16 units';

/** A span as a file has it, before anything is checked. */
export interface RawSpan {
  readonly type: string;
  readonly start: number;
  readonly end: number;
  readonly score?: number | undefined;
  /** What the file says that the span covers. */
  readonly text?: string | undefined;
}

/** The range of a text in UTF-16 units; undefined where it lies outside, is empty or cuts a surrogate pair. */
export function rangeIn(
  text: string,
  { start, end }: Pick<RawSpan, 'start' | 'end'>,
  unit: OffsetUnit,
): TextRange | undefined {
  const offsets = codePointOffsets(text);
  const length = unit === 'code points' ? offsets.length : text.length;
  if (start < 0 || end > length || start >= end) return undefined;
  if (unit === 'code points') return { start: offsets.toUtf16(start), end: offsets.toUtf16(end) };
  const isWhole = [start, end].every((index) => offsets.toUtf16(offsets.toCodePoint(index)) === index);
  return isWhole ? { start, end } : undefined;
}

/**
 * Spans of a file as ours.
 *
 * @throws {E_SPAN_INVALID} one that is outside of the text, empty, cuts a character, has no type, or covers another text
 *   than the file says
 */
export function spansIn(text: string, raw: readonly RawSpan[], { unit, place }: SpanSource): TextSpan[] {
  const spans = raw.map((span) => {
    const { type, score } = span;
    const range = rangeIn(text, span, unit);
    if (range === undefined || type === '') {
      const { length } = unit === 'code points' ? codePointOffsets(text) : text;
      throw invalid(
        place,
        span,
        `expected a type and 0 <= start < end <= ${length} in ${unit}, around whole characters`,
      );
    }
    const covered = text.slice(range.start, range.end);
    if (span.text !== undefined && !isSameText(covered, span.text)) {
      throw invalid(
        place,
        span,
        `expected it to cover ${JSON.stringify(span.text)}, but it covers ${JSON.stringify(covered)}`,
      );
    }
    return { type, ...range, ...(score === undefined ? {} : { score }) };
  });
  return spans.sort((a, b) => a.start - b.start || a.end - b.end);
}

export interface SpanSource {
  readonly unit: OffsetUnit;
  /** Of the text. */
  readonly place: string;
}

/** Label Studio writes line breaks in what a region covers as `\n`, and other white space as it shows it. */
export function isSameText(covered: string, said: string): boolean {
  const plain = (text: string): string => text.replaceAll('\\n', '\n').replaceAll(/\s+/g, ' ').trim();
  return covered === said || plain(covered) === plain(said);
}

function invalid(place: string, { type, start, end }: RawSpan, expected: string): NerError {
  return new NerError(
    'E_SPAN_INVALID',
    `${place}: the span cannot be taken, got ${type}[${start}, ${end}); ${expected}. Correct its offsets, or remove it.`,
  );
}

/** Offsets of a range in code points. */
export function inCodePoints(text: string, ranges: readonly TextRange[]): readonly TextRange[] {
  const offsets = codePointOffsets(text);
  return ranges.map(({ start, end }) => ({ start: offsets.toCodePoint(start), end: offsets.toCodePoint(end) }));
}

/** A span in messages. */
export function spanWords(text: string, { type, start, end }: TextSpan): string {
  return `${type} ${JSON.stringify(text.slice(start, end))}`;
}
