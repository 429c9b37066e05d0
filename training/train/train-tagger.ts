import { NerError } from '../../shared/ner-error.ts';
import type { Device } from '../../shared/ort/device.ts';
import { createRng, type Rng } from '../../shared/random.ts';
import type { Sentence } from '../../shared/corpus/conll.ts';
import { float32, inBfloat16, int32, type Tensor, type Tensors } from '../engine/index.ts';
import type { Loss } from '../losses/index.ts';
import { createDropoutSource } from '../nn/dropout.ts';
import { createGrouping } from '../optim/parameter-groups.ts';
import { scheduleOf } from '../optim/schedule-settings.ts';
import { averagedParameters } from './averaged-parameters.ts';
import { createDevEvaluator } from './dev-evaluator.ts';
import { diverged } from './diverged.ts';
import { createEpochPlanner } from './epoch-plan.ts';
import type { TrainEvent } from './events.ts';
import { createKeeper } from './keeper.ts';
import type { PreparedTagger } from './prepared-tagger.ts';
import { createScanStepper } from './scan-stepper.ts';
import type { StepperState } from './slab-store.ts';
import { layoutState } from './state-layout.ts';
import { stateParts } from './step-definition.ts';
import { createStepper, type StepperOptions } from './stepper.ts';
import { initialState, NOTHING_DONE, type TrainState } from './train-state.ts';
import type { TrainSettings } from './train-settings.ts';

export interface TrainOptions {
  readonly tagger: PreparedTagger;
  readonly loss: Loss;
  /** Whether examples come with what a teacher thinks of them, `teacher` float32 [B, W, L]. Default false. */
  readonly taught?: boolean | undefined;
  readonly train: readonly Sentence[];
  readonly dev: readonly Sentence[];
  readonly settings: TrainSettings;
  readonly seed: number;
  readonly threads: number;
  /** What computes the steps. Default: cpu. */
  readonly device?: Device | undefined;
  /** Whether threads wait for work by spinning, for whom nothing else needs the cores. Default false. */
  readonly spinning?: boolean | undefined;
  /** Where to go on; by default from fresh and pre-trained parameters. */
  readonly from?: TrainState | undefined;
  /** Aborting it ends training after the steps under way, with the state to go on from. */
  readonly signal?: AbortSignal | undefined;
}

/** An event, with the state where one may be saved. */
export type TrainMoment = TrainEvent & { readonly state?: TrainState };

/**
 * Trains a tagger: yields what happens, and after each epoch, or when it is interrupted, the state to go on from, which
 * the caller may save. Everything random derives from the seed and the epoch, so going on from a saved state gives the
 * same weights to the last bit as never having stopped. Training goes on in the arrays of that state, and in those of
 * `from`: what must last beyond the next event has to be copied.
 *
 * @throws {E_DEVICE_UNAVAILABLE} the device is none that this machine has; {E_USAGE} it cannot do what the settings ask
 * @throws {E_TRAINING_DIVERGED} when a loss or a score of a dev sentence is not a number, naming the step
 */
