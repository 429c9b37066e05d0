import { createPace, type Pace } from '../event-loop/pace.ts';
import { readAhead } from '../event-loop/read-ahead.ts';
import { NerError } from '../ner-error.ts';
import type { Session } from '../ort/session.ts';
import type { Tensor } from '../ort/tensor.ts';
import type { Batch } from './batch-plan.ts';
import { batchSlices, type Sentences } from './batch-slices.ts';
import type { GraphInput, GraphWindow } from './graph-input.ts';

export interface RunWindowsOptions {
  readonly run: Session['run'];
  readonly input: GraphInput;
  /** L. */
  readonly labels: number;
  /** Batches under way at the same time. */
  readonly concurrency: number;
  /** Windows of a batch. Default: what the input says. */
  readonly maxRows?: number | undefined;
  /** Shared by those who work in one thread; told before work, in characters of text. Default: one of its own. */
  readonly pace?: Pace | undefined;
}

/** A window that has been through the graph, or a sentence of which the graph sees nothing. */
export interface RunWindow {
  readonly window: GraphWindow | undefined;
  readonly sentence: number;
  /** Words of the sentence, at least one. */
  readonly words: number;
  /** The scores of the window's places, [S, L]. */
  readonly scores: Float32Array;
}

export type WindowVisitor = (found: RunWindow) => void | Promise<void>;

/**
 * Text that is worked on in one turn of the event loop: cutting it into words or pieces takes some 0.1 us a character, and on
 * a busy machine some times that.
 */
export const CHARACTERS_PER_TURN = 4_096;

/** Where the input does not say: words are cheap, so many of them fill a run. */
export const WORD_BATCHES = { lengthStep: 8, maxRows: 32 } as const;

/** What a place of a window costs on its way into the graph and out, in characters of text that are cut into words. */
const CHARACTERS_PER_PLACE = 8;

const NO_SCORES = new Float32Array(0);

/**
 * Runs sentences through the graph, in batches of windows of like length, and calls `visit` for each window, in no
 * particular order. While one slice of the sentences runs, the next is made ready; no turn of the event loop is long.
 *
 * @throws {E_SHAPE_MISMATCH} when the graph does not give scores [B, S, L]
 */
export async function runWindows(
  sentences: Sentences,
  visit: WindowVisitor,
  options: RunWindowsOptions,
): Promise<void> {
  const { input, maxRows, pace = createPace(CHARACTERS_PER_TURN), concurrency } = options;
  const { batches: shape = WORD_BATCHES, maxLength } = input;
  const words = new Int32Array(sentences.count);
  const isSeen = new Uint8Array(sentences.count);
  const plan = { ...shape, maxLength, maxRows: maxRows ?? shape.maxRows };
  const batches = readAhead(batchSlices(sentences, { input, plan, pace, words }));
  const runBatch = async (batch: Batch<GraphWindow>): Promise<void> => {
    // Answers of quick workers are taken in without the loop turning in between, as long as there are some.
    await pace(batch.windows.length * batch.paddedLength * CHARACTERS_PER_PLACE);
    const { scores, size } = await scoresOf(batch, options);
    for (const [row, window] of batch.windows.entries()) {
      const { sentence } = window;
      isSeen[sentence] = 1;
      const ofWindow = scores.subarray(row * size, (row + 1) * size);
      const done = visit({ window, sentence, words: words[sentence]!, scores: ofWindow });
      // Most have nothing to wait for, and each wait has a price.
      if (done !== undefined) await done;
    }
  };
  let failed = false;
  const lane = async (): Promise<void> => {
    for (let batch = await batches.next(); batch !== undefined && !failed; batch = await batches.next()) {
      await runBatch(batch);
    }
  };
  try {
    await Promise.all(Array.from({ length: concurrency }, lane));
  } finally {
    failed = true;
    batches.stop();
  }
  for (const [sentence, count] of words.entries()) {
    if (count > 0 && isSeen[sentence] === 0) {
      await visit({ window: undefined, sentence, words: count, scores: NO_SCORES });
    }
  }
}

/** The scores of a batch, and how many of them each window has. */
async function scoresOf(
  { windows, paddedLength }: Batch<GraphWindow>,
  { run, input, labels }: RunWindowsOptions,
): Promise<{ readonly scores: Float32Array; readonly size: number }> {
  const { [input.output]: output } = await run(input.feeds(windows, paddedLength), [input.output]);
  const scored = input.scoredLength?.(windows) ?? paddedLength;
  const scores = checkScores(input.output, output, [windows.length, scored, labels]);
  return { scores, size: scored * labels };
}

function checkScores(name: string, output: Tensor | undefined, expected: readonly number[]): Float32Array {
  if (output?.dtype === 'float32' && output.dims.join() === expected.join()) return output.data;
  const got = output === undefined ? 'no such output' : `${output.dtype} [${output.dims.join(', ')}]`;
  throw new NerError(
    'E_SHAPE_MISMATCH',
    `predict: the graph's output '${name}' is wrong, got ${got}; expected float32 [${expected.join(', ')}]. ` +
      "The graph and the manifest's labels are of different models.",
  );
}
