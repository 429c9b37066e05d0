import { z } from 'zod';
import { NerError } from '../../shared/ner-error.ts';

const direction = {
  /** The figure to watch, as the loop names it. */
  monitor: z.string().min(1),
  /** Whether the least or the greatest figure is best; `auto` goes by the name of the figure, as the library does. */
  mode: z.enum(['auto', 'min', 'max']).default('auto'),
};

const keras = {
  ...direction,
  /** Epochs without an improvement after which training stops. */
  patience: z.int().min(0).default(0),
  /** Least change that counts as an improvement. */
  minDelta: z.number().min(0).default(0),
  /** Epochs at the start that are not looked at. */
  startFromEpoch: z.int().min(0).default(0),
  /** A figure that has to be beaten as well before the patience starts anew. */
  baseline: z.number().optional(),
  restoreBestWeights: z.boolean().default(false),
};

/** When training stops before its last epoch, and whose weights it ends with: the rule of a library, by name. */
export const earlyStoppingSchema = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('keras-2'), ...keras }),
  z.strictObject({ kind: z.literal('keras-3'), ...keras }),
  z.strictObject({
    kind: z.literal('hugging-face'),
    ...direction,
    patience: z.int().min(1).default(1),
    /** An improvement that is not greater than this does not start the patience anew. */
    threshold: z.number().min(0).default(0),
  }),
]);

export type EarlyStoppingSettings = z.output<typeof earlyStoppingSchema>;
type EarlyStoppingKind = EarlyStoppingSettings['kind'];

/** Everything an early stop remembers; JSON, so that a checkpoint can carry it. */
export const earlyStoppingStateSchema = z.strictObject({
  /** Best figure so far; null before the first. */
  best: z.number().nullable(),
  /** Epochs since the last improvement. */
  wait: z.int().min(0),
  /** The epoch whose weights are kept. */
  keptEpoch: z.int().min(1).nullable(),
  stopped: z.boolean(),
});

export type EarlyStoppingState = z.output<typeof earlyStoppingStateSchema>;

export interface EarlyStoppingVerdict {
  /** The figure is better than the best before, by as much as the rule asks for. */
  readonly improved: boolean;
  /** These weights are to be kept: they may be put back at the end. */
  readonly keep: boolean;
  /** Training is to stop after this epoch. */
  readonly stop: boolean;
}

export interface EarlyStopping {
  /**
   * Takes the figure of a finished epoch; epochs count from 1. A figure that was not measured is passed over.
   *
   * @throws {E_TRAINING_DIVERGED} the figure is not a finite number
   */
  readonly epochEnd: (epoch: number, value: number | undefined) => EarlyStoppingVerdict;
  /** When training has ended, early or not: the epoch whose kept weights are to be put back; undefined for the last. */
  readonly restoreEpoch: () => number | undefined;
  readonly state: () => EarlyStoppingState;
}

const fresh: EarlyStoppingState = { best: null, wait: 0, keptEpoch: null, stopped: false };

/**
 * The callbacks of Keras 2.15 (`keras/src/callbacks.py`), of Keras 3 (`keras/src/callbacks/early_stopping.py`) and of
 * transformers (`EarlyStoppingCallback` with `load_best_model_at_end`). Keras 2 puts the best weights back only when it
 * has stopped the training, Keras 3 always when it is asked to, transformers always.
 *
 * @param from the state of a run that goes on
 * @throws {E_USAGE} `auto` cannot tell whether the figure is to fall or to rise
 */
export function createEarlyStopping(settings: EarlyStoppingSettings, from = fresh): EarlyStopping {
  const sign = higherIsBetter(settings) ? 1 : -1;
  let state = from;
  return {
    epochEnd(epoch, value) {
      if (value === undefined) return { improved: false, keep: false, stop: false };
      if (!Number.isFinite(value)) {
        throw new NerError(
          'E_TRAINING_DIVERGED',
          `train: ${settings.monitor} of epoch ${epoch} is ${value}; expected a number. Lower the learning rate; the last checkpoint is still good.`,
        );
      }
      const figure = { state, epoch, value, sign } as const;
      const { verdict, next } =
        settings.kind === 'hugging-face' ? huggingFaceEpoch(settings, figure) : kerasEpoch(settings, figure);
      state = next;
      return verdict;
    },
    restoreEpoch() {
      const always = settings.kind !== 'keras-2';
      return (always || state.stopped) && state.keptEpoch !== null ? state.keptEpoch : undefined;
    },
    state: () => state,
  };
}