export async function* trainTagger(options: TrainOptions): AsyncGenerator<TrainMoment, TrainState> {
  const { tagger, settings, train, dev, seed, threads, device = 'cpu', signal } = options;
  const rng = createRng(seed, 'training');
  const planner = await createEpochPlanner(train, tagger.examples, settings);
  const totalSteps = planner.stepsPerEpoch * settings.epochs;
  const stepperOptions = stepperOptionsOf(options, totalSteps);
  const { slabs } = layoutState(tagger.model.parameters, stepperOptions.groups);
  const trained = slabs.reduce((sum, { length }) => sum + length, 0);
  let state = options.from ?? freshState(options, { trained, rng: rng.fork('parameters') });
  // Whatever may be refused of the settings has been, by the time of the first event.
  const keeper = createKeeper(settings.earlyStopping, state.keeper);
  yield {
    type: 'start',
    parameters: state.parameters.length,
    trained,
    sentences: train.length,
    epochs: settings.epochs,
    totalSteps,
    finishedSteps: state.step,
  };
  // An object of its own: the stepper counts steps in it.
  const stepped = { step: state.step, parameters: state.parameters, moments: state.moments };
  const stepper =
    device === 'cpu'
      ? await createStepper(stepperOptions, stepped)
      : await createScanStepper({ ...stepperOptions, device }, stepped);
  const evaluator = await createDevEvaluator({ tagger, dev, threads, device });
  const toEvaluate = (now: Readonly<StepperState>): Float32Array =>
    settings.averaging === null
      ? now.parameters
      : averagedParameters(now, tagger.model.parameters, stepperOptions.groups);
  try {
    while (state.epoch < settings.epochs && !keeper.stopped()) {
      const epoch = state.epoch + 1;
      const steps = await planner.plan(rng.fork(`epoch ${epoch}`));
      let { done, lossSum } = state.inEpoch;
      while (done < steps.length) {
        const next = steps.slice(done, done + settings.stepsPerRun);
        const figures = await stepper.run(next.map(({ feeds }) => feeds()));
        for (const [i, { loss, ...figure }] of figures.entries()) {
          const { sentences } = next[i]!;
          if (!Number.isFinite(loss)) {
            const lines = sentences.map((index) => `${train[index]!.file}:${train[index]!.line}`).join(', ');
            diverged(`the loss of step ${figure.step} (epoch ${epoch}, sentences ${lines}) is ${loss}`);
          }
          lossSum += loss;
          yield { type: 'step', epoch, loss, ...figure, sentences: sentences.length };
        }
        done += next.length;
        if (signal?.aborted !== true) continue;
        state = { ...state, ...stepper.state, inEpoch: { done, lossSum } };
        yield { type: 'interrupted', epoch, step: state.step, state };
        return state;
      }
      const { step } = stepper.state;
      const parameters = toEvaluate(stepper.state);
      const { entities: dev, words: devWords } = await evaluator.evaluate(parameters, step);
      const loss = lossSum / steps.length;
      const { best, keep } = keeper.epochEnd(epoch, { loss, dev });
      const kept = keep ? { epoch, dev, parameters: parameters.slice() } : state.best;
      state = { ...state, ...stepper.state, epoch, inEpoch: NOTHING_DONE, best: kept, keeper: keeper.state() };
      yield { type: 'epoch', epoch, step, loss, dev, devWords, best, state };
      if (keeper.stopped()) yield { type: 'stopped', epoch };
    }
    if (!keeper.restores()) {
      const parameters = toEvaluate(state);
      const { entities: dev } = await evaluator.evaluate(parameters, state.step);
      state = { ...state, best: { epoch: state.epoch, dev, parameters } };
    }
  } finally {
    await stepper.release();
    await evaluator.release();
  }
  yield { type: 'end', bestEpoch: state.best!.epoch, dev: state.best!.dev, state };
  return state;
}

interface Fresh {
  /** How many numbers are trained. */
  readonly trained: number;
  readonly rng: Rng;
}

function freshState({ tagger, settings }: TrainOptions, { trained, rng }: Fresh): TrainState {
  const [, ...moments] = stateParts(settings);
  return initialState(tagger.model.parameters, { moments, trained, rng, pretrained: tagger.pretrained });
}

function stepperOptionsOf(options: TrainOptions, totalSteps: number): StepperOptions {
  const { tagger, settings, loss, taught = false, seed, threads, device = 'cpu', spinning = false } = options;
  const { model, labels } = tagger;
  const place = ['B', model.positions] as const;
  if (settings.precision === 'bf16' && device === 'cpu') {
    throw new NerError(
      'E_USAGE',
      'train.precision: bf16 is for CUDA, got it on the CPU; expected fp32. Train with --device cuda.',
    );
  }
  return {
    parameters: model.parameters,
    batch: {
      ...model.inputs,
      tags: int32(...place),
      mask: float32(...place),
      ...(taught ? { teacher: float32(...place, labels.labels.length) } : {}),
    },
    loss: (p, batch, draw) => {
      const source = createDropoutSource(seed, draw);
      const score = (q: Tensors): Tensor => model.emissions(q, batch, source); // [B, W, L]
      const emissions = settings.precision === 'bf16' ? inBfloat16(p, score) : score(p); // [B, W, L]
      const { tags, mask, teacher } = batch;
      return loss(p, { emissions, tags: tags!, mask: mask!, ...(teacher && { teacher }) }); // []
    },
    groups: createGrouping(settings.groups, { layers: model.layers, learningRate: settings.learningRate }),
    optimizer: settings.optimizer,
    schedule: scheduleOf(settings.schedule, { peak: settings.learningRate, totalSteps }),
    maxNorm: settings.maxNorm,
    averaging: settings.averaging,
    accumulate: settings.accumulate,
    threads,
    spinning,
  };
}
