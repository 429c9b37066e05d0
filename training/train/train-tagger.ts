import { WINDOW_MAX_WORDS } from '../../shared/contracts/limits.ts';
import { EMISSIONS_OUTPUT } from '../../shared/contracts/manifest.ts';
import type { WordEncoder } from '../../shared/features/word-encoder.ts';
import type { LabelSet } from '../../shared/labels/label-set.ts';
import { createPredictor } from '../../shared/model/predictor.ts';
import { NerError } from '../../shared/ner-error.ts';
import { createSession, type Session } from '../../shared/ort/session.ts';
import type { Tensor } from '../../shared/ort/tensor.ts';
import { createRng, type Rng } from '../../shared/random.ts';
import { planBatches, type Chunk } from '../data/batches.ts';
import type { Sentence } from '../data/conll.ts';
import { div, float32, int32, maximum, optimize, reduceSum, toOnnx, trace } from '../engine/index.ts';
import { crfLoss } from '../heads/crf.ts';
import { entityReport } from '../metrics/evaluation-report.ts';
import type { Figures } from '../metrics/figures.ts';
import { createMentionReplacer, type TaggedWords } from '../models/mention-replacement.ts';
import type { WordTagger } from '../models/word-tagger.ts';
import { createDropoutSource } from '../nn/dropout.ts';
import { chunkFeeds, type Example } from './chunk-feeds.ts';
import { crfHead } from './crf-head.ts';
import type { TrainEvent } from './events.ts';
import { buildStepProgram, parameterCount, nextName, STATE_NAMES, unflatten } from './step-program.ts';
import { initialState, type TrainState } from './train-state.ts';
import type { TrainSettings } from './train-settings.ts';

export interface TrainOptions {
  readonly model: WordTagger;
  readonly encoder: WordEncoder;
  readonly labels: LabelSet;
  readonly train: readonly Sentence[];
  readonly dev: readonly Sentence[];
  readonly settings: TrainSettings;
  readonly seed: number;
  readonly threads: number;
  /** Where to go on; by default from fresh parameters. */
  readonly from?: TrainState | undefined;
}

/**
 * Trains a tagger, an epoch at a time: yields what happens, and after each epoch the state to go on from, which the
 * caller may save. Everything random derives from the seed and the epoch, so going on from a saved state gives the same
 * weights to the last bit as never having stopped.
 *
 * @throws {E_TRAINING_DIVERGED} when a loss or a score of a dev sentence is not a number, naming the step
 */
export async function* trainTagger(
  options: TrainOptions,
): AsyncGenerator<TrainEvent & { readonly state?: TrainState }, TrainState> {
  const { model, settings, train, seed, threads } = options;
  const rng = createRng(seed, 'training');
  let state = options.from ?? initialState(model.parameters, rng.fork('parameters'));
  const stepsPerEpoch = Math.ceil(train.length / settings.batchSize);
  const totalSteps = stepsPerEpoch * settings.epochs;
  yield {
    type: 'start',
    parameters: parameterCount(model.parameters),
    sentences: train.length,
    epochs: settings.epochs,
    totalSteps,
    finishedSteps: state.step,
  };
  const stepSession = await createSession(toOnnx(optimize(programOf(options, totalSteps))), { threads });
  const devSession = await createSession(toOnnx(optimize(devGraph(model))), { threads });
  const replace = createMentionReplacer(train, settings.mentionReplacement);
  try {
    while (state.epoch < settings.epochs) {
      const epoch = state.epoch + 1;
      const ofEpoch = rng.fork(`epoch ${epoch}`);
      const examples = train.map((sentence) => exampleOf(options, replace(sentence, ofEpoch)));
      const chunks = planEpoch(settings, examples, ofEpoch);
      let lossSum = 0;
      for (const chunk of chunks) {
        const result = await runChunk(stepSession, { chunk, examples, state, options });
        state = result.state;
        for (const step of result.steps) {
          lossSum += step.loss;
          yield { type: 'step', epoch, ...step };
        }
      }
      const dev = await evaluateDev(devSession, options, state);
      // Of equal figures the earliest epoch stays: later ones have only had longer to fit the training set.
      const best = state.best === undefined || dev.f1 > state.best.dev.f1;
      state = { ...state, epoch, best: best ? { epoch, dev, parameters: state.parameters } : state.best };
      yield { type: 'epoch', epoch, loss: lossSum / stepsPerEpoch, dev, best, state };
    }
  } finally {
    await stepSession.release();
    await devSession.release();
  }
  yield { type: 'end', bestEpoch: state.best!.epoch, dev: state.best!.dev };
  return state;
}