interface EpochFigure {
  readonly state: EarlyStoppingState;
  readonly epoch: number;
  readonly value: number;
  /** 1 where the greatest figure is best, -1 where the least is. */
  readonly sign: 1 | -1;
}

interface Transition {
  readonly verdict: EarlyStoppingVerdict;
  readonly next: EarlyStoppingState;
}

function kerasEpoch(
  settings: Exclude<EarlyStoppingSettings, { kind: 'hugging-face' }>,
  { state, epoch, value, sign }: EpochFigure,
): Transition {
  if (epoch <= settings.startFromEpoch) return { verdict: { improved: false, keep: false, stop: false }, next: state };
  // Keras takes the difference first, which rounds; so the comparison is not value - best > minDelta.
  const beats = (reference: number | null | undefined): boolean =>
    reference === null || reference === undefined || sign * (value - sign * settings.minDelta) > sign * reference;
  const improved = beats(state.best);
  // Weights are kept even when nothing ever improves: those of the first epoch that was looked at.
  const keep = settings.restoreBestWeights && (improved || state.keptEpoch === null);
  const wait = improved && beats(settings.baseline) ? 0 : state.wait + 1;
  const stop = !improved && wait >= settings.patience && epoch > 1;
  return {
    verdict: { improved, keep, stop },
    next: {
      best: improved ? value : state.best,
      wait,
      keptEpoch: keep ? epoch : state.keptEpoch,
      stopped: state.stopped || stop,
    },
  };
}

function huggingFaceEpoch(
  settings: Extract<EarlyStoppingSettings, { kind: 'hugging-face' }>,
  { state, epoch, value, sign }: EpochFigure,
): Transition {
  const { best } = state;
  // The best checkpoint is that of the best figure; the threshold matters to the patience alone.
  const keep = best === null || sign * value > sign * best;
  const improved = best === null || (keep && Math.abs(value - best) > settings.threshold);
  const wait = improved ? 0 : state.wait + 1;
  const stop = wait >= settings.patience;
  return {
    verdict: { improved, keep, stop },
    next: {
      best: keep ? value : best,
      wait,
      keptEpoch: keep ? epoch : state.keptEpoch,
      stopped: state.stopped || stop,
    },
  };
}

const RISING = /(acc|accuracy|auc)$/;
/** Figures that the `auto` of Keras 2 would take for losses, and end a run for getting better. */
const RISING_UNKNOWN_TO_KERAS_2 = /(f1|precision|recall)$/i;

/** What `auto` makes of a figure's name; undefined where it cannot tell, or would be wrong. */
const risesByName = {
  'keras-2': (name) => (RISING_UNKNOWN_TO_KERAS_2.test(name) ? undefined : RISING.test(name)),
  'keras-3': (name) => (name.endsWith('loss') ? false : RISING.test(name) ? true : undefined),
  'hugging-face': (name) => !name.endsWith('loss'),
} satisfies Record<EarlyStoppingKind, (name: string) => boolean | undefined>;

function higherIsBetter({ kind, monitor, mode }: EarlyStoppingSettings): boolean {
  const rises = mode === 'auto' ? risesByName[kind](monitor) : mode === 'max';
  if (rises !== undefined) return rises;
  throw new NerError(
    'E_USAGE',
    `earlyStopping: mode 'auto' of ${kind} cannot tell whether '${monitor}' is to fall or to rise; expected a loss, or a name that ends in acc, accuracy or auc. Set mode to 'min' or 'max'.`,
  );
}
