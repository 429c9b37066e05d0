import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { forwardBackward } from '../../../shared/decode/marginals.ts';
import { NerError } from '../../../shared/ner-error.ts';
import { float32, interpret, ndArray, trace } from '../../../training/engine/index.ts';
import { loadCheckpoint, saveCheckpoint } from '../../../training/train/checkpoint.ts';
import { createLoss } from '../../../training/losses/index.ts';
import { decoderHead } from '../../../training/train/decoder-head.ts';
import type { TrainEvent } from '../../../training/train/events.ts';
import { unflatten } from '../../../training/train/state-layout.ts';
import type { TrainSettings } from '../../../training/train/train-settings.ts';
import type { TrainState } from '../../../training/train/train-state.ts';
import { trainTagger } from '../../../training/train/train-tagger.ts';
import { expectClose } from '../../support/close.ts';
import type { Feeds } from '../../support/engine.ts';
import { scoreOf } from '../../support/path-enumeration.ts';
import { tempFolder } from '../../support/temp-folder.ts';
import { tinyCorpus, tinyModelSettings, tinyTrainSettings, untrainedTagger } from '../../support/tiny-training.ts';
import { tolerance } from '../../support/tolerance.ts';

const crfLoss = createLoss({ kind: 'crf' }, { labelCounts: [] });

const warmup = (steps: number): TrainSettings['schedule'] => ({ name: 'linear', warmup: { steps } });

interface RunOptions {
  readonly settings?: Partial<TrainSettings>;
  readonly model?: Partial<typeof tinyModelSettings>;
  readonly seed?: number;
  readonly from?: TrainState | undefined;
  /** Leaves the run after this epoch, as a kill would. */
  readonly stopAfter?: number;
  /** Interrupts the run when it has finished this step. */
  readonly interruptAt?: number;
}

interface Run {
  readonly events: readonly TrainEvent[];
  /** After each epoch. */
  readonly states: readonly TrainState[];
}

async function run({ settings, model, seed = 1, from, stopAfter, interruptAt }: RunOptions = {}): Promise<Run> {
  const interrupt = new AbortController();
  const training = trainTagger({
    tagger: untrainedTagger({ ...tinyModelSettings, ...model }),
    loss: crfLoss,
    train: tinyCorpus,
    dev: tinyCorpus,
    settings: { ...tinyTrainSettings, ...settings },
    seed,
    threads: 1,
    from,
    signal: interrupt.signal,
  });
  const events: TrainEvent[] = [];
  const states: TrainState[] = [];
  for await (const { state, ...event } of training) {
    events.push(event);
    // Training goes on in the arrays of the state.
    if (state !== undefined) states.push(structuredClone(state));
    if (event.type === 'epoch' && event.epoch === stopAfter) break;
    if (event.type === 'step' && event.step === interruptAt) interrupt.abort();
  }
  return { events, states };
}

const losses = ({ events }: Run): number[] => events.flatMap((event) => (event.type === 'step' ? [event.loss] : []));
const epochs = ({ events }: Run): Extract<TrainEvent, { type: 'epoch' }>[] =>
  events.filter((event) => event.type === 'epoch');

/** The run without options; several tests look at it. */
let base: Run;

beforeAll(async () => {
  base = await run();
});

