import type { Entity } from '../../../shared/contracts/tweet.ts';

/** A piece of a tweet's text; `type` is set where it is an entity. */
export interface Segment {
  readonly text: string;
  readonly type?: string;
  readonly score?: number;
}

/**
 * The text cut at its entities, so that the pieces put together are the text again. Entities that overlap an earlier
 * one or reach beyond the text are left out: better plain text than wrong text.
 */
export function segmentsOf(
  text: string,
  entities: readonly (Pick<Entity, 'type' | 'start' | 'end'> & { readonly score?: number })[],
): Segment[] {
  const segments: Segment[] = [];
  let at = 0;
  for (const { type, start, end, score } of [...entities].sort((a, b) => a.start - b.start)) {
    if (start < at || end <= start || end > text.length) continue;
    if (start > at) segments.push({ text: text.slice(at, start) });
    segments.push({ text: text.slice(start, end), type, ...(score === undefined ? {} : { score }) });
    at = end;
  }
  if (at < text.length) segments.push({ text: text.slice(at) });
  return segments;
}
