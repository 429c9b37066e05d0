import { NerError } from '../../../shared/ner-error.ts';
import { spanWords, type AnnotatedText, type TextSpan } from './annotated-text.ts';
import type { WriteOptions } from './annotation-format.ts';

/**
 * The spans of a text, no two of which overlap.
 *
 * @returns by start
 * @throws {E_SPAN_INVALID} spans that overlap, unless the longest of them is to be kept; of equals, the first
 */
export function withoutOverlap<Span extends TextSpan>(
  { text, place }: Pick<AnnotatedText, 'text' | 'place'>,
  spans: readonly Span[],
  { overlaps, note }: Pick<WriteOptions, 'overlaps' | 'note'>,
): readonly Span[] {
  const kept: Span[] = [];
  const longestFirst = [...spans].sort((a, b) => b.end - b.start - (a.end - a.start) || a.start - b.start);
  for (const span of longestFirst) {
    const other = kept.find(({ start, end }) => start < span.end && span.start < end);
    if (other === undefined) {
      kept.push(span);
      continue;
    }
    const words = `${spanWords(text, span)} overlaps ${spanWords(text, other)}`;
    if (overlaps === 'refuse') {
      throw new NerError(
        'E_SPAN_INVALID',
        `${place}: spans overlap, got ${words}; expected none in this format. Remove one, or keep the longest with --overlaps longest.`,
      );
    }
    note(`${place}: ${words}; left out`);
  }
  return kept.sort((a, b) => a.start - b.start);
}
