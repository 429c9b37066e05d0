import { calibrationOf, type Calibration } from '../evaluation/calibration.ts';
import { figuresOf, type Figures } from '../evaluation/figures.ts';
import type { WordSpan } from '../labels/spans.ts';
import type { ScoredSpan } from './target-chain.ts';

/** How well two taggers in a chain find targets and incidental places. All shares are in 0..1. */
export interface ChainFigures {
  readonly sentences: number;
  readonly target: Figures;
  readonly incidental: Figures;
  /** Spans of both together, each of the right role. */
  readonly both: Figures;
  /** Spans of the right words, whatever their role. */
  readonly anyRole: Figures;
  /** Of the spans that were found: how often they are right, by how sure the second tagger was. */
  readonly confidence: Calibration;
  /** Figures when only spans are kept that are at least so sure, ascending. */
  readonly thresholds: readonly { readonly atLeast: number; readonly both: Figures }[];
}

/** A sentence that was measured: the roles that people gave, and those that the chain gave. */
export interface ChainMeasured {
  readonly gold: readonly WordSpan[];
  readonly found: readonly ScoredSpan[];
}

const THRESHOLDS = [0, 0.5, 0.7, 0.9] as const;

/** A span is right when its words and its role are those of a gold span: what the first tagger misses counts as missed. */
export function chainFigures(sentences: readonly ChainMeasured[]): ChainFigures {
  const ofRole = (role: string): Figures => figures(sentences, ({ type }) => type === role);
  return {
    sentences: sentences.length,
    target: ofRole('tar'),
    incidental: ofRole('inc'),
    both: figures(sentences, () => true),
    anyRole: figures(sentences.map(withoutRole), () => true),
    confidence: calibrationOf(
      sentences.flatMap(({ gold, found }) =>
        found.map((span) => ({ confidence: span.score, correct: isIn(gold, span) })),
      ),
    ),
    thresholds: THRESHOLDS.map((atLeast) => ({
      atLeast,
      both: figures(
        sentences.map(({ gold, found }) => ({ gold, found: found.filter(({ score }) => score >= atLeast) })),
        () => true,
      ),
    })),
  };
}

function figures(sentences: readonly ChainMeasured[], counts: (span: WordSpan) => boolean): Figures {
  let [correct, predicted, gold] = [0, 0, 0];
  for (const sentence of sentences) {
    const found = sentence.found.filter(counts);
    correct += found.filter((span) => isIn(sentence.gold, span)).length;
    predicted += found.length;
    gold += sentence.gold.filter(counts).length;
  }
  return figuresOf({ correct, predicted, gold });
}

function withoutRole({ gold, found }: ChainMeasured): ChainMeasured {
  return {
    gold: gold.map((span) => ({ ...span, type: '' })),
    found: found.map((span) => ({ ...span, type: '' })),
  };
}

function isIn(gold: readonly WordSpan[], { type, start, end }: WordSpan): boolean {
  return gold.some((span) => span.type === type && span.start === start && span.end === end);
}
