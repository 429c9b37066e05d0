import type { Manifest } from '../contracts/manifest.ts';
import type { Entity } from '../contracts/tweet.ts';
import type { Confidences } from '../decode/confidences.ts';
import { bioConstraints } from '../decode/constraints.ts';
import { createEntityScorer } from '../decode/entity-scorer.ts';
import { headScores } from '../decode/head-scores.ts';
import { viterbi } from '../decode/viterbi.ts';
import { spansOf } from '../labels/spans.ts';
import type { WordSpan } from '../labels/spans.ts';
import type { Session } from '../ort/session.ts';
import { codePointOffsets } from '../text/code-points.ts';
import { tokenizeTweet } from '../text/tweet-tokenizer.ts';
import type { Token } from '../text/tweet-tokenizer.ts';
import { emit } from './emitter.ts';
import type { SentenceEmissions } from './emitter.ts';
import type { GraphInput } from './graph-input.ts';

/** Finds entities with one model. */
export interface Predictor {
  readonly modelId: string;
  /** The entities of each text, in the order of the texts and of their places in the text. */
  predict(texts: readonly string[]): Promise<Entity[][]>;
  /** A BIO tag for each word of each sentence. No tag sequence breaks the BIO rules. */
  predictWords(sentences: readonly (readonly string[])[]): Promise<string[][]>;
  /** The same tags, and how sure the model is of each word and entity: for evaluation, some times slower. */
  predictScored(sentences: readonly (readonly string[])[]): Promise<ScoredTags[]>;
}

/** The tags of a sentence with the model's confidence in them; entities in the order of `spansOf(tags)`. */
export interface ScoredTags {
  readonly tags: readonly string[];
  /** At the temperature of the manifest: what `predict` gives as `score`. */
  readonly calibrated: Confidences;
  /** At temperature 1. */
  readonly raw: Confidences;
}

export interface PredictorOptions {
  readonly manifest: Pick<Manifest, 'id' | 'labels' | 'head' | 'temperature'>;
  /** `run` of a session or a worker pool of the model's graph. */
  readonly run: Session['run'];
  readonly input: GraphInput;
  /** Sentences in one run of the graph. Default 32. */
  readonly maxRows?: number;
  /** Runs under way at the same time; for a pool, its workers and one more to keep them busy. Default 2. */
  readonly concurrency?: number;
}

/**
 * A predictor: tweet tokens, emissions from the graph, Viterbi under the hard BIO rules, offsets and scores. What a
 * text gets does not depend on the texts it comes with, but for rounding in the graph.
 */
export function createPredictor(options: PredictorOptions): Predictor {
  const { manifest, run, input, maxRows = 32, concurrency = 2 } = options;
  const { labels, temperature } = manifest;
  const head = headScores(manifest.head, labels.length);
  const constraints = bioConstraints(labels);
  const scorer = createEntityScorer({ labels, ...head, temperature });
  const emitter = { run, input, labels: labels.length, concurrency, maxRows };

  const pathOf = (sentence: SentenceEmissions): Int32Array =>
    viterbi({ ...sentence, ...head, labels: labels.length, constraints }).path;

  return {
    modelId: manifest.id,
    predict: async (texts) => {
      const tokens = texts.map(tokenizeTweet);
      const entities = texts.map((): Entity[] => []);
      const words = tokens.map((sentence) => sentence.map((token) => token.text));
      const visit = (index: number, sentence: SentenceEmissions): void => {
        const path = pathOf(sentence);
        // Most tweets hold nothing: no label but O, which is the first.
        if (path.every((label) => label === 0)) return;
        const spans = spansOf(Array.from(path, (label) => labels[label]!));
        const scores = scorer.score({ ...sentence, path, spans });
        entities[index] = entitiesOf(texts[index]!, tokens[index]!, { spans, scores });
      };
      await emit(words, visit, emitter);
      return entities;
    },
    predictWords: async (sentences) => {
      const tags = sentences.map((): string[] => []);
      const visit = (index: number, sentence: SentenceEmissions): void => {
        tags[index] = Array.from(pathOf(sentence), (label) => labels[label]!);
      };
      await emit(sentences, visit, emitter);
      return tags;
    },
    predictScored: async (sentences) => {
      const rawScorer = createEntityScorer({ labels, ...head });
      const none = { words: [], entities: [] };
      const scored = sentences.map((): ScoredTags => ({ tags: [], calibrated: none, raw: none }));
      const visit = (index: number, sentence: SentenceEmissions): void => {
        const path = pathOf(sentence);
        const tags = Array.from(path, (label) => labels[label]!);
        const decoded = { ...sentence, path, spans: spansOf(tags) };
        scored[index] = { tags, calibrated: scorer.confidences(decoded), raw: rawScorer.confidences(decoded) };
      };
      await emit(sentences, visit, emitter);
      return scored;
    },
  };
}

function entitiesOf(
  text: string,
  tokens: readonly Token[],
  found: { readonly spans: readonly WordSpan[]; readonly scores: readonly number[] },
): Entity[] {
  const codePoints = codePointOffsets(text);
  return found.spans.map((span, i) => {
    const { start } = tokens[span.start]!;
    const { end } = tokens[span.end - 1]!;
    return {
      type: span.type,
      text: text.slice(start, end),
      start,
      end,
      startCp: codePoints.toCodePoint(start),
      endCp: codePoints.toCodePoint(end),
      score: found.scores[i]!,
    };
  });
}
