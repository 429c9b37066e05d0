import type { Aggregation } from '../contracts/aggregation.ts';
import type { Manifest } from '../contracts/manifest.ts';
import type { Entity } from '../contracts/tweet.ts';
import { aggregate } from '../decode/aggregation.ts';
import type { Confidences } from '../decode/confidences.ts';
import { bioConstraints } from '../decode/constraints.ts';
import { createEntityScorer } from '../decode/entity-scorer.ts';
import { headScores } from '../decode/head-scores.ts';
import { WORDS_PER_STEP } from '../decode/linear-chain.ts';
import { createViterbiWorkspace, viterbi, viterbiSteps } from '../decode/viterbi.ts';
import { createPace } from '../event-loop/pace.ts';
import { inTurns } from '../event-loop/steps.ts';
import { spansOf } from '../labels/spans.ts';
import type { Session } from '../ort/session.ts';
import { emit, type SentenceEmissions } from './emitter.ts';
import type { GraphInput } from './graph-input.ts';
import { emitPieces } from './piece-emitter.ts';
import { CHARACTERS_PER_TURN } from './run-windows.ts';
import { entitiesOfPieces, entitiesOfWords } from './text-entities.ts';
import { tweetSentences } from './tweet-sentences.ts';

/** Finds entities with one model. */
export interface Predictor {
  readonly modelId: string;
  /**
   * The entities of each text, in the order of the texts and of their places in the text. No turn of the event loop is
   * long, however many texts there are.
   */
  predict(texts: readonly string[], options?: PredictOptions): Promise<Entity[][]>;
  /** A BIO tag for each word of each sentence. No tag sequence breaks the BIO rules. */
  predictWords(sentences: readonly (readonly string[])[]): Promise<string[][]>;
  /** The same tags, and how sure the model is of each word and entity: for evaluation, some times slower. */
  predictScored(sentences: readonly (readonly string[])[]): Promise<ScoredTags[]>;
}

export interface PredictOptions {
  /**
   * How pieces of words become entities: see `aggregate`. Default: words have the scores of their first piece, and are
   * decoded together under the BIO rules and the transitions of the model, if it has some.
   */
  readonly aggregation?: Aggregation | undefined;
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
  /** Sentences in one run of the graph. Default: what was measured to be best for the input. */
  readonly maxRows?: number;
  /** Runs under way at the same time; for a pool, its workers and one more to keep them busy. Default 2. */
  readonly concurrency?: number;
}

/**
 * A predictor: tweet tokens, emissions from the graph, Viterbi under the hard BIO rules, offsets and scores. What a
 * text gets does not depend on the texts it comes with, but for rounding in the graph.
 */
export function createPredictor(options: PredictorOptions): Predictor {
  const { manifest, run, input, maxRows, concurrency = 2 } = options;
  const { labels, temperature } = manifest;
  const head = headScores(manifest.head, labels.length);
  const constraints = bioConstraints(labels);
  const scorer = createEntityScorer({ labels, ...head, temperature });
  const pace = createPace(CHARACTERS_PER_TURN);
  const graph = { run, input, labels: labels.length, concurrency, maxRows, pace };

  const chainOf = (sentence: SentenceEmissions) => ({ ...sentence, ...head, labels: labels.length, constraints });
  const pathOf = (sentence: SentenceEmissions): Int32Array => viterbi(chainOf(sentence)).path;
  const tagsOf = (path: Int32Array): string[] => Array.from(path, (label) => labels[label]!);
  /** Most tweets hold nothing: no label but O, which is the first. */
  const holdsNothing = (path: Int32Array): boolean => path.every((label) => label === 0);

  const predict = async (texts: readonly string[]): Promise<Entity[][]> => {
    const entities = texts.map((): Entity[] => []);
    const sentences = tweetSentences(texts);
    const inOneTurn = (index: number, sentence: SentenceEmissions): void => {
      const path = pathOf(sentence);
      const tokens = sentences.takeTokens(index);
      if (holdsNothing(path)) return;
      const spans = spansOf(tagsOf(path));
      const scores = scorer.score({ ...sentence, path, spans });
      entities[index] = entitiesOfWords({ text: texts[index]!, tokens, spans, scores });
    };
    const inManyTurns = async (index: number, sentence: SentenceEmissions): Promise<void> => {
      const { path } = await inTurns(viterbiSteps(chainOf(sentence), createViterbiWorkspace()));
      const tokens = sentences.takeTokens(index);
      if (holdsNothing(path)) return;
      const spans = spansOf(tagsOf(path));
      const scores = await inTurns(scorer.scoreSteps({ ...sentence, path, spans }));
      entities[index] = entitiesOfWords({ text: texts[index]!, tokens, spans, scores });
    };
    const visit = (index: number, sentence: SentenceEmissions): void | Promise<void> => {
      if (sentence.length > WORDS_PER_STEP) return inManyTurns(index, sentence);
      inOneTurn(index, sentence);
    };
    await emit(sentences, visit, graph);
    return entities;
  };

  const predictAggregated = async (texts: readonly string[], strategy: Aggregation): Promise<Entity[][]> => {
    const entities = texts.map((): Entity[] => []);
    const sentences = tweetSentences(texts);
    await emitPieces(
      sentences,
      (index, pieces) => {
        const groups = aggregate(pieces, { strategy, labels, temperature });
        const tokens = sentences.takeTokens(index);
        entities[index] = entitiesOfPieces({ text: texts[index]!, tokens, pieces, groups });
      },
      graph,
    );
    return entities;
  };

  return {
    modelId: manifest.id,
    predict: (texts, { aggregation } = {}) =>
      aggregation === undefined ? predict(texts) : predictAggregated(texts, aggregation),
    predictWords: async (sentences) => {
      const tags = sentences.map((): string[] => []);
      const visit = (index: number, sentence: SentenceEmissions): void => {
        tags[index] = tagsOf(pathOf(sentence));
      };
      await emit(sentences, visit, graph);
      return tags;
    },
    predictScored: async (sentences) => {
      const rawScorer = createEntityScorer({ labels, ...head });
      const none = { words: [], entities: [] };
      const scored = sentences.map((): ScoredTags => ({ tags: [], calibrated: none, raw: none }));
      const visit = (index: number, sentence: SentenceEmissions): void => {
        const path = pathOf(sentence);
        const tags = tagsOf(path);
        const decoded = { ...sentence, path, spans: spansOf(tags) };
        scored[index] = { tags, calibrated: scorer.confidences(decoded), raw: rawScorer.confidences(decoded) };
      };
      await emit(sentences, visit, graph);
      return scored;
    },
  };
}