function programOf({ model, settings, seed }: TrainOptions, totalSteps: number): ReturnType<typeof buildStepProgram> {
  return buildStepProgram({
    parameters: model.parameters,
    batch: { ...model.inputs, tags: int32('B', 'T') },
    loss: (p, batch, step) => {
      const emissions = model.emissions(p, batch, createDropoutSource(seed, step)); // [B, T, L]
      const words = maximum(reduceSum(batch['mask']!), 1); // []
      return div(crfLoss(p, { emissions, tags: batch['tags']!, mask: batch['mask']! }), words); // []
    },
    optimizer: { weightDecay: settings.weightDecay },
    schedule: {
      peak: settings.learningRate,
      warmupSteps: Math.round(settings.warmupRatio * totalSteps),
      totalSteps,
    },
    maxNorm: settings.maxNorm,
  });
}

/** Emissions with the parameters as an input, so that each epoch's are evaluated without writing a new graph. */
function devGraph(model: WordTagger): ReturnType<typeof trace> {
  const flat = float32(parameterCount(model.parameters));
  return trace('dev', { parameters: flat, ...model.inputs }, (x) => ({
    emissions: model.emissions(unflatten(model.parameters, x['parameters']), x), // [B, T, L]
  }));
}

function exampleOf({ encoder, labels }: TrainOptions, { words, tags }: TaggedWords): Example {
  return { sentence: encoder.encodeSentence(words), tags: Int32Array.from(tags, (tag) => labels.indexOf(tag)) };
}

function planEpoch(settings: TrainSettings, examples: readonly Example[], rng: Rng): readonly Chunk[] {
  const lengths = examples.map((example) => example.sentence.length);
  return planBatches({ lengths, batchSize: settings.batchSize, stepsPerRun: settings.stepsPerRun, rng });
}

interface ChunkRun {
  readonly chunk: Chunk;
  readonly examples: readonly Example[];
  readonly state: TrainState;
  readonly options: TrainOptions;
}

type StepFigures = Omit<Extract<TrainEvent, { type: 'step' }>, 'type' | 'epoch'>;

/** One run of the training program: as many steps as the chunk has batches. */
async function runChunk(
  session: Session,
  { chunk, examples, state, options }: ChunkRun,
): Promise<{ readonly state: TrainState; readonly steps: readonly StepFigures[] }> {
  const count = state.parameters.length;
  const vector = (data: Float32Array): Tensor => ({ dtype: 'float32', dims: [count], data });
  const outputs = await session.run({
    parameters: vector(state.parameters),
    mean: vector(state.mean),
    square: vector(state.square),
    step: { dtype: 'float32', dims: [], data: Float32Array.of(state.step) },
    ...chunkFeeds(chunk, examples, options.encoder.widths),
  });
  const floats = (name: string): Float32Array => outputs[name]!.data as Float32Array;
  const loss = floats('loss'); // [K]
  const steps = chunk.batches.map((batch, i) => {
    if (!Number.isFinite(loss[i]!)) diverged(`the loss of step ${state.step + i + 1} is ${loss[i]!}`);
    return {
      step: state.step + i + 1,
      loss: loss[i]!,
      gradientNorm: floats('gradientNorm')[i]!,
      learningRate: floats('learningRate')[i]!,
      sentences: batch.filter((index) => index >= 0).length,
    };
  });
  const [parameters, mean, square, step] = STATE_NAMES.map((name) => floats(nextName(name))) as [
    Float32Array,
    Float32Array,
    Float32Array,
    Float32Array,
  ];
  return { state: { ...state, parameters, mean, square, step: step[0]! }, steps };
}

function diverged(what: string): never {
  throw new NerError(
    'E_TRAINING_DIVERGED',
    `train: ${what}; expected a number. Lower the learning rate; the last checkpoint is still good.`,
  );
}

/** Entity figures on dev, seqeval default mode, decoded as in serving. */
async function evaluateDev(
  session: Session,
  options: TrainOptions,
  { parameters, step }: TrainState,
): Promise<Figures> {
  const { model, labels, encoder, dev } = options;
  const flat: Tensor = { dtype: 'float32', dims: [parameters.length], data: parameters };
  const predictor = createPredictor({
    manifest: {
      id: 'dev',
      labels: [...labels.labels],
      head: crfHead(model.parameters, parameters),
      limits: { maxWords: WINDOW_MAX_WORDS },
      temperature: 1,
    },
    run: async (feeds, outputs) => {
      const found = await session.run({ ...feeds, parameters: flat }, outputs);
      // The loss of a step is taken before its update, so an update that spoils the parameters shows here first.
      const spoilt = (found[EMISSIONS_OUTPUT]!.data as Float32Array).find((score) => !Number.isFinite(score));
      if (spoilt !== undefined) diverged(`a score of a dev sentence after step ${step} is ${spoilt}`);
      return found;
    },
    encoder,
  });
  const predicted = await predictor.predictWords(dev.map((sentence) => sentence.words));
  return entityReport(
    dev.map((sentence) => sentence.tags),
    predicted,
    { mode: 'default' },
  ).micro;
}
