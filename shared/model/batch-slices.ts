import type { Pace } from '../event-loop/pace.ts';
import { planBatches, type Batch, type BatchPlanOptions } from './batch-plan.ts';
import type { GraphInput, GraphWindow } from './graph-input.ts';

/** What is to go through a graph. */
export interface Sentences {
  readonly count: number;
  /** About how long one is, in characters. */
  lengthOf(sentence: number): number;
  /** Its words; asked for once, shortly before they are needed. */
  wordsOf(sentence: number): readonly string[] | Promise<readonly string[]>;
}

export interface BatchSlicesOptions {
  readonly input: Pick<GraphInput, 'windows'>;
  readonly plan: BatchPlanOptions;
  /** Told before work, in characters of text. */
  readonly pace: Pace;
  /** Filled in: how many words each sentence has. */
  readonly words: Int32Array;
}

/** Text that is cut into words, or these into pieces, without a pause: a quarter of a millisecond. */
const CHUNK_CHARACTERS = 2_048;

/** Text whose windows are sorted into batches together: about a thousand tweets, which fill batches of every length. */
const SLICE_CHARACTERS = 128 * 1_024;

/** What a sentence costs besides its characters. */
const SENTENCE_CHARACTERS = 8;

/** The batches of one slice of the sentences after the other. */
export async function* batchSlices(
  sentences: Sentences,
  { input, plan, pace, words }: BatchSlicesOptions,
): AsyncGenerator<readonly Batch<GraphWindow>[], void> {
  for (const slice of rangesOf(sentences, [0, sentences.count], SLICE_CHARACTERS)) {
    const windows: GraphWindow[] = [];
    for (const { start, end, characters } of rangesOf(sentences, [slice.start, slice.end], CHUNK_CHARACTERS)) {
      await pace(characters);
      const chunk: (readonly string[])[] = [];
      for (let i = start; i < end; i++) {
        const ofSentence = await sentences.wordsOf(i);
        words[i] = ofSentence.length;
        chunk.push(ofSentence);
      }
      // Twice: of a text of 100 kB either half of the work is a turn by itself.
      await pace(characters);
      for (const window of await input.windows(chunk)) windows.push({ ...window, sentence: start + window.sentence });
    }
    yield planBatches(windows, plan);
  }
}

interface SentenceRange {
  readonly start: number;
  readonly end: number;
  readonly characters: number;
}

/** Cuts the sentences [from, to) into stretches of at most so many characters, or of one sentence. */
function* rangesOf(
  sentences: Sentences,
  [from, to]: readonly [from: number, to: number],
  most: number,
): Generator<SentenceRange> {
  let start = from;
  let characters = 0;
  for (let i = from; i < to; i++) {
    const length = sentences.lengthOf(i) + SENTENCE_CHARACTERS;
    if (i > start && characters + length > most) {
      yield { start, end: i, characters };
      start = i;
      characters = 0;
    }
    characters += length;
  }
  if (to > start) yield { start, end: to, characters };
}
