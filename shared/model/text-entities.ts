import type { Entity } from '../contracts/tweet.ts';
import type { PieceGroup } from '../decode/aggregation.ts';
import type { WordSpan } from '../labels/spans.ts';
import { codePointOffsets } from '../text/code-points.ts';
import type { Token } from '../text/tweet-tokenizer.ts';
import type { PieceEmissions } from './piece-emitter.ts';

/** A text, cut into words. */
interface CutText {
  readonly text: string;
  readonly tokens: readonly Token[];
}

/** A stretch of a text in UTF-16 units. */
interface Place {
  readonly type: string;
  readonly start: number;
  readonly end: number;
  readonly score: number;
}

/** Spans over words, as entities of the text; a score each. */
export function entitiesOfWords({
  text,
  tokens,
  spans,
  scores,
}: CutText & { readonly spans: readonly WordSpan[]; readonly scores: readonly number[] }): Entity[] {
  return entitiesAt(
    text,
    spans.map(({ type, start, end }, i) => ({
      type,
      start: tokens[start]!.start,
      end: tokens[end - 1]!.end,
      score: scores[i]!,
    })),
  );
}

/** Groups of pieces, as entities of the text: from the first character of the first piece to the last of the last. */
export function entitiesOfPieces({
  text,
  tokens,
  pieces,
  groups,
}: CutText & { readonly pieces: PieceEmissions; readonly groups: readonly PieceGroup[] }): Entity[] {
  const { wordIds, starts, ends } = pieces;
  return entitiesAt(
    text,
    groups.map(({ type, start, end, score }) => {
      const [first, last] = [tokens[wordIds[start]!]!, tokens[wordIds[end - 1]!]!];
      return {
        type,
        start: first.start + starts[start]!,
        end: Math.min(last.end, last.start + ends[end - 1]!),
        score,
      };
    }),
  );
}

function entitiesAt(text: string, places: readonly Place[]): Entity[] {
  if (places.length === 0) return [];
  const codePoints = codePointOffsets(text);
  return places.map(({ type, start, end, score }) => ({
    type,
    text: text.slice(start, end),
    start,
    end,
    startCp: codePoints.toCodePoint(start),
    endCp: codePoints.toCodePoint(end),
    score,
  }));
}