describe('trainTagger', () => {
  test('says what happens, in order', () => {
    const { events } = base;
    const names = events.map((event) => event.type);
    const epoch = ['step', 'step', 'step', 'epoch'];
    expect(names).toEqual(['start', ...epoch, ...epoch, ...epoch, 'end']);
    expect(events[0]).toMatchObject({ sentences: 12, epochs: 3, totalSteps: 9, finishedSteps: 0 });
    const steps = events.filter((event) => event.type === 'step');
    expect(steps.map(({ step }) => step)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9]);
    expect(steps.map((event) => event.epoch)).toEqual([1, 1, 1, 2, 2, 2, 3, 3, 3]);
    // Warm-up: a tenth of nine steps is one. The rate of the first step is 0, then it falls to 0 over eight.
    const rates = [0, 1, 2, 3, 4, 5, 6, 7, 8].map((done) => (done === 0 ? 0 : (0.02 * (9 - done)) / 8));
    expectClose(
      steps.map(({ learningRate }) => learningRate),
      rates,
      tolerance.forwardFloat32,
    );
    expect(steps.every(({ gradientNorm }) => gradientNorm > 0)).toBe(true);
  });

  test('trains on each sentence once an epoch, in batches that need not be full', async () => {
    const { events } = await run({ settings: { batchSize: 5, epochs: 2 } });
    const sentences = events.flatMap((event) => (event.type === 'step' ? [event.sentences] : []));
    expect(sentences).toHaveLength(6);
    expect(sentences.slice(0, 3).sort()).toEqual([2, 5, 5]);
    expect(sentences.slice(3).sort()).toEqual([2, 5, 5]);
  });

  test('is the same to the last bit for the same seed, and another for another seed', async () => {
    const again = await run();
    expect(again.events).toEqual(base.events);
    expect(again.states).toEqual(base.states);
    const other = await run({ seed: 2 });
    expect(losses(other).some((loss, i) => loss === losses(base)[i])).toBe(false);
  });

  test('has as its loss the negative log-likelihood a word, by the decoder and the interpreter', async () => {
    // One batch of all sentences; its rate is 0, so that the parameters after it are those before it.
    const settings = { batchSize: 12, epochs: 1, schedule: warmup(3), mentionReplacement: 0 };
    const found = await run({ settings, model: noDropout });
    const { parameters } = found.states[0]!;
    const { model, encoder, labels } = untrainedTagger({ ...tinyModelSettings, ...noDropout });
    const flat = ndArray('float32', [parameters.length], Float64Array.from(parameters));
    const graph = trace('emissions', { flat: float32(parameters.length), ...model.inputs }, (x) => ({
      emissions: model.emissions(unflatten(model.parameters, x.flat), x), // [B, T, L]
    }));
    const head = decoderHead(model.parameters, parameters);
    if (head.kind !== 'crf') throw new Error('the tagger has no CRF');
    let loss = 0;
    for (const { words, tags } of tinyCorpus) {
      const feeds = Object.entries(encoder.encode([words], words.length)).map(([name, { dtype, dims, data }]) => [
        name,
        ndArray(dtype as 'float32' | 'int32', dims, Float64Array.from(data as Float32Array)),
      ]);
      const { emissions } = interpret(graph, { flat, ...(Object.fromEntries(feeds) as Feeds) });
      const chain = {
        emissions: Float32Array.from(emissions!.data),
        length: words.length,
        labels: labels.labels.length,
        ...{ start: head.start, end: head.end, transitions: head.transitions.flat() },
      };
      loss +=
        forwardBackward(chain).logPartition -
        scoreOf(
          chain,
          tags.map((tag) => labels.indexOf(tag)),
        );
    }
    const words = tinyCorpus.reduce((sum, sentence) => sum + sentence.words.length, 0);
    expectClose(losses(found), [loss / words], tolerance.forwardFloat32);
  });

  test.each([1, 2])('goes on after epoch %i, over a checkpoint, as if it had not stopped', async (stopAfter) => {
    const { states } = await run({ stopAfter });
    expect(states).toHaveLength(stopAfter);
    const file = join(tempFolder(), 'checkpoint');
    saveCheckpoint(file, states.at(-1)!, 'run');
    const rest = await run({ from: loadCheckpoint(file, 'run') });
    expect(rest.events[0]).toMatchObject({ type: 'start', finishedSteps: 3 * stopAfter, totalSteps: 9 });
    expect(rest.events.slice(1)).toEqual(base.events.slice(1 + 4 * stopAfter));
    expect(rest.states).toEqual(base.states.slice(stopAfter));
  });

  test.each([1, 4, 5, 6])('interrupted at step %i saves, and goes on as if it had not stopped', async (interruptAt) => {
    // Three steps an epoch in runs of two: the steps under way are finished.
    const stopped = [2, 2, 3, 5, 5, 6][interruptAt - 1]!;
    const { events, states } = await run({ interruptAt });
    expect(events.at(-1)).toMatchObject({ type: 'interrupted', step: stopped });
    const file = join(tempFolder(), 'checkpoint');
    saveCheckpoint(file, states.at(-1)!, 'run');
    const rest = await run({ from: loadCheckpoint(file, 'run') });
    expect(rest.events[0]).toMatchObject({ type: 'start', finishedSteps: stopped });
    const done = base.events.findIndex((event) => event.type === 'step' && event.step === stopped);
    expect(rest.events.slice(1)).toEqual(base.events.slice(done + 1));
    expect(rest.states.at(-1)).toEqual(base.states.at(-1));
  });

  test('has nothing left to do when it goes on from the end', async () => {
    const { events, states } = base;
    const rest = await run({ from: states.at(-1) });
    expect(rest.events.map((event) => event.type)).toEqual(['start', 'end']);
    expect(rest.events.at(-1)).toEqual(events.at(-1));
  });

  test('learns the tiny corpus by heart, and keeps the earliest of the best epochs', async () => {
    const overfit = await run({
      settings: { epochs: 16, stepsPerRun: 3, mentionReplacement: 0 },
      model: noDropout,
    });
    const f1 = epochs(overfit).map(({ dev }) => dev.f1);
    expect(f1.at(-1)).toBeGreaterThan(0.9);
    expect(losses(overfit).at(-1)).toBeLessThan(losses(overfit)[0]! / 20);
    // Several epochs are perfect; the first of them is the best.
    const top = Math.max(...f1);
    expect(f1.filter((value) => value === top).length).toBeGreaterThan(1);
    const bestEpoch = f1.indexOf(top) + 1;
    const { best } = overfit.states.at(-1)!;
    expect(overfit.events.at(-1)).toMatchObject({ type: 'end', bestEpoch, dev: { f1: top } });
    expect(best!.epoch).toBe(bestEpoch);
    expect(best!.parameters).toEqual(overfit.states[bestEpoch - 1]!.parameters);
    expect(best!.parameters).not.toEqual(overfit.states.at(-1)!.parameters);
    // An epoch is called best when it beats all before it.
    const flags = f1.map((value, i) => i === 0 || value > Math.max(...f1.slice(0, i)));
    expect(epochs(overfit).map((event) => event.best)).toEqual(flags);
  });

  test.each([
    {
      name: 'in the middle of an epoch',
      settings: {},
      // The rate of step 1 is 0 and step 2 is the absurd one, so the loss of step 3 is the first to be none.
      before: ['start', 'step', 'step'],
      message:
        /the loss of step 3 \(epoch 1, sentences tiny:\d+(, tiny:\d+)*\) is (NaN|-?Infinity).*[Ll]ower the learning rate/,
    },
    {
      name: 'in the last step of an epoch, whose loss is still good',
      settings: { epochs: 1, batchSize: 12, schedule: warmup(0) },
      before: ['start', 'step'],
      message: /a score of a dev sentence after step 1 is (NaN|-?Infinity).*[Ll]ower the learning rate/,
    },
  ])('fails by name and step when it diverges $name', async ({ settings, before, message }) => {
    const seen: string[] = [];
    const training = trainTagger({
      tagger: untrainedTagger(),
      loss: crfLoss,
      train: tinyCorpus,
      dev: tinyCorpus,
      settings: { ...tinyTrainSettings, ...settings, learningRate: 1e38 },
      seed: 1,
      threads: 1,
    });
    const error = await (async () => {
      for await (const event of training) seen.push(event.type);
    })().catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(NerError);
    expect(error).toMatchObject({ code: 'E_TRAINING_DIVERGED', message: expect.stringMatching(message) as string });
    expect(seen).toEqual(before);
  });
});

const noDropout = { inputDropout: 0, hiddenDropout: 0, outputDropout: 0, wordDropout: 0, featureDropout: 0 };
