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
import { optimizerSettingsSchema } from '../optim/optimizer-settings.ts';
import { chunkFeeds, unstack, type Example } from './chunk-feeds.ts';
import { crfHead } from './crf-head.ts';
import type { TrainEvent } from './events.ts';
import { parameterCount, unflatten } from './state-layout.ts';
import { stateParts } from './step-definition.ts';
import { createStepper, type StepFigures, type Stepper, type StepperOptions } from './stepper.ts';
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
 * weights to the last bit as never having stopped. Training goes on in the arrays of that state, and in those of `from`:
 * what must last beyond the next event has to be copied.
 *
 * @throws {E_TRAINING_DIVERGED} when a loss or a score of a dev sentence is not a number, naming the step
 */
export async function* trainTagger(
  options: TrainOptions,
): AsyncGenerator<TrainEvent & { readonly state?: TrainState }, TrainState> {
  const { model, settings, train, seed, threads } = options;
  const rng = createRng(seed, 'training');
  let state = options.from ?? freshState(model, rng.fork('parameters'));
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
  const { step, parameters, moments } = state;
  const stepper = await createStepper(stepperOptions(options, totalSteps), { step, parameters, moments });
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
        for (const figures of await runChunk(stepper, { chunk, examples, options })) {
          lossSum += figures.loss;
          yield { type: 'step', epoch, ...figures };
        }
      }
      state = { ...state, ...stepper.state };
      const dev = await evaluateDev(devSession, options, state);
      // Of equal figures the earliest epoch stays: later ones have only had longer to fit the training set.
      const best = state.best === undefined || dev.f1 > state.best.dev.f1;
      state = { ...state, epoch, best: best ? { epoch, dev, parameters: state.parameters.slice() } : state.best };
      yield { type: 'epoch', epoch, loss: lossSum / stepsPerEpoch, dev, best, state };
    }
  } finally {
    await stepper.release();
    await devSession.release();
  }
  yield { type: 'end', bestEpoch: state.best!.epoch, dev: state.best!.dev };
  return state;
}

const OPTIMIZER = optimizerSettingsSchema.parse({ name: 'adamw' });

function freshState({ parameters }: WordTagger, rng: Rng): TrainState {
  const [, ...moments] = stateParts({ optimizer: OPTIMIZER });
  return initialState(parameters, { moments, trained: parameterCount(parameters), rng });
}

function stepperOptions({ model, settings, seed, threads }: TrainOptions, totalSteps: number): StepperOptions {
  return {
    parameters: model.parameters,
    batch: { ...model.inputs, tags: int32('B', 'T') },
    loss: (p, batch, step) => {
      const emissions = model.emissions(p, batch, createDropoutSource(seed, step)); // [B, T, L]
      const words = maximum(reduceSum(batch['mask']!), 1); // []
      return div(crfLoss(p, { emissions, tags: batch['tags']!, mask: batch['mask']! }), words); // []
    },
    groups: () => ({ learningRate: 1, weightDecay: settings.weightDecay }),
    optimizer: OPTIMIZER,
    schedule: {
      name: 'linear',
      peak: settings.learningRate,
      warmupSteps: Math.round(settings.warmupRatio * totalSteps),
      totalSteps,
    },
    maxNorm: settings.maxNorm,
    accumulate: 1,
    threads,
  };
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
  readonly options: TrainOptions;
}

/** As many steps as the chunk has batches. */
async function runChunk(
  stepper: Stepper,
  { chunk, examples, options }: ChunkRun,
): Promise<readonly (StepFigures & { readonly sentences: number })[]> {
  const batches = unstack(chunkFeeds(chunk, examples, options.encoder.widths), chunk.batches.length);
  const steps = await stepper.run(batches.map((batch) => [batch]));
  return steps.map((figures, i) => {
    if (!Number.isFinite(figures.loss)) diverged(`the loss of step ${figures.step} is ${figures.loss}`);
    return { ...figures, sentences: chunk.batches[i]!.filter((index) => index >= 0).length };
  });
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
